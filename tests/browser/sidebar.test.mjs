// The sidebar: collections are found, pinned, grouped and moved, and stay so.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";
import { becomes } from "./superuser.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const side = () => page.getByRole("complementary");
const entry = (name) =>
  side()
    .locator("[data-entry]")
    .filter({ has: page.locator(".name").getByText(name, { exact: true }) });
const names = () => side().locator("[data-entry] .name").allInnerTexts();
const item = (name) => page.getByRole("menuitem", { name, exact: true });
const kept = async () => (await ask("/api/superusers/preferences")).sidebar;

async function choose(name, what) {
  await entry(name).press("ArrowRight");
  await item(what).press("Enter");
  await page.getByRole("menu").waitFor({ state: "detached" });
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const fields = [{ name: "text", type: "text" }];
  const rules = { alpha: { listRule: "" }, beta: {}, gamma: { createRule: "" } };
  for (const [name, own] of Object.entries(rules)) {
    await ask("/api/collections", { name, type: "base", fields, ...own });
  }
  for (const text of ["one", "two", "three"]) {
    await ask("/api/collections/beta/records", { text });
  }
  await page.goto(`${server.url}/_/`);
  await entry("beta").waitFor();
});

after(async () => {
  await end?.();
});

test("C2: each name has its number of records and who may use it", { skip }, async () => {
  await entry("beta").getByText("holds 3").waitFor({ state: "attached" });
  await entry("alpha").getByText("Public: anyone reads").waitFor({ state: "attached" });
  await entry("beta").getByText("Locked").waitFor({ state: "attached" });
  await entry("gamma").getByText("Public: anyone writes").waitFor({ state: "attached" });
  await judge(page, "sidebar");
});

test("C1: a collection is pinned, and moved by keys", { skip }, async () => {
  assert.deepEqual(await names(), ["alpha", "beta", "gamma", "users"]);
  await choose("gamma", "Pin to the top");
  await becomes(names, ["gamma", "alpha", "beta", "users"]);
  await entry("beta").press("Alt+ArrowUp");
  await becomes(names, ["gamma", "beta", "alpha", "users"]);
  await entry("gamma").press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.innerText.split("\n")[0]), "beta");
});

test("C1: a group is made, filled by key and by drag, closed and renamed", { skip }, async () => {
  await choose("alpha", "New group");
  await page.getByLabel("Name of the group").fill("Letters");
  await page.keyboard.press("Enter");
  const head = side().getByRole("button", { name: "Letters", exact: true });
  await head.waitFor();
  await becomes(names, ["gamma", "alpha", "beta", "users"]);
  await entry("users").dragTo(entry("alpha"));
  await becomes(names, ["gamma", "users", "alpha", "beta"]);
  await judge(page, "grouped sidebar");
  await head.press("Enter");
  await becomes(names, ["gamma", "beta"]);
  await side().getByRole("button", { name: "Menu of Letters" }).press("Enter");
  await item("Rename the group").press("Enter");
  await page.getByLabel("Name of the group").fill("Greek");
  await page.keyboard.press("Enter");
  await side().getByRole("button", { name: "Greek", exact: true }).waitFor();
  await becomes(async () => (await kept())?.groups?.[0]?.name, "Greek");
});

test("C1: all of it is there again on another device", { skip }, async () => {
  const session = await page.evaluate(() => localStorage.getItem("luge.session"));
  await page.evaluate(() => localStorage.clear());
  await page.evaluate((session) => localStorage.setItem("luge.session", session), session);
  await page.reload();
  await side().getByRole("button", { name: "Greek", exact: true }).waitFor();
  await becomes(names, ["gamma", "beta"]);
});

test("C1: a closed group opens for what is searched; nothing found is told", { skip }, async () => {
  const search = side().getByLabel("Search collections");
  await search.fill("alp");
  await becomes(names, ["alpha"]);
  await search.fill("nothing like it");
  await side().getByText("No collection of that name.").waitFor();
  await search.fill("");
  await side().getByRole("button", { name: "Menu of Greek" }).press("Enter");
  await item("Remove the group").press("Enter");
  await becomes(async () => (await names()).toSorted(), ["alpha", "beta", "gamma", "users"]);
});

test("C2: a collection is copied as TypeScript and as JSON", { skip }, async () => {
  await choose("beta", "Copy as TypeScript");
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await becomes(async () => /export interface BetaUpdate/.test(await clipboard()), true);
  assert.doesNotMatch(await clipboard(), /AlphaRecord|interface Schema/);
  await choose("beta", "Copy as JSON");
  await becomes(async () => (await clipboard()).startsWith("{"), true);
  assert.equal(JSON.parse(await clipboard()).name, "beta");
});

test("C1: an arrangement that cannot be kept says so", { skip }, async () => {
  await page.route("**/api/superusers/preferences", (route) =>
    route.fulfill({ status: 500, json: { status: 500, message: "The disk is full.", data: {} } }),
  );
  await choose("beta", "Pin to the top");
  await side().getByText("The disk is full.").waitFor();
  await page.unroute("**/api/superusers/preferences");
});

test("A13: the name and the colour of the application mark the window", { skip }, async () => {
  const meta = { appName: "PROD", accentColor: "#b3261e" };
  await ask("/api/settings", { meta }, { method: "PATCH" });
  await page.reload();
  await side().getByText("PROD", { exact: true }).waitFor();
  await page.waitForFunction(() => document.title.endsWith("· PROD"));
  const icon = await page.locator('link[rel="icon"]').getAttribute("href");
  assert.match(decodeURIComponent(icon), /#b3261e/);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
