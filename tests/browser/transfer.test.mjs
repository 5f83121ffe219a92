// Collections in and out in the dashboard.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;
let exported;

const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const names = async () => (await ask("/api/collections?perPage=200")).items.map(({ name }) => name);
const fieldsOf = async (name) =>
  (await ask(`/api/collections/${name}`)).fields.map(({ name }) => name);

async function compare(value) {
  await field("Or paste the JSON").fill(typeof value === "string" ? value : JSON.stringify(value));
  await button("Compare").click();
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", {
    name: "posts",
    type: "base",
    fields: [{ name: "title", type: "text" }, { name: "views", type: "number" }],
  });
  await ask("/api/collections", { name: "drafts", type: "base", fields: [] });
  for (const views of [1, 2, 3]) {
    await ask("/api/collections/posts/records", { title: "a", views });
  }
  await ask("/api/collections/drafts/records", {});
});

after(async () => {
  await end?.();
});

test("L5: chosen collections are exported", { skip }, async () => {
  await page.goto(`${server.url}/_/settings/transfer`);
  await field("All").uncheck();
  await field("posts").check();
  await field("drafts").check();
  await judge(page, "an export");
  const download = page.waitForEvent("download");
  await button("Download").click();
  exported = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.deepEqual(exported.map(({ name }) => name), ["drafts", "posts"]);
});

test("L5: what is no export is told", { skip }, async () => {
  await compare("{");
  await said("This is not JSON");
  await compare("{}");
  await said("This is no export");
  await judge(page, "a text that is no export");
});

test("L5: the same changes nothing", { skip }, async () => {
  await compare(exported);
  await said("Everything in it is here already, the same.");
});

test("L5: a merge adds, and what is only here stays", { skip }, async () => {
  await compare([
    {
      name: "posts",
      fields: [{ name: "title", type: "text", max: 50 }, { name: "x", type: "url" }],
    },
    { name: "fresh", type: "base", fields: [{ name: "note", type: "text" }] },
  ]);
  await field("Take fields.x of posts").waitFor();
  await field("Take fields.x of posts").uncheck();
  await judge(page, "a comparison of collections");
  await button("Change 2 collections").click();
  await said("Done. The collections are as shown.");
  assert.deepEqual((await fieldsOf("posts")).toSorted(), ["id", "title", "views"]);
  const posts = await ask("/api/collections/posts");
  assert.equal(posts.fields.find(({ name }) => name === "title").max, 50);
  assert.ok((await names()).includes("fresh"));
});

test("L5: what is refused says where, and nothing happens", { skip }, async () => {
  await compare([
    { name: "posts", listRule: "titel = 'x'" },
    { name: "other", type: "base", fields: [] },
  ]);
  await button("Change 2 collections").click();
  await region("Import").getByRole("alert").waitFor();
  await said(/posts|listRule/);
  await judge(page, "a refused import of collections");
  assert.equal((await names()).includes("other"), false);
});

test("L5: replacing counts what is lost, and takes a word", { skip }, async () => {
  const users = await ask("/api/collections/users");
  await compare([
    users,
    { name: "posts", fields: [{ name: "title", type: "text", max: 50 }] },
    { name: "fresh" },
  ]);
  await page.getByText("Goes (replace)").click();
  await said("drafts is deleted with its 1 record.");
  await said("posts.views is lost in 3 records.");
  const go = page.getByRole("button", { name: /^Change \d collections?$/ });
  assert.equal(await go.isDisabled(), true);
  await judge(page, "what an import of collections loses");
  await field("Type “lose data” to go on").fill("lose");
  assert.equal(await go.isDisabled(), true);
  await field("Type “lose data” to go on").fill("lose data");
  await go.click();
  await said("Done. The collections are as shown.");
  assert.equal((await names()).includes("drafts"), false);
  assert.deepEqual((await fieldsOf("posts")).toSorted(), ["id", "title"]);
  assert.equal((await ask("/api/collections/posts/records")).totalItems, 3, "records stay");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const expected = /status of 400/;
  assert.deepEqual(wrongs.filter((wrong) => !expected.test(wrong)), []);
});
