// `luge import pocketbase` of a data folder that the real PocketBase (POCKETBASE_BIN) made: what it
// answered, Luge answers, and what it handed out goes on working. Also from the oldest release that
// can be imported, where POCKETBASE_OLDEST_BIN names it.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import PocketBase from "pocketbase";
import { fill, PASSWORD } from "./pocketbase-import-source.mjs";
import { serve, SUPERUSER } from "./server.mjs";

const luge = process.env.LUGE_BIN ?? "../../target/fast/luge";
// A PocketBase that is killed leaves its last writes in the log beside the database.
const SOURCES = [
  ["the newest, stopped", process.env.POCKETBASE_BIN, "SIGTERM", []],
  ["the newest, killed", process.env.POCKETBASE_BIN, "SIGKILL", []],
  ["the oldest, stopped", process.env.POCKETBASE_OLDEST_BIN, "SIGTERM", ["geoPoint"]],
];
const LISTS = {
  _superusers: [""], _externalAuths: [""], _mfas: [""], _otps: [""], _authOrigins: [""],
  members: ["", "sort=-handle", "filter=handle='bob'"],
  tags: ["", "sort=label"],
  odd_ids: ["", "sort=@rowid", "sort=-id", "filter=id='a_2'"],
  users: ["", "sort=-nickname", "filter=nickname='NICK3'", "filter=nickname~'nick'&sort=-level",
    "filter=email~'user'&sort=name"],
  kitchen: [
    "", "sort=@rowid", "sort=-@rowid", "sort=-amount,@rowid", "sort=title", "sort=-at",
    "sort=owner.name,@rowid", "filter=amount>1&sort=amount,title", "filter=public=true",
    "filter=kinds:each?='a'&sort=@rowid", "filter=kinds:length=2&sort=@rowid",
    "filter=tags.label?='iron'&sort=@rowid", "filter=data.b.1=2.5&sort=@rowid",
    "filter=data='text'&sort=@rowid", "filter=owner.nickname~'nick1'&sort=@rowid",
    "filter=at>='2020-06-01 00:00:00.000Z'&sort=at", "filter=title='TITLE 3'", "filter=sealed!=''",
    "expand=owner,tags,parent&sort=@rowid", "expand=kitchen_via_parent&sort=@rowid",
    "page=2&perPage=7&sort=@rowid",
  ],
};

/** The answers to all questions, as texts, by who asked what. */
async function answers(url, { tokens, people }) {
  const said = {};
  const askers = { superuser: tokens.superuser, user: tokens[people[0].id],
    manager: tokens[people[5].id], impersonated: tokens.impersonated, guest: "" };
  const ask = async (as, path) => {
    const answer = await fetch(url + path, { headers: { Authorization: askers[as] } });
    // Older releases end an answer in a line break, and escape what means something in HTML.
    const text = (await answer.text()).trim().replace(/\\u00(3c|3e|26)/g,
      (_, code) => String.fromCharCode(parseInt(code, 16)));
    said[`${as} ${path}`] = `${answer.status} ${text}`;
  };
  for (const as of Object.keys(askers)) {
    for (const [collection, queries] of Object.entries(LISTS)) {
      for (const query of queries) {
        const encoded = query.replace(/=([^&]*)/g, (_, value) => `=${encodeURIComponent(value)}`);
        const size = query.includes("perPage") ? "" : "perPage=500&";
        await ask(as, `/api/collections/${collection}/records?${size}${encoded}`);
      }
    }
    await ask(as, `/api/collections/users/records/${people[1].id}`);
  }
  return said;
}

async function definitions(url, token) {
  const get = async (path) =>
    (await fetch(url + path, { headers: { Authorization: token } })).json();
  const { items } = await get("/api/collections?perPage=500");
  const { trustedProxy: { addresses, ...trustedProxy }, channels, graphql, ...settings } =
    await get("/api/settings");
  // The fields of a view follow from its query, which Luge does not read yet.
  const shown = items.map((one) => (one.type === "view" ? { ...one, fields: [] } : one));
  return { collections: shown, settings: { ...settings, trustedProxy } };
}

async function fileToken(url, token) {
  const headers = { Authorization: token };
  const answer = await fetch(`${url}/api/files/token`, { method: "POST", headers });
  return (await answer.json()).token;
}

/** The bytes of every file, by address. */
async function download(url, { files, tokens }) {
  const token = await fileToken(url, tokens.superuser);
  const bytes = {};
  for (const { path, locked } of files) {
    const answer = await fetch(`${url}${path}${locked ? `?token=${token}` : ""}`);
    assert.equal(answer.status, 200, path);
    bytes[path] = Buffer.from(await answer.arrayBuffer()).toString("base64");
  }
  return bytes;
}

/** Names and content of everything in a folder. */
function content(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return `${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
  }).sort();
}

const isEmpty = (value) => ["[]", "{}"].includes(JSON.stringify(value));

/** What an older release did not have yet: it is there with what it means to leave it out. */
function completed(older, shown) {
  if (Array.isArray(older)) return older.map((item, at) => completed(item, shown?.[at]));
  // Older releases show what is empty as null.
  if (older === null) return isEmpty(shown) ? shown : null;
  if (typeof older !== "object") return older;
  const added = Object.fromEntries(Object.entries(shown ?? {})
    .filter(([key]) => !(key in older)));
  for (const [key, value] of Object.entries(added)) {
    const known = { help: "", hidden: false, accentColor: "#1055c9", excludedIPs: [],
      maxDataSize: 0, superuserIPs: [] };
    assert.deepEqual(value, known[key], `${key} is new`);
  }
  const own = Object.entries(older).map(([key, value]) => [key, completed(value, shown?.[key])]);
  return { ...added, ...Object.fromEntries(own) };
}

for (const [name, pocketbase, signal, withoutTypes] of SOURCES) {
  const skip = !pocketbase || luge.includes("pocketbase");
  describe(`luge import pocketbase: ${name}`, { skip }, () => {
    let folder, source, server, made, expected, shown, bytes;

    const superuser = async () => {
      const client = new PocketBase(server.url).autoCancellation(false);
      client.authStore.save(made.tokens.superuser, null);
      return client;
    };

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "luge-move-"));
      const origin = join(folder, "pb_data");
      execFileSync(pocketbase, ["superuser", "upsert", ...SUPERUSER, "--dir", origin]);
      source = await serve(pocketbase, origin);
      made = await fill(source.url, withoutTypes);
      expected = await answers(source.url, made);
      shown = await definitions(source.url, made.tokens.superuser);
      bytes = await download(source.url, made);
      await source.end(signal);
      const untouched = content(source.folder);
      const target = join(folder, "data");
      const words = ["import", "pocketbase", source.folder, "--dir", target];
      const result = spawnSync(luge, words, { encoding: "utf8" });
      assert.equal(result.status, 0, result.stdout + result.stderr);
      assert.match(result.stdout, /View titles: its definition is carried/);
      assert.deepEqual(content(source.folder), untouched, "the source was changed");
      const log = untouched.find((entry) => entry.includes("/data.db-wal "));
      assert.equal(Boolean(log), signal === "SIGKILL", "a killed PocketBase leaves a log");
      server = await serve(luge, target);
    });
    after(async () => {
      await source?.end();
      await server?.end();
      rmSync(folder, { recursive: true, force: true });
    });

    test("collections and settings are the same", async () => {
      const { collections, settings } = await definitions(server.url, made.tokens.superuser);
      const names = (all) => all.map((one) => one.name);
      assert.deepEqual(names(collections), names(shown.collections));
      for (const [at, one] of collections.entries()) {
        assert.deepEqual(one, completed(shown.collections[at], one), one.name);
      }
      assert.deepEqual(settings, completed(shown.settings, settings));
      assert.equal(settings.smtp.host, "smtp.sled.example.com");
    });

    test("every list is the same, to the letter and in order", async () => {
      const said = await answers(server.url, made);
      assert.equal(Object.keys(said).length, Object.keys(expected).length);
      const compared = Object.entries(expected)
        .map(([asked, answer]) => ({ asked, answer, luge: said[asked] }));
      assert.deepEqual(compared.filter(({ answer, luge }) => answer !== luge), []);
      const good = Object.values(said).filter((answer) => answer.startsWith("200"));
      assert.ok(good.length > 100, `${good.length} answers were lists`);
    });

    test("tokens from before the move go on working", async () => {
      for (const [who, token] of Object.entries(made.tokens)) {
        const collection = who === "superuser" ? "_superusers" : "users";
        const headers = { Authorization: token };
        const path = `${server.url}/api/collections/${collection}/auth-refresh`;
        const answer = await fetch(path, { method: "POST", headers });
        assert.equal(answer.status, 200, who);
        const { token: next, record } = await answer.json();
        if (who === "impersonated") assert.equal(next, token);
        if (who.length === 15) assert.equal(record.id, who);
        const list = await fetch(`${server.url}/api/collections/kitchen/records`, { headers });
        assert.ok((await list.json()).totalItems > 0, who);
      }
      const forged = made.tokens.superuser.replace(/.$/, (last) => (last === "A" ? "Q" : "A"));
      const path = `${server.url}/api/collections/_superusers/auth-refresh`;
      const headers = { Authorization: forged };
      assert.equal((await fetch(path, { method: "POST", headers })).status, 401);
    });

    test("passwords go on working, before and after they are hashed anew", async () => {
      const signIn = (collection, identity, password) => new PocketBase(server.url)
        .collection(collection).authWithPassword(identity, password);
      const everybody = [["_superusers", ...SUPERUSER],
        ["_superusers", "second@example.com", PASSWORD], ["members", "ann", PASSWORD],
        ["members", "bob@example.com", PASSWORD],
        ...made.people.map(({ email }) => ["users", email, PASSWORD])];
      for (const [collection, identity, password] of [...everybody, ...everybody]) {
        const { record } = await signIn(collection, identity, password);
        assert.equal(record.collectionName, collection);
        await assert.rejects(signIn(collection, identity, `${password}x`), { status: 400 });
      }
    });

    test("every file is the same, byte for byte", async () => {
      assert.ok(made.files.length > 40);
      assert.deepEqual(await download(server.url, made), bytes);
      const locked = made.files.filter((file) => file.locked);
      assert.ok(locked.length > 2);
      for (const { path } of locked) {
        assert.equal((await fetch(server.url + path)).status, 404, path);
      }
      const [{ path }] = made.files.filter((file) => file.path.includes("cover"));
      const preview = await fetch(`${server.url}${path}?thumb=10x10`);
      assert.equal(preview.status, 200);
    });

    test("what is hidden stays hidden", async () => {
      const user = { headers: { Authorization: made.tokens[made.people[0].id] } };
      for (const [collection, hidden] of [["users", ["private", "password", "tokenKey"]],
        ["kitchen", ["pin", "internal"]]]) {
        const path = `${server.url}/api/collections/${collection}/records?perPage=500`;
        const { items } = await (await fetch(path, user)).json();
        assert.ok(items.length > 0);
        for (const item of items) {
          assert.ok(!hidden.some((field) => field in item), JSON.stringify(item));
        }
      }
      const { items } = await (await superuser()).collection("users").getList(1, 50);
      assert.ok(items.every((item) => item.private.startsWith("secret ")));
    });

    test("rules, unique indexes and relations hold for what comes next", async () => {
      const client = await superuser();
      const rejected = (work, field) => assert.rejects(work, (error) => {
        assert.equal(error.response.data[field].code, "validation_not_unique");
        return true;
      });
      const first = await client.collection("kitchen").getFirstListItem('title ~ "Title 1 "');
      const sameTitle = { title: first.title.replace("Title", "tITLE") };
      await rejected(client.collection("kitchen").create(sameTitle), "title");
      await rejected(client.collection("users").update(made.people[0].id, { nickname: "NICK2" }),
        "nickname");
      const another = { title: "next", owner: made.people[2].id };
      const next = await client.collection("kitchen").create(another);
      const { items } = await client.collection("kitchen").getList(1, 500, { sort: "@rowid" });
      assert.equal(items.at(-1).id, next.id);
      const { id } = await client.collection("tags").getFirstListItem('label = "iron"');
      await client.collection("tags").delete(id);
      const filter = `tags ~ "${id}"`;
      const { totalItems } = await client.collection("kitchen").getList(1, 1, { filter });
      assert.equal(totalItems, 0);
      const { collections } = await definitions(server.url, made.tokens.superuser);
      const later = await client.collections.create({ name: "later", type: "base" });
      const after = await definitions(server.url, made.tokens.superuser);
      assert.deepEqual(after.collections.map((one) => one.id),
        [...collections.map((one) => one.id), later.id]);
      await client.collection("users").delete(made.people[0].id);
      assert.equal((await client.collection("_externalAuths").getList()).totalItems, 0);
    });
  });
}

describe("luge import pocketbase: never set up", {
  skip: !process.env.POCKETBASE_BIN || luge.includes("pocketbase"),
}, () => {
  test("somebody still has to make the first superuser", async () => {
    const folder = mkdtempSync(join(tmpdir(), "luge-move-"));
    const source = await serve(process.env.POCKETBASE_BIN, join(folder, "pb_data"));
    while (!source.printed().includes("pbinstall")) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await source.end("SIGTERM");
    const words = ["import", "pocketbase", source.folder, "--dir", join(folder, "data")];
    const result = spawnSync(luge, words, { encoding: "utf8" });
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /The superuser that PocketBase's installer made is not carried/);
    const server = await serve(luge, join(folder, "data"));
    try {
      const setup = await (await fetch(`${server.url}/api/setup`)).json();
      assert.deepEqual(setup, { required: true });
    } finally {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
