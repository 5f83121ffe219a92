// Files through the unmodified `pocketbase` package, on Luge (LUGE_BIN) and on the real PocketBase
// (POCKETBASE_BIN, when set); both must give the same normalised answers.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import PocketBase from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";

const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const answers = {};
const OPEN = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
const PNG = png(4, 2);

/** A black picture. */
function png(width, height) {
  const chunk = (kind, data) => {
    const content = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(content));
    return Buffer.concat([length, content, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const rows = deflateSync(Buffer.alloc((1 + 3 * width) * height));
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header),
    chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

/** The random parts of names and ids replaced. */
const normalised = (value) => JSON.parse(JSON.stringify(value)
  .replace(/[a-z0-9]{10}(?=\.[a-z]+\\?")/g, "RANDOM")
  .replace(/"id":"[a-z0-9]{15}"/g, '"id":"ID"')
  .replace(/"pbc_\d+"/g, '"COLLECTION"'));

for (const [product, binary] of binaries) {
  describe(product, () => {
    const said = (answers[product] = {});
    let server, superuser, guest, owner;

    const client = () => new PocketBase(server.url).autoCancellation(false);
    const file = (text, name) => new File([text], name);
    const stored = () => {
      const folder = join(server.folder, "storage");
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith(".attrs"))
        .map((entry) => entry.name);
    };
    const until = async (count) => {
      for (let attempt = 0; stored().length !== count; attempt++) {
        assert.ok(attempt < 400, `${count} files expected: ${stored()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const fetched = async (url) => {
      const answer = await fetch(url);
      return { status: answer.status, type: answer.headers.get("content-type"),
        bytes: Buffer.from(await answer.arrayBuffer()) };
    };

    before(async () => {
      server = await startServer(binary);
      [superuser, guest, owner] = [client(), client(), client()];
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      const account = { email: "a@example.com", password: "12345678", passwordConfirm: "12345678" };
      await superuser.collection("users").create(account);
      await owner.collection("users").authWithPassword(account.email, account.password);
      await superuser.collections.create({ name: "docs", type: "base", ...OPEN,
        viewRule: "owner = @request.auth.id",
        fields: [
          { name: "title", type: "text" },
          { name: "owner", type: "text" },
          { name: "pages", type: "file", maxSelect: 3, maxSize: 100_000 },
          { name: "cover", type: "file", mimeTypes: ["image/png"], thumbs: ["2x0"] },
          { name: "secret", type: "file", protected: true },
        ] });
    });
    after(() => server?.stop());

    test("upload, replace and remove", async () => {
      const docs = guest.collection("docs");
      const created = await docs.create({ title: "01", pages: [file("one", "one.txt"),
        file("two", "Two Words.md")] });
      said.created = normalised(created);
      const appended = await superuser.collection("docs")
        .update(created.id, { "pages+": file("three", "three.txt") });
      said.appended = normalised(appended);
      assert.deepEqual(appended.pages.slice(0, 2), created.pages);
      const removed = await docs.update(created.id, { "pages-": [created.pages[0]] });
      assert.deepEqual(removed.pages, appended.pages.slice(1));
      const form = new FormData();
      form.append("pages", file("four", "four.txt"));
      form.append("title", "02");
      said.replaced = normalised(await docs.update(created.id, form));
      await until(1);
      said.cleared = normalised(await docs.update(created.id, { pages: [] }));
      await until(0);
      await docs.delete(created.id);
    });

    test("what is refused", async () => {
      const docs = guest.collection("docs");
      said.refused = [];
      for (const body of [
        { pages: [1, 2, 3, 4].map((n) => file("x", `${n}.txt`)) },
        { pages: file("x".repeat(100_001), "large.txt") },
        { cover: file("<svg/>", "cover.png") },
        { pages: ["unknown.txt"] },
      ]) {
        const error = await docs.create(body).then(() => assert.fail("accepted"), (error) => error);
        said.refused.push([error.status, normalised(error.response)]);
      }
      assert.deepEqual(stored(), []);
    });

    test("read, as a preview too", async () => {
      const record = await guest.collection("docs")
        .create({ cover: new File([PNG], "cover.png"), pages: file("hello", "hello.txt") });
      const cover = await fetched(guest.files.getURL(record, record.cover));
      assert.deepEqual([cover.status, cover.type, cover.bytes.equals(PNG)],
        [200, "image/png", true]);
      const small = await fetched(guest.files.getURL(record, record.cover, { thumb: "2x0" }));
      assert.deepEqual([small.status, small.type], [200, "image/png"]);
      assert.deepEqual([small.bytes.readUInt32BE(16), small.bytes.readUInt32BE(20)], [2, 1]);
      const url = guest.files.getURL(record, record.pages[0], { download: true });
      const page = await fetch(url);
      assert.equal(await page.text(), "hello");
      said.disposition = normalised({ is: `${page.headers.get("content-disposition")}` });
      const missing = await fetched(guest.files.getURL(record, "none.png"));
      assert.equal(missing.status, 404);
      await guest.collection("docs").delete(record.id);
      assert.equal((await fetched(guest.files.getURL(record, record.cover))).status, 404);
      await until(0);
    });

    test("protected files need a token of somebody who may view the record", async () => {
      const mine = await guest.collection("docs")
        .create({ owner: owner.authStore.record.id, secret: file("secret", "secret.txt") });
      const status = async (token) =>
        (await fetched(guest.files.getURL(mine, mine.secret, { token }))).status;
      assert.equal(await status(undefined), 404);
      assert.equal(await status("wrong"), 404);
      assert.equal(await status(owner.authStore.token), 404);
      assert.equal(await status(await owner.files.getToken()), 200);
      assert.equal(await status(await superuser.files.getToken()), 200);
      const refused = await guest.files.getToken().then(() => 200, (error) => error.status);
      assert.equal(refused, 401);
    });
  });
}

test("both products say the same", { skip: binaries.length < 2 }, () => {
  assert.deepEqual(answers.luge, answers.pocketbase);
});
