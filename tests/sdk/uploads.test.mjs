// Uploads that break off and go on, through the unmodified `tus-js-client` package; the finished
// ones are taken by records through the unmodified `pocketbase` package.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import PocketBase from "pocketbase";
import { Upload } from "tus-js-client";
import { SUPERUSER, startServer } from "./server.mjs";

const luge = process.env.LUGE_BIN ?? "../../target/fast/luge";
const OPEN = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
const LARGE = randomBytes(9_000_001);

describe("uploads piece by piece", () => {
  let server, superuser, guest, user;
  const client = () => new PocketBase(server.url).autoCancellation(false);
  const endpoint = () => `${server.url}/api/files/uploads`;
  const files = (folder) => {
    const at = join(server.folder, "storage", folder);
    return existsSync(at) ? readdirSync(at) : [];
  };

  /** A client of an upload, and the promise of its end: its address, or why it failed. */
  const begin = (bytes, options = {}) => {
    let upload;
    const ended = new Promise((resolve, reject) => {
      upload = new Upload(bytes, {
        endpoint: endpoint(),
        chunkSize: 1_000_000,
        retryDelays: [0, 200, 500, 1000, 2000],
        metadata: { filename: "Large File.bin", filetype: "application/octet-stream" },
        onSuccess: () => resolve(upload.url),
        onError: reject,
        ...options,
      });
    });
    return { upload, ended };
  };
  const whole = (bytes, options) => {
    const { upload, ended } = begin(bytes, options);
    upload.start();
    return ended;
  };
  const named = (url) => `upload:${url.split("/").at(-1)}`;
  const bytesOf = async (record) => {
    const answer = await fetch(superuser.files.getURL(record, record.one));
    return Buffer.from(await answer.arrayBuffer());
  };

  before(async () => {
    server = await startServer(luge);
    [superuser, guest, user] = [client(), client(), client()];
    await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
    const account = { email: "a@example.com", password: "12345678", passwordConfirm: "12345678" };
    await superuser.collection("users").create(account);
    await user.collection("users").authWithPassword(account.email, account.password);
    await superuser.collections.create({ name: "docs", type: "base", ...OPEN, fields: [
      { name: "title", type: "text" },
      { name: "one", type: "file", maxSize: 20_000_000 },
      { name: "many", type: "file", maxSelect: 3, maxSize: 20_000_000 },
    ] });
  });
  after(() => server?.stop());

  test("an upload becomes the file of a record, once", async () => {
    const url = await whole(LARGE);
    const record = await guest.collection("docs").create({ one: named(url) });
    assert.match(record.one, /^large_file_[a-z0-9]{10}\.bin$/);
    assert.ok((await bytesOf(record)).equals(LARGE));
    assert.deepEqual(files(".resumable"), []);
    const again = await guest.collection("docs").create({ one: named(url) }).catch((e) => e);
    assert.equal(again.status, 400);
    assert.equal(again.response.data.one.code, "validation_invalid_upload");
  });

  test("it goes on where it was after client and server broke off", async () => {
    const { upload, ended } = begin(LARGE, {
      onChunkComplete: (_, sent) => {
        if (sent === 3_000_000) upload.abort();
      },
    });
    upload.start();
    while (upload.url === null || !(await offset(upload.url) >= 3_000_000)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const at = await offset(upload.url);
    assert.ok(at >= 3_000_000 && at < LARGE.length, `${at}`);
    // Another client, which knows nothing but the address, and meets a killed server on the way.
    const other = begin(LARGE, {
      uploadUrl: upload.url,
      onChunkComplete: (_, sent) => {
        if (sent >= 6_000_000 && !other.restarted) {
          other.restarted = server.restart();
        }
      },
    });
    other.upload.start();
    const url = await other.ended;
    await other.restarted;
    const record = await guest.collection("docs").create({ one: named(url) });
    assert.ok((await bytesOf(record)).equals(LARGE));
    ended.catch(() => {});
  });

  const offset = async (url) => {
    const headers = { "Tus-Resumable": "1.0.0" };
    const answer = await fetch(url, { method: "HEAD", headers }).catch(() => undefined);
    return Number(answer?.headers.get("upload-offset") ?? -1);
  };

  test("bytes of a request that breaks off in the middle stay", async () => {
    const headers = { "Tus-Resumable": "1.0.0" };
    const begun = await fetch(endpoint(), { method: "POST",
      headers: { ...headers, "Upload-Length": `${LARGE.length}` } });
    const url = new URL(begun.headers.get("location"), endpoint()).href;
    const half = LARGE.subarray(0, 4_000_000);
    const broken = new AbortController();
    const body = Readable.toWeb(Readable.from((async function* () {
      yield half;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      broken.abort();
      await new Promise(() => {});
    })()));
    const patch = { ...headers, "Upload-Offset": "0",
      "Content-Type": "application/offset+octet-stream" };
    await fetch(url, { method: "PATCH", headers: patch, body, duplex: "half",
      signal: broken.signal }).catch(() => {});
    const at = await offset(url);
    assert.ok(at > 3_500_000 && at <= half.length, `${at}`);
    // A connection that hangs gives way to the next one.
    const hanging = fetch(url, { method: "PATCH", duplex: "half",
      headers: { ...patch, "Upload-Offset": `${at}` },
      body: Readable.toWeb(Readable.from((async function* () {
        yield LARGE.subarray(at, at + 300_000);
        await new Promise((resolve) => setTimeout(resolve, 4_000));
      })())) }).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 500));
    await whole(LARGE, { uploadUrl: url });
    await hanging;
    const record = await guest.collection("docs").create({ one: named(url) });
    assert.ok((await bytesOf(record)).equals(LARGE));
  });

  test("an upload is its owner's, and several become files of one record", async () => {
    const headers = { Authorization: user.authStore.token };
    const hello = await whole(Buffer.from("hello"), { headers, uploadDataDuringCreation: true,
      metadata: { filename: "hello.txt" } });
    const foreign = await guest.collection("docs").create({ many: [named(hello)] })
      .catch((error) => error);
    assert.equal(foreign.status, 400);
    const record = await user.collection("docs").create({
      many: [named(hello), new File(["part"], "part.txt")] });
    assert.equal(record.many.length, 2);
    const third = await whole(Buffer.from("third"), { headers, metadata: { filename: "c.txt" } });
    const grown = await user.collection("docs").update(record.id, { "many+": named(third) });
    assert.deepEqual(grown.many.slice(0, 2), record.many);
    const read = async (name) =>
      fetch(user.files.getURL(grown, name)).then((answer) => answer.text());
    assert.deepEqual(await Promise.all(grown.many.map(read)), ["hello", "part", "third"]);
  });

  test("checksums are compared, and uploads are ended", async () => {
    const sum = createHash("sha256").update("hello").digest("base64");
    const headers = { "Tus-Resumable": "1.0.0", "Upload-Length": "5",
      "Content-Type": "application/offset+octet-stream" };
    const begun = await fetch(endpoint(), { method: "POST", body: "hello",
      headers: { ...headers, "Upload-Checksum": `sha256 ${sum}` } });
    assert.deepEqual([begun.status, begun.headers.get("upload-offset")], [201, "5"]);
    const url = new URL(begun.headers.get("location"), endpoint()).href;
    await Upload.terminate(url);
    assert.equal(await offset(url), -1);
    const wrong = await fetch(endpoint(), { method: "POST", body: "hullo",
      headers: { ...headers, "Upload-Checksum": `sha256 ${sum}` } });
    assert.equal(wrong.status, 460);
    assert.deepEqual(files(".resumable"), []);
  });
});
