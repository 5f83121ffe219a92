// Backups through the unmodified `pocketbase` package, on Luge (LUGE_BIN) and on the real
// PocketBase (POCKETBASE_BIN, when set): made, listed, downloaded, uploaded, restored and removed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";
import { SUPERUSER, startS3, startServer } from "./server.mjs";

globalThis.EventSource = EventSource;

const PASSWORD = "correct horse";
const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again until the answer is right; the server may be away meanwhile. */
async function until(ask, what) {
  let last;
  for (let attempt = 0; attempt < 300; attempt++) {
    last = await ask().catch((error) => error);
    if (last === true) return;
    await pause(100);
  }
  assert.fail(`${what}: ${last}`);
}

for (const [product, binary] of binaries) {
  describe(product, () => {
    let server, superuser, guest, listener, kept;

    const client = () => new PocketBase(server.url).autoCancellation(false);
    const names = async () => (await superuser.backups.getFullList()).map(({ key }) => key);
    const downloaded = async (key) => {
      const token = await superuser.files.getToken();
      const answer = await fetch(superuser.backups.getDownloadURL(token, key));
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    };
    const codes = (promise) => promise.then(() => assert.fail("accepted"), ({ status, response }) =>
      [status, ...Object.values(response.data).map(({ code }) => code)]);

    before(async () => {
      server = await startServer(binary);
      [superuser, guest, listener] = [client(), client(), client()];
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      await superuser.collections.create({ name: "docs", type: "base", listRule: "", viewRule: "",
        createRule: "", deleteRule: "",
        fields: [{ name: "title", type: "text" }, { name: "file", type: "file" }] });
      const account = { email: "ann@example.com", password: PASSWORD, passwordConfirm: PASSWORD };
      await superuser.collection("users").create(account);
      kept = await guest.collection("docs").create({ title: "kept",
        file: new File(["the bytes"], "a.txt") });
    });
    after(async () => {
      await listener?.realtime.unsubscribe().catch(() => {});
      await server?.stop();
    });

    test("a backup is made, listed and downloaded", async () => {
      assert.equal(await superuser.backups.create("first.zip"), true);
      const [listed] = await superuser.backups.getFullList();
      assert.equal(listed.key, "first.zip");
      assert.match(listed.modified, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
      const { status, bytes } = await downloaded("first.zip");
      assert.deepEqual([status, bytes.length], [200, listed.size]);
      assert.equal(bytes.subarray(0, 2).toString(), "PK");
    });

    test("names are checked", async () => {
      assert.deepEqual(await codes(superuser.backups.create("first.zip")),
        [400, "validation_backup_name_exists"]);
      assert.deepEqual(await codes(superuser.backups.create("No.zip")),
        [400, "validation_match_invalid"]);
      assert.deepEqual(await codes(superuser.backups.delete("none.zip")), [400]);
      assert.deepEqual(await codes(superuser.backups.restore("none.zip")), [400]);
      assert.deepEqual(await codes(guest.backups.getFullList()), [401]);
      assert.deepEqual(await codes(guest.backups.create("guest.zip")), [401]);
    });

    test("a backup is uploaded and removed", async () => {
      const { bytes } = await downloaded("first.zip");
      const file = (name, content) => new File([content], name, { type: "application/zip" });
      await superuser.backups.upload({ file: file("second.zip", bytes) });
      assert.deepEqual(await names(), ["first.zip", "second.zip"]);
      assert.ok((await downloaded("second.zip")).bytes.equals(bytes));
      assert.deepEqual(await codes(superuser.backups.upload({ file: file("second.zip", bytes) })),
        [400, "validation_backup_name_exists"]);
      assert.deepEqual(await codes(superuser.backups.upload({ file: file("third.zip", "text") })),
        [400, "validation_invalid_mime_type"]);
      await superuser.backups.delete("second.zip");
      assert.deepEqual(await names(), ["first.zip"]);
    });

    test("a restore brings records, files and sign-ins back, and clients reconnect", async () => {
      const heard = [];
      await listener.collection("docs").subscribe("*", ({ action, record }) =>
        heard.push(`${action} ${record.title}`));
      await pause(300);
      await guest.collection("docs").delete(kept.id);
      await guest.collection("docs").create({ title: "later" });
      await until(async () => heard.length === 2, "both changes are heard");

      assert.equal(await superuser.backups.restore("first.zip"), true);
      const titles = async () => (await guest.collection("docs").getFullList())
        .map(({ title }) => title).join();
      await until(async () => await titles() === "kept", "the restored records are there");
      const file = await fetch(guest.files.getURL(kept, kept.file));
      assert.equal(await file.text(), "the bytes");
      await client().collection("users").authWithPassword("ann@example.com", PASSWORD);
      assert.deepEqual(await names(), ["first.zip"]);

      // The SDK connects again by itself; its first attempts may meet no server.
      await until(async () => {
        const { id } = await guest.collection("docs").create({ title: "after" });
        await pause(200);
        await guest.collection("docs").delete(id);
        return heard.includes("create after");
      }, "the listener hears again");
    });
  });
}

for (const [product, binary] of binaries) {
  describe(`${product} with a bucket`, () => {
    let server, s3, superuser;
    const names = async () => (await superuser.backups.getFullList()).map(({ key }) => key);
    const read = async (key, headers = {}) => {
      const token = await superuser.files.getToken();
      const answer = await fetch(superuser.backups.getDownloadURL(token, key), { headers });
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    };

    before(async () => {
      [server, s3] = await Promise.all([startServer(binary), startS3("copies")]);
      superuser = new PocketBase(server.url).autoCancellation(false);
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      await superuser.collections.create({ name: "docs", type: "base", listRule: "",
        fields: [{ name: "title", type: "text" }, { name: "file", type: "file",
          maxSize: 20_000_000 }] });
      await superuser.settings.update({ backups: { s3: s3.settings } });
    });
    after(() => Promise.all([server?.stop(), s3?.stop()]));

    test("backups are in the bucket, made, listed, downloaded, restored and removed", async () => {
      const docs = superuser.collection("docs");
      // Too large to be sent in one part.
      await docs.create({ title: "kept", file: new File([randomBytes(9_000_000)], "a.bin") });
      assert.equal(await superuser.backups.create("first.zip"), true);
      assert.deepEqual((await s3.keys()).filter((key) => !key.endsWith(".attrs")), ["first.zip"]);
      const [listed] = await superuser.backups.getFullList();
      assert.equal(listed.key, "first.zip");
      assert.match(listed.modified, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
      const { status, bytes } = await read("first.zip");
      assert.deepEqual([status, bytes.length], [200, listed.size]);
      assert.ok(bytes.length > 9_000_000);
      assert.equal(bytes.subarray(0, 2).toString(), "PK");
      const part = await read("first.zip", { range: "bytes=8500000-8500009" });
      assert.deepEqual(part, { status: 206, bytes: bytes.subarray(8_500_000, 8_500_010) });

      const again = await superuser.backups.create("first.zip").catch((error) => error);
      assert.equal(again.response.data.name.code, "validation_backup_name_exists");
      await superuser.backups.upload({
        file: new File([bytes], "second.zip", { type: "application/zip" }) });
      assert.ok((await read("second.zip")).bytes.equals(bytes));
      await superuser.backups.delete("second.zip");
      assert.deepEqual(await names(), ["first.zip"]);

      await docs.create({ title: "later" });
      assert.equal(await superuser.backups.restore("first.zip"), true);
      const titles = async () => (await docs.getFullList()).map(({ title }) => title).join();
      await until(async () => await titles() === "kept", "the restored records are there");
      const [{ id, file }] = await docs.getFullList();
      const stored = await fetch(`${server.url}/api/files/docs/${id}/${file}`);
      assert.equal((await stored.arrayBuffer()).byteLength, 9_000_000);
    });

    test("commands reach the bucket, with and without a server", { skip: product !== "luge" },
      async () => {
        const command = (...words) => spawnSync(binary, ["backup", ...words], { encoding: "utf8" });
        const at = ["--dir", server.folder];
        assert.match(command("list", ...at).stdout, /first\.zip/);
        assert.match(command("verify", "first.zip", ...at).stderr, /whole/);
        for (const order of ["verify", "restore"]) {
          const refused = command(order, "none.zip", ...at);
          assert.equal(refused.status, 1);
          assert.match(refused.stderr, /no backup none\.zip/);
        }
        const docs = superuser.collection("docs");
        await docs.create({ title: "later" });
        assert.match(command("restore", "first.zip", ...at).stdout, /starts again/);
        await until(async () => (await docs.getFullList()).length === 1, "it is restored");
        await docs.create({ title: "later" });
        await server.restart(() => {
          const restored = command("restore", "first.zip", ...at);
          assert.match(restored.stdout, /is restored/, restored.stderr);
        });
        assert.equal((await docs.getFullList()).length, 1);
      });

    test("another place counts at once, and nothing is moved", async () => {
      await superuser.settings.update({ backups: { s3: { enabled: false } } });
      assert.deepEqual(await names(), []);
      await superuser.backups.create("here.zip");
      await superuser.settings.update({ backups: { s3: { enabled: true } } });
      assert.deepEqual(await names(), ["first.zip"]);
      // PocketBase lists what is in folders too.
      await fetch(`${s3.url}/copies/album/photo.png`, { method: "PUT", body: "foreign" });
      const others = product === "luge" ? [] : ["album/photo.png"];
      assert.deepEqual((await names()).sort(), [...others, "first.zip"]);
      await superuser.backups.delete("first.zip");
      assert.deepEqual(await s3.keys(), ["album/photo.png"]);
      // PocketBase asks S3 to remove it, which never says that there was nothing.
      const gone = await superuser.backups.delete("first.zip").catch((error) => error);
      assert.equal(gone.status, product === "luge" ? 400 : undefined);
      assert.equal((await read("first.zip")).status, product === "luge" ? 404 : 400);
    });

    test("a bucket that is gone is said to be, without its secret", async () => {
      await superuser.settings.update({ backups: { s3: { bucket: "nothing-there" } } });
      const list = () => superuser.backups.getFullList();
      for (const refused of [list, () => superuser.backups.create("a.zip")]) {
        const { status, response } = await refused().then(() => assert.fail("accepted"),
          (error) => error);
        assert.equal(status, product === "luge" ? 503 : 400);
        if (product === "luge") assert.match(response.message, /NoSuchBucket/);
        assert.ok(!JSON.stringify(response).includes(s3.settings.secret + "\""));
      }
    });
  });
}
