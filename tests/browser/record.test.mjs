// One record in the dashboard: opened from its address, edited, saved, and changed by somebody else
// at the same time. The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;
let posts;
let first;

const open = (path) => page.goto(`${server.url}/_${path}`);
const panel = () => page.getByRole("dialog").first();
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text, where = page) => where.getByText(text, { exact: false }).first().waitFor();
const records = "/api/collections/posts/records";
const stored = (id = first.id) => ask(`${records}/${id}`);
const change = (body, id = first.id) => ask(`${records}/${id}`, body, { method: "PATCH" });

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", {
    name: "people",
    type: "base",
    fields: [{ name: "name", type: "text", required: true, presentable: true }],
  });
  const people = await ask("/api/collections/people");
  posts = await ask("/api/collections", {
    name: "posts",
    type: "base",
    fields: [
      { name: "title", type: "text", required: true, presentable: true, max: 60 },
      { name: "views", type: "number", min: 0 },
      { name: "open", type: "bool" },
      { name: "secret", type: "text", hidden: true },
      { name: "author", type: "relation", collectionId: people.id, maxSelect: 1 },
      { name: "created", type: "autodate", onCreate: true },
      { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
    ],
  });
  first = await ask(records, { title: "First sled", views: 3 });
  for (const title of ["Second sled", "Third sled"]) await ask(records, { title });
});

after(async () => {
  await end?.();
});

test("G1: a record opens from its address, and its fields are named", { skip }, async () => {
  await open(`/collections/posts/records?record=${first.id}`);
  await panel().getByRole("heading", { name: "First sled" }).waitFor();
  assert.equal(await field("title").inputValue(), "First sled");
  assert.equal(await field("views").inputValue(), "3");
  assert.equal(await field("id").getAttribute("readonly"), "");
  await said("Hidden", panel());
  await judge(page, "a record");
});

test("G2: a change is marked, Ctrl+S saves it and stays", { skip }, async () => {
  assert.equal(await button("Save", panel()).isDisabled(), true, "nothing was changed");
  await field("title").fill("First toboggan");
  await said("1 change is not saved.");
  await judge(page, "a changed record");
  await page.keyboard.press("Control+s");
  await said("Saved.");
  assert.equal((await stored()).title, "First toboggan");
  await panel().getByRole("heading", { name: "First toboggan" }).waitFor();
  assert.equal(await button("Save", panel()).isDisabled(), true);
  await field("views").fill("7");
  await button("Undo the change of views").click();
  assert.equal(await field("views").inputValue(), "3");
});
