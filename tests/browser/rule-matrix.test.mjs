// All rules of all collections at a glance.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const names = () => page.locator("tbody th").allInnerTexts();
const show = (name) => page.getByRole("radio", { name, exact: true }).press("Space");
const dialog = () => page.getByRole("dialog");
const at = (query) => page.waitForURL((url) => url.search === query);

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const make = (name, rules) => {
    const fields = [{ name: "title", type: "text" }];
    return ask("/api/collections", { name, type: "base", fields, ...rules });
  };
  await make("guestbook", { listRule: "", createRule: "" });
  await make("notes", { listRule: 'title != ""', viewRule: "" });
  await make("vault", {});
});

after(async () => {
  await end?.();
});

test("E8: every rule of every collection is told in words", { skip }, async () => {
  await page.getByRole("link", { name: "Rules", exact: true }).press("Enter");
  await page.waitForURL((url) => url.pathname === "/_/rules");
  await button("guestbook, Create: Public").waitFor();
  await button('notes, List and search: Expression title != ""').waitFor();
  await button("vault, Delete: Locked").waitFor();
  await button("users, Sign in: All accounts").waitFor();
  await said("2 writes are open to everyone.");
  assert.deepEqual(await names(), ["guestbook", "notes", "users", "vault"]);
  await judge(page, "all rules");
});

test("E8: public writes are found, by an address that can be kept", { skip }, async () => {
  await show("Public writes");
  await at("?show=publicWrites");
  assert.deepEqual(await names(), ["guestbook", "users"]);
  await page.getByLabel("Find a collection").fill("guest");
  await at("?show=publicWrites&search=guest");
  assert.deepEqual(await names(), ["guestbook"]);
  await page.reload();
  await button("guestbook, Create: Public").waitFor();
  assert.deepEqual(await names(), ["guestbook"]);
  await judge(page, "public writes");
  await page.getByLabel("Find a collection").fill("no such collection");
  await said("No rule is like that");
  await page.getByLabel("Find a collection").fill("");
  await show("All");
});

test("E8: a rule is changed in place, and not made public by one click", { skip }, async () => {
  await button("vault, Delete: Locked").press("Enter");
  await dialog().getByRole("radio", { name: "Everyone" }).press("Space");
  await button("Save", dialog()).press("Enter");
  await dialog().getByText("Finish or confirm the rules that are marked.").waitFor();
  await judge(page, "a rule in the matrix");
  assert.equal((await ask("/api/collections/vault")).deleteRule, null);
  await dialog().getByRole("radio", { name: "Expression" }).press("Space");
  await dialog().getByLabel("Expression: Delete").fill("titel = 'x'");
  await dialog().getByText("Did you mean title?").waitFor();
  await button("Use title", dialog()).press("Enter");
  await dialog().getByText("Anyone may delete vault where title is “x”.").waitFor();
  await button("Save", dialog()).press("Enter");
  await button("vault, Delete: Expression title = 'x'").waitFor();
  assert.equal((await ask("/api/collections/vault")).deleteRule, "title = 'x'");
  await dialog().waitFor({ state: "detached" });
});

test("E8: Escape leaves a rule as it was", { skip }, async () => {
  await button("guestbook, Create: Public").press("Enter");
  await dialog().getByRole("radio", { name: "Superusers only" }).press("Space");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  assert.equal((await ask("/api/collections/guestbook")).createRule, "");
});

test("E8: what is shown is exported", { skip }, async () => {
  await page.getByLabel("Find a collection").fill("vault");
  await at("?search=vault");
  const file = async (name) => {
    const download = page.waitForEvent("download");
    await button(name).press("Enter");
    return readFileSync(await (await download).path(), "utf8");
  };
  const lines = (await file("Export as CSV")).split("\r\n");
  assert.equal(lines[0], "collection,rule,standing,expression");
  assert.ok(lines.includes("vault,deleteRule,expression,title = 'x'"));
  const [vault] = JSON.parse(await file("Export as JSON"));
  assert.deepEqual([vault.name, vault.listRule, vault.deleteRule], ["vault", null, "title = 'x'"]);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
