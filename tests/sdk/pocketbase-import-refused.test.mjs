// `luge import pocketbase` of what cannot or must not be imported: a clear reason, exit code 1, and
// neither folder is changed. The folders are made by the real PocketBase (POCKETBASE_BIN).

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync,
  writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import PocketBase from "pocketbase";
import { serve, startServer, SUPERUSER } from "./server.mjs";

const luge = process.env.LUGE_BIN ?? "../../target/fast/luge";
const pocketbase = process.env.POCKETBASE_BIN;
const KEY = "0123456789abcdef0123456789abcdef";
const RECORDS = 150_000;

const skip = !pocketbase || luge.includes("pocketbase");

describe("luge import pocketbase refuses", { skip }, () => {
  let folder, source, left;

  const run = (from, to, words = [], env = {}) => {
    const all = ["import", "pocketbase", from, "--dir", to, ...words];
    return spawnSync(luge, all, { encoding: "utf8", env: { ...process.env, ...env } });
  };
  /** Refused for a reason, with a remedy, and nothing is made. */
  const refused = (reason, from, to, ...more) => {
    const result = run(from, to, ...more);
    assert.equal(result.status, 1, result.stdout + result.stderr);
    assert.match(result.stderr, reason);
    assert.match(result.stderr, /\n {6}\w/, "no remedy");
    assert.equal(result.stdout, "");
  };
  const place = (name) => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "luge-refused-"));
    execFileSync(pocketbase, ["superuser", "upsert", ...SUPERUSER, "--dir", place("source")]);
    source = await serve(pocketbase, place("source"));
    left = place("left");
  });
  after(async () => {
    await source?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a folder that a PocketBase is using", async () => {
    const client = new PocketBase(source.url);
    await client.collection("_superusers").authWithPassword(...SUPERUSER);
    await client.collections.create({
      name: "many", type: "base", fields: [{ name: "label", type: "text" }],
      indexes: ["CREATE UNIQUE INDEX `idx_many` ON `many` (`label`)"],
    });
    const query = `INSERT INTO many (id, label) WITH RECURSIVE n (i) AS
      (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${RECORDS})
      SELECT printf('r%014d', i), 'l' || i FROM n`;
    await client.send("/api/sql", { method: "POST", body: { query } });
    assert.equal((await client.collection("many").getList(1, 1)).totalItems, RECORDS);
    refused(/a PocketBase is using/, source.folder, place("a"));
    assert.ok(!existsSync(place("a")));
    await source.end("SIGTERM");
    cpSync(source.folder, left, { recursive: true });
  });

  test("folders that are none of PocketBase's, and damaged ones", () => {
    mkdirSync(place("empty"));
    refused(/no data folder of PocketBase: data.db/, place("empty"), place("b"));
    refused(/no data folder of PocketBase/, place("absent"), place("b"));
    mkdirSync(place("text"));
    writeFileSync(place("text/data.db"), "no database, but a text of some length");
    refused(/data.db is no SQLite database/, place("text"), place("b"));
    cpSync(left, place("torn"), { recursive: true });
    truncateSync(place("torn/data.db"), statSync(place("torn/data.db")).size / 2);
    refused(/damaged or cannot be read/, place("torn"), place("b"));
    assert.ok(!existsSync(place("b")));
  });

  test("a target that is not empty, in the source, or served", async () => {
    mkdirSync(place("full"));
    writeFileSync(place("full/mine.txt"), "mine");
    refused(/is not empty: it has mine.txt/, left, place("full"));
    assert.deepEqual(readdirSync(place("full")), ["mine.txt"]);
    refused(/lies in the folder that is to be imported/, left, join(left, "data"));
    assert.ok(!existsSync(join(left, "data")));
    const server = await startServer(luge);
    const before = readdirSync(server.folder).sort();
    refused(/a server is running in the data folder/, left, server.folder);
    assert.deepEqual(readdirSync(server.folder).sort(), before);
    await server.stop();
    refused(/the memory store keeps nothing/, left, place("c"), ["--store", "memory"]);
  });

  test("encrypted settings without their key", () => {
    const sealed = place("sealed");
    const words = ["superuser", "upsert", ...SUPERUSER, "--dir", sealed];
    const env = { ...process.env, PB_KEY: KEY };
    execFileSync(pocketbase, [...words, "--encryptionEnv", "PB_KEY"], { env, cwd: folder });
    const [named, target] = [["--encryption-env", "PB_KEY"], place("opened")];
    refused(/the settings are encrypted;/, sealed, target);
    refused(/the environment variable PB_KEY is not set/, sealed, target, named);
    const wrong = { PB_KEY: KEY.replace("0", "1") };
    refused(/encrypted under another key/, sealed, target, named, wrong);
    assert.ok(!existsSync(target));
    const result = run(sealed, target, named, { PB_KEY: KEY });
    assert.equal(result.status, 0, result.stderr);
  });

  test("to be taken for complete when it broke off, and begins anew", async () => {
    const target = place("killed");
    const child = spawn(luge, ["import", "pocketbase", left, "--dir", target], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    while (child.exitCode === null && !existsSync(join(target, "store"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill("SIGKILL");
    await ended;
    assert.ok(existsSync(join(target, "unfinished-import")), "it was done before it was killed");
    const upsert = ["superuser", "upsert", ...SUPERUSER];
    for (const words of [["serve", "--http", "127.0.0.1:0"], upsert]) {
      const patience = { encoding: "utf8", timeout: 60_000 };
      const result = spawnSync(luge, [...words, "--dir", target], patience);
      assert.equal(result.status, 1, result.stderr);
      assert.match(result.stderr, /an import into the data folder .* was not finished/);
    }
    const result = run(left, target);
    assert.equal(result.status, 0, result.stderr);
    assert.ok(!existsSync(join(target, "unfinished-import")));
    const server = await serve(luge, target);
    try {
      const client = new PocketBase(server.url);
      await client.collection("_superusers").authWithPassword(...SUPERUSER);
      const many = client.collection("many");
      const { totalItems, items } = await many.getList(1, 1, { sort: "-@rowid" });
      assert.deepEqual([totalItems, items[0].label], [RECORDS, `l${RECORDS}`]);
    } finally {
      await server.end();
    }
  });
});
