// Files in a real S3 server's bucket, through the unmodified `pocketbase` package, on Luge
// (LUGE_BIN) and on the real PocketBase (POCKETBASE_BIN, when set): both use the same keys, so that
// a bucket of PocketBase keeps working; and files inside the database, which only Luge has.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { randomBytes } from "node:crypto";
import PocketBase from "pocketbase";
import { SUPERUSER, startS3, startServer } from "./server.mjs";

const luge = process.env.LUGE_BIN ?? "../../target/fast/luge";
const binaries = [["luge", luge]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const OPEN = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108020000009077" +
  "53de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082", "hex");
const LARGE = randomBytes(20_000_000);
const answers = {};

const client = (server) => new PocketBase(server.url).autoCancellation(false);
const normalised = (value) => JSON.parse(JSON.stringify(value)
  .replace(/[a-z0-9]{10}(?=\.[a-z]+)/g, "RANDOM"));
const bytes = async (url, headers = {}) => {
  const answer = await fetch(url, { headers });
  return [answer.status, Buffer.from(await answer.arrayBuffer())];
};
const until = async (what, holds) => {
  for (let attempt = 0; !(await holds()); attempt++) {
    assert.ok(attempt < 200, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** A superuser of a server with a collection `docs`. */
async function world(server) {
  const superuser = client(server);
  await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
  await superuser.collections.create({ name: "docs", type: "base", id: "pbc_docs0000001", ...OPEN,
    fields: [
      { name: "pages", type: "file", maxSelect: 3, maxSize: 30_000_000 },
      { name: "cover", type: "file", thumbs: ["2x0"] },
    ] });
  return superuser;
}

for (const [product, binary] of binaries) {
  describe(`${product} with a bucket`, () => {
    const said = (answers[product] = {});
    let server, s3, superuser;

    before(async () => {
      [server, s3] = await Promise.all([startServer(binary), startS3("photos")]);
      superuser = await world(server);
      await superuser.settings.update({ s3: s3.settings });
    });
    after(() => Promise.all([server?.stop(), s3?.stop()]));

    test("files are stored under the contract's keys, read, and removed", async () => {
      const docs = client(server).collection("docs");
      const pages = [new File([LARGE], "large.bin"), new File(["hello"], "a b+c.txt")];
      const record = await docs.create({ id: "record000000001", pages,
        cover: new File([PNG], "cover.png") });
      const url = (name, query) => superuser.files.getURL(record, name, query);
      const [status, large] = await bytes(url(record.pages[0]));
      assert.equal(status, 200);
      assert.ok(large.equals(LARGE));
      const part = await bytes(url(record.pages[0]), { range: "bytes=10000000-10000009" });
      assert.deepEqual(part, [206, LARGE.subarray(10_000_000, 10_000_010)]);
      assert.equal((await bytes(url(record.cover, { thumb: "2x0" })))[0], 200);
      assert.deepEqual(await bytes(url(record.pages[1])), [200, Buffer.from("hello")]);
      const visible = async () => (await s3.keys()).filter((key) => !key.endsWith(".attrs"));
      await until("a preview is stored", async () => (await visible()).length === 4);
      said.keys = normalised(await visible());
      await docs.update(record.id, { pages: [] });
      await until("pages go", async () => (await visible()).length === 2);
      await docs.delete(record.id);
      await until("all go", async () => (await visible()).length === 0);
    });

    test("another place counts at once, and nothing is moved", async () => {
      const docs = client(server).collection("docs");
      const inBucket = await docs.create({ pages: [new File(["there"], "there.txt")] });
      await superuser.settings.update({ s3: { enabled: false } });
      const inFolder = await docs.create({ pages: [new File(["here"], "here.txt")] });
      const status = async (record) =>
        (await bytes(superuser.files.getURL(record, record.pages[0])))[0];
      assert.deepEqual([await status(inBucket), await status(inFolder)], [404, 200]);
      await superuser.settings.update({ s3: { enabled: true } });
      assert.deepEqual([await status(inBucket), await status(inFolder)], [200, 404]);
      await docs.delete(inBucket.id);
      await until("the file goes", async () => (await s3.keys()).length === 0);
      await superuser.settings.update({ s3: { enabled: false } });
    });

    test("a bucket is tried out", async () => {
      said.tests = [];
      const attempt = async (settings, body) => {
        await superuser.settings.update(settings);
        const answer = await superuser.send("/api/settings/test/s3", { method: "POST", body })
          .then(() => [204], (error) => [error.status, error.response]);
        assert.ok(!JSON.stringify(answer).includes(s3.settings.secret + "\""));
        const message = answer[1]?.message ?? "";
        const [known] = message.match(/NoSuchBucket|not enabled|Failed/) ?? [""];
        said.tests.push([answer[0], answer[1]?.data, known]);
      };
      const enabled = { s3: s3.settings };
      await attempt(enabled, { filesystem: "storage" });
      await attempt(enabled, { filesystem: "backups" });
      await attempt({ backups: { s3: s3.settings } }, { filesystem: "backups" });
      await attempt(enabled, {});
      await attempt(enabled, { filesystem: "other" });
      await attempt({ s3: { bucket: "nothing-there" } }, { filesystem: "storage" });
      await attempt({ s3: { enabled: false } }, { filesystem: "storage" });
      assert.deepEqual(await s3.keys(), []);
      const guest = await client(server).send("/api/settings/test/s3",
        { method: "POST", body: { filesystem: "storage" } }).catch((error) => error);
      said.guest = [guest.status, guest.response];
    });
  });
}

test("both say the same", { skip: binaries.length < 2 }, () => {
  assert.deepEqual(answers.luge, answers.pocketbase);
});

describe("luge with files of others in the bucket", () => {
  test("only its own are removed when no record names them", async () => {
    const [server, s3] = await Promise.all([startServer(luge), startS3("photos")]);
    try {
      const superuser = await world(server);
      for (const key of ["pbc_docs0000001/r1/foreign.txt", "album/2020/photo.png", "loose.txt"]) {
        await fetch(`${s3.url}/photos/${key}`, { method: "PUT", body: "foreign" });
      }
      await superuser.settings.update({ s3: s3.settings });
      const docs = superuser.collection("docs");
      const record = await docs.create({ pages: [new File(["own"], "own.txt")] });
      // The server does not see the record go, as after a crash: it finds the file by looking.
      await superuser.settings.update({ s3: { enabled: false } });
      await docs.delete(record.id);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      assert.equal((await s3.keys()).length, 4);
      await superuser.settings.update({ s3: { enabled: true } });
      await until("its own file goes", async () => (await s3.keys()).length === 3);
    } finally {
      await Promise.all([server.stop(), s3.stop()]);
    }
  });

  test("a bucket that is gone is said to be, without its secret", async () => {
    const server = await startServer(luge);
    try {
      const superuser = await world(server);
      const settings = { enabled: true, bucket: "photos", region: "r", accessKey: "k",
        secret: "hunter2-hunter2", endpoint: "http://127.0.0.1:9", forcePathStyle: true };
      await superuser.settings.update({ s3: settings });
      const docs = superuser.collection("docs");
      const refused = await docs.create({ pages: [new File(["x"], "x.txt")] })
        .catch((error) => error);
      assert.equal(refused.status, 503);
      assert.ok(!JSON.stringify(refused.response).includes("hunter2"));
      assert.equal((await docs.getFullList()).length, 0);
      const without = await docs.create({});
      assert.equal(without.cover, "");
      const answer = await superuser.send("/api/settings/test/s3",
        { method: "POST", body: { filesystem: "storage" } }).catch((error) => error);
      assert.equal(answer.response.message, "Failed to test the S3 filesystem. Raw error: \n" +
        "cannot use the bucket: no connection can be made to its endpoint.");
    } finally {
      await server.stop();
    }
  });
});

describe("luge with files in the database", () => {
  test("files come back after a kill, and go", async () => {
    const server = await startServer(luge, ["--files", "database"]);
    try {
      const superuser = await world(server);
      const docs = superuser.collection("docs");
      const record = await docs.create({ pages: [new File([LARGE], "large.bin")],
        cover: new File([PNG], "cover.png") });
      await server.restart();
      const url = (name, query) => superuser.files.getURL(record, name, query);
      const [status, large] = await bytes(url(record.pages[0]));
      assert.equal(status, 200);
      assert.ok(large.equals(LARGE));
      const part = await bytes(url(record.pages[0]), { range: "bytes=-7" });
      assert.deepEqual(part, [206, LARGE.subarray(-7)]);
      assert.equal((await bytes(url(record.cover, { thumb: "2x0" })))[0], 200);
      await docs.delete(record.id);
      assert.equal((await bytes(url(record.pages[0])))[0], 404);
    } finally {
      await server.stop();
    }
  });
});
