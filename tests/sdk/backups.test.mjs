// Backups through the unmodified `pocketbase` package, on Luge (LUGE_BIN) and on the real
// PocketBase (POCKETBASE_BIN, when set): made, listed, downloaded, uploaded, restored and removed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";

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
