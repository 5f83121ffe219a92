// What of a collection is searched, in the dashboard.
// The tests of this file are one story; each goes on where the one before ended.

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

const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const saved = () => page.getByText("Saved.", { exact: true }).waitFor();
const settings = async () => (await ask("/api/collections/films")).search;
const add = async (path) => {
  await field("Add a field").fill(path);
  await page.keyboard.press("Enter");
};
const save = async () => {
  await button("Review and save").click();
  await page.getByRole("dialog").waitFor();
  await button("Save these changes").click();
  await saved();
};

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const people = { name: "people", type: "base", fields: [{ name: "name", type: "text" }] };
  const { id: collectionId } = await ask("/api/collections", people);
  const fields = [
    { name: "title", type: "text" },
    { name: "views", type: "number" },
    { name: "director", type: "relation", collectionId },
  ];
  await ask("/api/collections", { name: "films", type: "base", fields });
  const { id } = await ask("/api/collections/people/records", { name: "Fritz Lang" });
  for (const title of ["Running in the snow", "<b>Sleds</b>"]) {
    await ask("/api/collections/films/records", { title, director: id });
  }
  await page.goto(`${server.url}/_/collections/films/search`);
});

after(async () => {
  await end?.();
});

test("D12: fields, also of related records, with weight, language and mode", { skip }, async () => {
  await said("Nothing is searched yet");
  await judge(page, "no search yet");
  await add("nothing");
  await said("There is no field of that name.");
  await add("title");
  await add("title");
  await said("It is searched already.");
  await add("director.name");
  await field("Language of title").selectOption("en");
  await field("Weight of title").fill("3");
  await field("Words of director.name").selectOption("prefix");
  await page.getByRole("button", { name: /^Move director.name/ }).press("ArrowUp");
  await judge(page, "searched fields");
  await save();
  const { fields } = await settings();
  assert.deepEqual(Object.keys(fields), ["director.name", "title"]);
  assert.deepEqual(fields.title, { weight: 3, language: "en", mode: "text", facet: false });
  assert.equal(fields["director.name"].mode, "prefix");
});

test("D12: a query is tried out, with its hits highlighted", { skip }, async () => {
  await said("The index is up to date.");
  await field("Search for").first().fill("runs");
  await page.keyboard.press("Enter");
  await said("1 hit");
  assert.equal(await page.locator("mark").innerText(), "Running");
  await judge(page, "hits");
  await field("Search for").first().fill("sleds");
  await page.keyboard.press("Enter");
  await page.locator("mark", { hasText: "Sleds" }).waitFor();
  await said("<b>");
  await field("Search for").first().fill("zzzzzzzz");
  await page.keyboard.press("Enter");
  await said("Nothing is found.");
});

test("D12: synonyms, stop words, typing errors and the order of hits", { skip }, async () => {
  await field("Synonyms").fill("sledge");
  await button("Review and save").click();
  await said("Line 1 has no colon with words behind it.");
  await field("Synonyms").fill("sledge: sleds, sleigh");
  await field("Stop words").fill("film");
  await field("Rank by").fill("nothing");
  await button("Review and save").click();
  await page.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await field("Rank by").getAttribute("aria-invalid"), "true");
  await judge(page, "refused search settings");
  await field("Rank by").fill("-views");
  await field("Forgive typing errors").uncheck();
  await save();
  const { synonyms, stopWords, typo, rankBy } = await settings();
  assert.deepEqual(synonyms, { sledge: ["sleds", "sleigh"] });
  assert.deepEqual([stopWords, rankBy, typo.enabled], [["film"], ["-views"], false]);
  await field("Search for").first().fill("sledge");
  await page.keyboard.press("Enter");
  await page.locator("mark", { hasText: "Sleds" }).waitFor();
});

test("D12: what is searched no more has no index and no box", { skip }, async () => {
  await button("Turn search off").click();
  await save();
  assert.equal(await settings(), undefined);
  await said("Nothing is searched yet");
  assert.equal(await field("Search for").count(), 0);
});

test("the page did nothing wrong", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
