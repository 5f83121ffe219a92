// `luge import file` of real files, with and without a running server: counts and values equal
// the files'. Left out when LUGE_BIN is the real PocketBase, which has no such command.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import PocketBase from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";

const binary = process.env.LUGE_BIN ?? "../../target/fast/luge";
const data = (name) =>
  new URL(`./node_modules/vega-datasets/data/${name}`, import.meta.url).pathname;
const lines = (name) => readFileSync(data(name), "utf8").trimEnd().split("\n").length - 1;

describe("luge import", { skip: binary.includes("pocketbase") }, () => {
  let server, superuser, folder;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "luge-import-"));
    server = await startServer(binary);
    superuser = new PocketBase(server.url).autoCancellation(false);
    await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...words) =>
    spawnSync(binary, [...words, "--dir", server.folder], { encoding: "utf8" });
  const imported = (file, collection) => {
    const result = run("import", "file", file, "--collection", collection);
    assert.equal(result.status, 0, result.stdout + result.stderr);
    return result.stdout + result.stderr;
  };
  const count = async (collection) =>
    (await superuser.collection(collection).getList(1, 1)).totalItems;

  test("movies.json: 3,201 records, null is the zero value", async () => {
    imported(data("movies.json"), "movies");
    const rows = JSON.parse(readFileSync(data("movies.json"), "utf8"));
    assert.equal(rows.length, 3201);
    assert.equal(await count("movies"), rows.length);
    const { fields } = await superuser.collections.getOne("movies");
    const type = (start) => fields.find(({ name }) => name.startsWith(start))?.type;
    assert.deepEqual(["Title", "US_Gross", "IMDB_Rating"].map(type), ["text", "number", "number"]);
    const first = await superuser.collection("movies").getFirstListItem('Title = "The Land Girls"');
    assert.deepEqual([first.US_Gross, first.IMDB_Rating, first.US_DVD_Sales, first.Director],
      [146083, 6.1, 0, ""]);
  });

  test("airports.csv", async () => {
    imported(data("airports.csv"), "airports");
    assert.equal(await count("airports"), lines("airports.csv"));
    const one = await superuser.collection("airports").getFirstListItem('iata = "SFO"');
    assert.equal(one.city, "San Francisco");
    assert.equal(typeof one.latitude, "number");
  });

  test("zipcodes.csv: 42,049 records, a leading zero makes text", async () => {
    imported(data("zipcodes.csv"), "zipcodes");
    assert.equal(lines("zipcodes.csv"), 42049);
    assert.equal(await count("zipcodes"), 42049);
    const one = await superuser.collection("zipcodes").getFirstListItem('zip_code = "00501"');
    assert.deepEqual([one.city, one.state, one.latitude], ["Holtsville", "NY", 40.922326]);
  });

  test("rejected rows are listed with their line, the others are kept", async () => {
    const file = join(folder, "ragged.csv");
    writeFileSync(file, "name,age\nAnn,3\nBob\nCid,4,5\nDora,6\n");
    const result = run("import", "file", file, "--collection", "ragged");
    const said = result.stdout + result.stderr;
    assert.match(said, /\b3\b/, said);
    assert.match(said, /\b4\b/, said);
    assert.equal(await count("ragged"), 2);
  });

  test("files that cannot be read are refused with a reason, and make no collection", async () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, '[{"a": 1}, {"a":');
    const empty = join(folder, "empty.csv");
    writeFileSync(empty, "");
    for (const file of [broken, empty, join(folder, "absent.csv"), folder]) {
      const result = run("import", "file", file, "--collection", "nothing");
      assert.notEqual(result.status, 0, `${file}: ${result.stdout}`);
      assert.ok(result.stderr.length > 10, `${file}: no reason`);
    }
    const reserved = run("import", "file", data("airports.csv"), "--collection", "a b");
    assert.notEqual(reserved.status, 0);
    const names = (await superuser.collections.getFullList()).map(({ name }) => name);
    assert.ok(!names.includes("nothing"), names.join());
  });

  test("what is exported and imported again is the same", async () => {
    const file = join(folder, "airports.ndjson");
    const result = run("export", "airports", "--out", file);
    assert.equal(result.status, 0, result.stdout + result.stderr);
    imported(file, "again");
    const plain = async (collection) => {
      const all = await superuser.collection(collection).getFullList({ sort: "iata" });
      return all.map(({ id, collectionId, collectionName, ...rest }) => rest);
    };
    assert.deepEqual(await plain("again"), await plain("airports"));
  });
});
