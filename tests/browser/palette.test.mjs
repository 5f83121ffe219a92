// The palette: going anywhere and doing things by a few letters.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const NOTE = "palettenote0001";

let server;
let page;
let wrongs;
let ask;
let end;

const at = (path) => page.waitForURL((url) => url.pathname + url.search === `/_${path}`);
const box = () => page.getByRole("combobox", { name: "Go to or do" });
const option = (name) => page.getByRole("option", { name, exact: true });
const group = (name) => page.getByRole("group", { name, exact: true });
const focused = () => page.evaluate(() => document.activeElement?.outerHTML ?? "");

async function openWith(text) {
  await box().waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await box().waitFor();
  await page.keyboard.type(text);
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const fields = [{ name: "text", type: "text" }];
  for (const name of ["notes", "letters"]) {
    await ask("/api/collections", { name, type: "base", fields });
  }
  await ask("/api/collections/notes/records", { id: NOTE, text: "hello" });
  await page.goto(`${server.url}/_/`);
  await page.getByRole("heading", { level: 1 }).waitFor();
});

after(async () => {
  await end?.();
});

test("A3: Ctrl+K opens the palette, and a few letters lead to a collection", { skip }, async () => {
  await page.getByRole("link", { name: "New collection" }).last().focus();
  await page.keyboard.press("Control+k");
  await box().waitFor();
  await group("Do").waitFor();
  await judge(page, "palette");
  await page.keyboard.press("Escape");
  await box().waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.matches("a"));
  assert.match(await focused(), /New collection/);
  await openWith("lett");
  await option("letters").waitFor();
  await page.keyboard.press("Enter");
  await at("/collections/letters/records");
});

test("A3: what was opened lately comes first", { skip }, async () => {
  await openWith("appl");
  await page.keyboard.press("Enter");
  await at("/settings/application");
  await openWith("");
  await group("Opened lately").getByText("letters › Records").waitFor();
  await page.keyboard.press("Escape");
});

test("A3: a page of the settings is found by what can be set on it", { skip }, async () => {
  await openWith("cron");
  await option("Settings › Backups").waitFor();
  await page.keyboard.press("Escape");
  await openWith("s3 bucket nowhere");
  await page.getByText("Nothing fits.").waitFor();
  await judge(page, "palette with nothing");
  await page.keyboard.press("Escape");
});

test("A3: a record is found by its id in all collections", { skip }, async () => {
  await openWith(NOTE);
  await option(`notes › ${NOTE}`).waitFor();
  await judge(page, "record in the palette");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/_/collections/notes/records");
  const query = new URL(page.url()).searchParams;
  assert.equal(query.get("record"), NOTE);
});

test("A3: an id that no collection has is told, also one of another form", { skip }, async () => {
  await openWith("nosuchrecord001");
  await page.getByText("No collection has a record nosuchrecord001.").waitFor();
  await box().fill("x_1");
  await option("Look for the record x_1 in all collections").click();
  await page.getByText("No collection has a record x_1.").waitFor();
  await page.keyboard.press("Escape");
});

test("A3: things are done from it", { skip }, async () => {
  await openWith("dark");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await openWith("theme system");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.documentElement.dataset.theme === undefined);
  await openWith("new record letters");
  await option("New record in letters").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await at("/collections/letters/records?record=new");
  await openWith("sign out");
  await page.keyboard.press("Enter");
  await at("/sign-in");
});

test("A3: there is no palette for who is not signed in", { skip }, async () => {
  await page.keyboard.press("Control+k");
  await page.getByLabel("Password", { exact: true }).waitFor();
  assert.equal(await box().count(), 0);
  assert.equal(await page.evaluate(() => localStorage.getItem("luge.recent")), "[]");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
