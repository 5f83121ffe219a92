// Indexes of a collection in the dashboard.
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
const indexes = async () => (await ask("/api/collections/tracks")).indexes;
const save = async () => {
  await button("Review and save").click();
  await page.getByRole("dialog").waitFor();
  await button("Save these changes").click();
  await saved();
};

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const fields = ["title", "artist"].map((name) => ({ name, type: "text" }));
  await ask("/api/collections", { name: "tracks", type: "base", fields });
  for (const artist of ["Ada", "Ada", "Bob"]) {
    await ask("/api/collections/tracks/records", { artist, title: "Song" });
  }
  await page.goto(`${server.url}/_/collections/tracks/fields`);
});

after(async () => {
  await end?.();
});

test("D10: fields, their order and direction, a condition and a name", { skip }, async () => {
  await button("Add index").press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("select"));
  await field("Add a field to index 1").selectOption("title");
  await field("Add a field to index 1").selectOption("artist");
  await button("title: ascending. Change to descending").press("Enter");
  await page.getByRole("button", { name: /^Move title within/ }).press("ArrowRight");
  await field("Only records where").fill("title != ''");
  await said("CREATE INDEX `idx_tracks_artist_title` ON `tracks` (`artist`, `title` DESC)");
  await judge(page, "an index");
  await save();
  assert.deepEqual(await indexes(), [
    "CREATE INDEX `idx_tracks_artist_title` ON `tracks` (`artist`, `title` DESC) WHERE title != ''",
  ]);
});

test("D10: an index is edited as SQL, and goes back where it is plain", { skip }, async () => {
  await button("Edit as SQL").click();
  const sql = field("SQL of index 1");
  await sql.fill("CREATE INDEX `by_title` ON `tracks` (lower(`title`))");
  await said("This SQL is more than fields");
  assert.equal(await button("Back to the fields").isDisabled(), true);
  await button("Review and save").click();
  await said("One thing needs your attention.");
  assert.equal(await sql.getAttribute("aria-invalid"), "true");
  await judge(page, "a refused index");
  await sql.fill("CREATE INDEX `by_title` ON `tracks` (`title` COLLATE NOCASE)");
  await button("Back to the fields").click();
  await save();
  assert.deepEqual(await indexes(), [
    "CREATE INDEX `by_title` ON `tracks` (`title` COLLATE NOCASE)",
  ]);
});

test("D5, D10: what is not unique is told before anything is saved", { skip }, async () => {
  await button("Options of artist").click();
  await field("Unique").first().check();
  await button("Review and save").click();
  await said(/artist: 3 records|artist: 2 records|needs your attention/);
  await judge(page, "values that are not unique");
  assert.equal((await indexes()).length, 1);
});

test("the page did nothing wrong", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
