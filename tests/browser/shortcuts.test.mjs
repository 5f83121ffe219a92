// Keyboard shortcuts, and what must not set them off.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, written } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const at = (path) => page.waitForURL((url) => url.pathname === `/_${path}`);
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const dialog = () => page.getByRole("dialog");
const headed = (name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", {
    name: "notes",
    type: "base",
    fields: [{ name: "text", type: "text" }],
  });
  await page.goto(`${server.url}/_/`);
  await headed("Collections");
});

after(async () => {
  await end?.();
});

test("A4: ? lists the shortcuts of the screen", { skip }, async () => {
  await press("?");
  await dialog().getByText("Go to the logs").waitFor();
  await judge(page, "shortcuts");
  await press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("A4: G and another letter go to a page, and a page tells what it has", { skip }, async () => {
  await press("g", "l");
  await at("/logs");
  await headed("Logs");
  await press("g", "s");
  await at("/settings/application");
  await press("g", "c");
  await at("/");
  await headed("Collections");
  await press("n");
  await at("/collections/new");
});

test("A4: G and no letter that goes anywhere does nothing", { skip }, async () => {
  await page.goto(`${server.url}/_/`);
  await headed("Collections");
  await press("g", "x", "l");
  await press("?");
  await dialog().waitFor();
  assert.equal(new URL(page.url()).pathname, "/_/");
  await press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("A4: / goes to where one filters; then letters are letters", { skip }, async () => {
  await page.goto(`${server.url}/_/logs`);
  await headed("Logs");
  const filter = page.getByLabel("Filter", { exact: true });
  await filter.waitFor();
  await press("/");
  await page.keyboard.type("gs?n/");
  assert.equal(await written(filter), "gs?n/");
  assert.equal(new URL(page.url()).pathname, "/_/logs");
  assert.equal(await dialog().count(), 0);
});

test("A4: the same keys work on a keyboard without Latin letters", { skip }, async () => {
  await page.locator("main").focus();
  const type = (key, code) =>
    page.evaluate(
      ([key, code]) =>
        document.activeElement.dispatchEvent(
          new KeyboardEvent("keydown", { key, code, bubbles: true, composed: true }),
        ),
      [key, code],
    );
  await type("п", "KeyG");
  await type("с", "KeyC");
  await at("/");
});

test("A4: in a dialog and a menu the page's keys are silent", { skip }, async () => {
  await headed("Collections");
  await press("?");
  await dialog().waitFor();
  await press("g", "l", "n");
  await press("Escape");
  await dialog().waitFor({ state: "detached" });
  await page.locator(".user-trigger").press("Enter");
  await page.getByRole("menu").waitFor();
  await press("g", "l");
  await press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).pathname, "/_/");
});

test("A4: ? lists the keys of the table while there is one", { skip }, async () => {
  const keyOf = (what) =>
    dialog().locator("div").filter({ has: page.getByText(what, { exact: true }) }).last();
  await page.goto(`${server.url}/_/collections/notes/records`);
  await page.getByText("No records yet").waitFor();
  await press("?");
  await keyOf("New record").getByText("N", { exact: true }).waitFor();
  assert.equal(await dialog().getByText("Next record").count(), 0);
  await press("Escape");
  await ask("/api/collections/notes/records", { text: "One" });
  await ask("/api/collections/notes/records", { text: "Two" });
  await page.getByRole("grid").waitFor();
  await press("?");
  const keys = {
    "Next record": "J",
    "Record before": "K",
    "Choose the record": "Space",
    "Edit the cell": "Enter",
    "Search or filter": "/",
    "New record": "N",
  };
  for (const [what, key] of Object.entries(keys)) {
    await keyOf(what).getByText(key, { exact: true }).waitFor();
  }
  await judge(page, "shortcuts of the table");
  await press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("A4: J goes into the table from elsewhere, N makes a record", { skip }, async () => {
  await page.locator("main").focus();
  await press("j", "j", "Space");
  await page.locator('[data-index="1"][aria-selected="true"]').waitFor();
  await press("Escape", "n");
  await page.waitForURL((url) => url.searchParams.get("record") === "new");
  await dialog().waitFor();
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
