// The definitions that Luge reads out of the `data.db` of a real PocketBase (POCKETBASE_BIN, and
// POCKETBASE_OLDEST_BIN where it is named) are those that PocketBase itself exports.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fill } from "./pocketbase-import-source.mjs";
import { serve, startServer, SUPERUSER } from "./server.mjs";

const luge = process.env.LUGE_BIN ?? "../../target/fast/luge";
const READ = "/api/collections/meta/pocketbase";
const SOURCES = [
  ["the newest", process.env.POCKETBASE_BIN, []],
  ["the oldest", process.env.POCKETBASE_OLDEST_BIN, ["geoPoint"]],
];

for (const [name, pocketbase, withoutTypes] of SOURCES) {
  const skip = !pocketbase || luge.includes("pocketbase");
  describe(`definitions out of a database: ${name}`, { skip }, () => {
    let folder, exported, database, server, token;

    const read = (content, authorization = token) => {
      const body = new FormData();
      body.append("file", new File([content], "data.db"));
      return fetch(server.url + READ, { method: "POST", headers: { authorization }, body });
    };

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "luge-definitions-"));
      const origin = join(folder, "pb_data");
      execFileSync(pocketbase, ["superuser", "upsert", ...SUPERUSER, "--dir", origin]);
      const source = await serve(pocketbase, origin);
      const { tokens } = await fill(source.url, withoutTypes);
      const headers = { Authorization: tokens.superuser };
      const listed = await fetch(`${source.url}/api/collections?perPage=500`, { headers });
      exported = (await listed.json()).items;
      await source.end("SIGTERM");
      database = readFileSync(join(origin, "data.db"));
      server = await startServer(luge);
      const [identity, password] = SUPERUSER;
      const signedIn = await fetch(`${server.url}/api/collections/_superusers/auth-with-password`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ identity, password }),
      });
      ({ token } = await signedIn.json());
    });
    after(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("are what it exports", async () => {
      const answer = await read(database);
      assert.equal(answer.status, 200);
      const { collections, notes } = await answer.json();
      const sorted = (all) => all.toSorted((one, other) => one.name.localeCompare(other.name));
      assert.deepEqual(sorted(collections), sorted(exported));
      assert.deepEqual(notes, []);
    });

    test("nobody else has them read, and nothing of it stays", async () => {
      assert.equal((await read(database, "")).status, 401);
      for (const part of [0.25, 0.5, 0.9]) {
        const cut = database.subarray(0, Math.floor(database.length * part));
        const answer = await read(cut);
        // Whole without its last pages is what holds no definitions in them.
        assert.ok([200, 400].includes(answer.status), `${part}: ${answer.status}`);
      }
      const left = readdirSync(join(server.folder, "storage"), { recursive: true });
      assert.deepEqual(left.filter((path) => path.startsWith(".uploads/")), []);
      const headers = { authorization: token };
      const listed = await fetch(`${server.url}/api/collections?perPage=500`, { headers });
      const own = (await listed.json()).items.filter(({ system }) => !system);
      assert.deepEqual(own.map(({ name }) => name), ["users"], "nothing is defined");
    });
  });
}
