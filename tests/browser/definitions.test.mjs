// Definitions of a PocketBase in the dashboard: its database, its export, an export of an old one.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { exportedByPocketBase } from "./pocketbase.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const real = process.env.POCKETBASE_BIN ? skip : "the real PocketBase: name POCKETBASE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;
let source;
let folder;

const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text, where = page) => where.getByText(text).first().waitFor();
const go = () => page.getByRole("button", { name: /^Change \d collections?$/ });
const definition = (name) => ask(`/api/collections/${name}`);
const names = async () => (await ask("/api/collections?perPage=200")).items.map(({ name }) => name);

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

// Of before 0.23, in the form that its documentation has: made by hand.
const old = (name, type, options) => ({
  system: false, id: `old_${name}`, name, type, required: false, presentable: false,
  unique: false, options,
});
const OLD = [
  {
    id: "oldpeople000001", created: "2023-01-01 00:00:00.000Z", updated: "2023-01-01 00:00:00.000Z",
    name: "people", type: "auth", system: false, indexes: [], listRule: "", viewRule: "",
    createRule: "@request.data.age > 17", updateRule: null, deleteRule: null,
    schema: [old("age", "number", { min: 0, max: null, noDecimal: true })],
    options: {
      allowEmailAuth: true, allowOAuth2Auth: false, allowUsernameAuth: true,
      exceptEmailDomains: null, manageRule: null, minPasswordLength: 9, onlyEmailDomains: null,
      onlyVerified: true, requireEmail: true,
    },
  },
  {
    id: "oldletters00001", created: "2023-01-01 00:00:00.000Z", updated: "2023-01-01 00:00:00.000Z",
    name: "letters", type: "base", system: false,
    listRule: "writer = @request.auth.id", viewRule: null, createRule: null, updateRule: null,
    deleteRule: null, options: {},
    indexes: ["CREATE INDEX `idx_letters` ON `letters` (`created`, `mood`)"],
    schema: [
      old("text", "editor", { convertUrls: true }),
      old("mood", "select", { maxSelect: 2, values: ["glad", "sad"] }),
      old("writer", "relation", {
        collectionId: "oldpeople000001", cascadeDelete: true, minSelect: null, maxSelect: 1,
        displayFields: ["age"],
      }),
      old("readers", "relation", {
        collectionId: "oldpeople000001", cascadeDelete: false, minSelect: null, maxSelect: null,
        displayFields: null,
      }),
      old("paper", "file", {
        mimeTypes: ["image/png"], thumbs: ["100x100"], maxSelect: 2, maxSize: 5000, protected: true,
      }),
    ],
  },
];

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "luge-definitions-"));
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  if (!real) source = await exportedByPocketBase(process.env.POCKETBASE_BIN);
});

after(async () => {
  await end?.();
  source?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const forgotten = async () => {
  for (const name of ["posts", "by_author", "authors"]) {
    const there = (await names()).includes(name);
    if (there) await ask(`/api/collections/${name}`, undefined, { method: "DELETE" });
  }
};

// What was made is what PocketBase has.
async function isCarried() {
  const posts = await definition("posts");
  const exported = source.exported.find(({ name }) => name === "posts");
  assert.deepEqual(posts.fields, exported.fields);
  assert.deepEqual(posts.indexes, exported.indexes);
  for (const rule of ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"]) {
    assert.equal(posts[rule], exported[rule], rule);
  }
  const authors = await definition("authors");
  const theirs = source.exported.find(({ name }) => name === "authors");
  const keys = ["fields", "authRule", "manageRule", "passwordAuth", "mfa", "otp", "authToken"];
  for (const key of keys) {
    assert.deepEqual(authors[key], theirs[key], key);
  }
  assert.deepEqual(authors.oauth2, { ...theirs.oauth2, providers: [] });
  assert.equal((await definition("by_author")).viewQuery.startsWith("SELECT a.id"), true);
}

test("B3: the first steps take the data.db of a PocketBase", { skip: real }, async () => {
  await page.goto(`${server.url}/_/`);
  const step = page.getByRole("listitem").filter({ hasText: "Bring your data" });
  const input = field("Choose the exported file or data.db", step);
  await input.setInputFiles(file("data.db", "no database"));
  await said(/This is no data\.db of PocketBase/, step);
  await said("luge import pocketbase pb_data", step);
  await input.setInputFiles(source.database);
  await said("3 collections have been imported.", step);
  await said(/by_author is a view/, step);
  await said("The texts of their mails differ, and stay as they are here: users.", step);
  await said(/authors: its ways to sign in by github, oidc are left out/, step);
  await judge(page, "a database in the first steps");
  await isCarried();
});

test("B3: what is here is compared first, on the page of definitions", { skip: real }, async () => {
  const posts = await definition("posts");
  const title = { name: "title", type: "text", max: 7 };
  const fields = posts.fields.map((each) => (each.name === "title" ? { ...each, ...title } : each));
  await ask("/api/collections/posts", { fields }, { method: "PATCH" });
  await page.goto(`${server.url}/_/`);
  const step = page.getByRole("listitem").filter({ hasText: "Bring your data" });
  await field("Choose the exported file or data.db", step).setInputFiles(source.database);
  await said(/the import would change them: posts\. Nothing was imported\./, step);
  await page.getByRole("link", { name: "Compare them, and choose what changes" }).click();
  await go().click();
  await said("Done. The collections are as shown.");
  await isCarried();
});

test("L5: a data.db is planned and applied as an export is", { skip: real }, async () => {
  await forgotten();
  await page.goto(`${server.url}/_/settings/transfer`);
  const input = field("Choose a file", region("Import"));
  await input.setInputFiles(source.database);
  await said(/by_author is a view/);
  await said("luge import pocketbase pb_data");
  assert.equal((await names()).includes("posts"), false, "nothing is done yet");
  await judge(page, "a database that is compared");
  await go().click();
  await said("Done. The collections are as shown.");
  await isCarried();
  await input.setInputFiles(source.database);
  await said("Everything in it is here already, the same.");
});

test("L5: the export of a PocketBase is taken as it is", { skip: real }, async () => {
  await forgotten();
  await page.goto(`${server.url}/_/settings/transfer`);
  const input = field("Choose a file", region("Import"));
  await input.setInputFiles(file("pb_schema.json", JSON.stringify(source.exported, null, 2)));
  await said(/authors: its ways to sign in by github, oidc are left out/);
  await go().click();
  await said("Done. The collections are as shown.");
  await isCarried();
});

test("L5: files that are no database change nothing, and say why", { skip }, async () => {
  await page.goto(`${server.url}/_/settings/transfer`);
  const before = await names();
  const input = field("Choose a file", region("Import"));
  const wrong = [
    ["data.db", "", /no SQLite database/],
    ["data.db", Buffer.alloc(9000, 0x5a), /it is encrypted as a whole/],
    ["data.db", "SQLite format 3\0", /This data\.db is|This is no data\.db/],
    ["renamed.json", "SQLite format 3\0 and nothing", /This data\.db is|This is no data\.db/],
    ["schema.json", "[1]", /Entry 1 has no name/],
  ];
  for (const [name, content, reason] of wrong) {
    await input.setInputFiles(file(name, content));
    await region("Import").getByRole("alert").filter({ hasText: reason }).waitFor();
    assert.equal(await page.getByRole("button", { name: /^Change/ }).count(), 0);
  }
  await judge(page, "a file that is no database");
  assert.deepEqual(await names(), before);
});

test("L5: half a database is refused", { skip: real }, async () => {
  const whole = readFileSync(source.database);
  const input = field("Choose a file", region("Import"));
  await input.setInputFiles(file("data.db", whole.subarray(0, whole.length / 2)));
  await region("Import").getByRole("alert").filter({ hasText: /damaged/ }).waitFor();
});

test("L5: an export of before 0.23 is taken as it is", { skip }, async () => {
  await page.goto(`${server.url}/_/settings/transfer`);
  await field("Choose a file", region("Import")).setInputFiles(
    file("old.json", JSON.stringify(OLD, null, 2)),
  );
  await said(/This export is of a PocketBase before 0\.23/);
  await judge(page, "an old export that is compared");
  await button("Change 2 collections").click();
  await said("Done. The collections are as shown.");
  const people = await definition("people");
  const byName = (list) => Object.fromEntries(list.map((each) => [each.name, each]));
  const own = byName(people.fields);
  assert.deepEqual([own.age.onlyInt, own.age.min, own.password.min], [true, 0, 9]);
  assert.equal(own.email.required, true);
  assert.equal(people.createRule, "@request.body.age > 17");
  assert.equal(people.authRule, "verified = true");
  assert.deepEqual(people.passwordAuth.identityFields, ["email", "username"]);
  const letters = await definition("letters");
  const theirs = byName(letters.fields);
  assert.equal(theirs.text.convertURLs, true);
  assert.deepEqual(theirs.mood.values, ["glad", "sad"]);
  assert.deepEqual([theirs.writer.maxSelect, theirs.writer.cascadeDelete], [1, true]);
  assert.equal(theirs.writer.collectionId, people.id);
  assert.ok(theirs.readers.maxSelect > 1000);
  assert.deepEqual([theirs.paper.maxSize, theirs.paper.protected], [5000, true]);
  assert.deepEqual([theirs.created.type, theirs.updated.onUpdate], ["autodate", true]);
  const account = { username: "ada", email: "a@b.co", age: 20, password: "quiet-sled-42" };
  await ask("/api/collections/people/records",
    { ...account, passwordConfirm: account.password, verified: true });
  const identity = { identity: "ada", password: account.password };
  assert.ok((await ask("/api/collections/people/auth-with-password", identity, { as: "" })).token);
});

test("L5: what an old export has wrong is told at its collection and field", { skip }, async () => {
  const wrong = [
    [old("fine", "text", {}), old("who", "user", {}), "broken.fields.who.type"],
    [old("fine", "text", {}), old("mood", "select", { maxSelect: 1, values: [] }),
      "broken.fields.mood.values"],
    [old("fine", "text", {}), old("peer", "relation", { collectionId: "gone", maxSelect: 1 }),
      "broken.fields.peer.collectionId"],
  ];
  const rest = { id: "oldbroken000001", name: "broken", indexes: [], listRule: null };
  for (const [fine, bad, path] of wrong) {
    const broken = [{ ...OLD[1], ...rest, schema: [fine, bad] }];
    await field("Choose a file", region("Import")).setInputFiles(
      file("old.json", JSON.stringify(broken)),
    );
    await button("Change 1 collection").click();
    const alert = region("Import").getByRole("alert");
    await alert.getByText(path, { exact: true }).waitFor();
    await judge(page, `${path} that is refused`);
  }
  assert.equal((await names()).includes("broken"), false);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const expected = /status of 400/;
  assert.deepEqual(wrongs.filter((wrong) => !expected.test(wrong)), []);
});
