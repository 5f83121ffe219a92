// The map of collections and their relations.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

const table = (name) => page.locator(".svelte-flow__node").filter({ hasText: name }).first();
const tables = () => page.locator(".svelte-flow__node");
const button = (name) => page.getByRole("button", { name, exact: true });
const edge = (name) => page.locator(`.svelte-flow__edge[aria-label="${name}"]`);
const query = (name, value) =>
  page.waitForURL((url) => (url.searchParams.get(name) ?? "") === value);

async function saved(format) {
  await button("Save as").press("Enter");
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: format, exact: true }).click();
  return readFileSync(await (await download).path());
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const make = (name, fields) => ask("/api/collections", { name, type: "base", fields });
  const { id: shops } = await make("shops", [{ name: "title", type: "text" }]);
  const ref = (name, collectionId, options) => {
    return { name, type: "relation", collectionId, ...options };
  };
  const one = { maxSelect: 1 };
  const { id: goods } = await make("goods", [ref("shop", shops, { ...one, required: true })]);
  await make("orders", [ref("goods", goods, { maxSelect: 20 }), ref("shop", shops, one)]);
  await make("islands", [{ name: "note", type: "text" }]);
});

after(async () => {
  await end?.();
});

test("C3: every collection is a table, and every relation a line", { skip }, async () => {
  await page.goto(`${server.url}/_/map`);
  await table("goods").waitFor();
  assert.equal(await tables().count(), 5);
  assert.equal(await page.locator(".svelte-flow__edge").count(), 3);
  await edge("orders.goods refers to goods").waitFor({ state: "attached" });
  await judge(page, "map");
});

test("C3: a relation that is chosen, also by keyboard, lights both ends", { skip }, async () => {
  await edge("goods.shop refers to shops").focus();
  await page.keyboard.press("Enter");
  await page.getByText("goods.shop → shops, n to 1").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".table.lit").length === 2);
  await page.reload();
  await page.getByText("goods.shop → shops, n to 1").waitFor();
});

test("C3: one collection is shown with its neighbours, and Back undoes it", { skip }, async () => {
  await button("Show only goods and its neighbours").press("Enter");
  await query("focus", "goods");
  await page.waitForFunction(() => document.querySelectorAll(".svelte-flow__node").length === 3);
  await page.goBack();
  await query("focus", "");
  await page.waitForFunction(() => document.querySelectorAll(".svelte-flow__node").length === 5);
});

test("C3: what is searched is marked, and what is nowhere is told", { skip }, async () => {
  await page.getByLabel("Search collections and fields").fill("note");
  await page.locator(".found", { hasText: "note" }).waitFor();
  await page.getByLabel("Search collections and fields").fill("no such thing");
  await page.getByText("Nothing of that name is drawn.").waitFor();
  await page.getByLabel("Search collections and fields").fill("");
});

test("A6: what is searched on the map is a part of its address", { skip }, async () => {
  await page.getByLabel("Search collections and fields").fill("note");
  await query("search", "note");
  await page.reload();
  await page.locator(".found", { hasText: "note" }).waitFor();
  await page.getByLabel("Search collections and fields").fill("");
});

test("C5: a relation is drawn from one table to another, and saved by nobody", { skip },
  async () => {
    await page.goto(`${server.url}/_/map`);
    await table("islands").waitFor();
    await button("Show everything").click();
    const start = await table("islands").locator(".start").boundingBox();
    const end = await table("shops").boundingBox();
    await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
    await page.mouse.down();
    await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
    await page.locator(".whole.connectingto").waitFor();
    await page.mouse.up();
    await page.waitForURL((url) => url.pathname === "/_/collections/islands/fields");
    await page.waitForFunction(() => document.activeElement?.value === "shops");
    await query("relation", "");
    const { fields } = await ask("/api/collections/islands");
    assert.equal(fields.some(({ name }) => name === "shops"), false, "nothing was saved");
    await judge(page, "a relation that was drawn");
    await button("Undo all").press("Enter");
  });

test("C5: a relation is added by keyboard, under a name that is free, and saved", { skip },
  async () => {
    await page.goto(`${server.url}/_/map`);
    await button("Add relation of goods to…").press("Enter");
    await judge(page, "tables to refer to");
    await page.getByRole("menuitem", { name: "shops", exact: true }).press("Enter");
    await page.waitForURL((url) => url.pathname === "/_/collections/goods/fields");
    await page.waitForFunction(() => document.activeElement?.value === "shops");
    await page.keyboard.type("shop");
    await page.keyboard.press("Enter");
    await button("Review and save").press("Enter");
    await page.locator('[aria-invalid="true"]').first().waitFor();
    await button("Undo all").press("Enter");
    await page.goto(`${server.url}/_/map`);
    await button("Add relation of goods to…").press("Enter");
    await page.getByRole("menuitem", { name: "goods", exact: true }).press("Enter");
    await page.waitForFunction(() => document.activeElement?.value === "goods");
    await button("Review and save").press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Save these changes" })
      .press("Enter");
    const { id } = await ask("/api/collections/goods");
    const added = async () => {
      const { fields } = await ask("/api/collections/goods");
      return fields.find(({ name }) => name === "goods")?.collectionId;
    };
    await becomes(added, id);
  });

test("C3: a field on the map leads to where it is edited", { skip }, async () => {
  await page.goto(`${server.url}/_/map`);
  await table("islands").getByRole("link", { name: /note/ }).press("Enter");
  await query("field", "note");
  await page.waitForFunction(() => document.activeElement?.value === "note");
  await page.getByLabel("Shortest, in characters").waitFor();
  await page.goto(`${server.url}/_/map`);
  await table("islands").waitFor();
});

test("C3: the map is zoomed, and shown whole again", { skip }, async () => {
  const zoom = () =>
    page.evaluate(() => document.querySelector(".svelte-flow__viewport").style.transform);
  const first = await zoom();
  await button("Zoom in").click();
  await page.waitForFunction(
    (first) => document.querySelector(".svelte-flow__viewport").style.transform !== first,
    first,
  );
  await button("Show everything").click();
});

test("C3: the list says the same in words", { skip }, async () => {
  await page.getByRole("group", { name: "Show as" }).getByLabel("List").press("Space");
  await query("view", "list");
  const rows = page.getByRole("table").getByRole("row");
  await rows.nth(4).waitFor();
  const told = (await rows.allInnerTexts()).slice(1);
  assert.deepEqual(told.map((row) => row.split(/\s*\t\s*|\n/).join(" ")).toSorted(), [
    "goods goods goods n to 0..1",
    "goods shop shops n to 1",
    "orders goods goods n to n",
    "orders shop shops n to 0..1",
  ]);
  await judge(page, "relations as a list");
});

test("C4: the map is saved as SVG, PNG, Mermaid and DBML", { skip }, async () => {
  assert.match((await saved("SVG")).toString(), /^<svg .*[\s\S]*>goods<\/text>/);
  assert.equal((await saved("PNG")).subarray(1, 4).toString(), "PNG");
  assert.match((await saved("Mermaid")).toString(), /goods \}o--\|\| shops : "shop"/);
  assert.match((await saved("DBML")).toString(), /Ref: goods\.shop > shops\.id/);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
