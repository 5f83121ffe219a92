// A table of many records: what is asked for before its first rows, and what is drawn of it.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fill } from "./fill.mjs";
import { handsOn } from "./grid.mjs";
import { signedIn } from "./signed-in.mjs";
import { styled, traced } from "./trace.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const SKIP = { skip };
const SLEDS = "/api/collections/sleds/records";
const MANY = 10_000;
const MOST_DRAWN = 60;

let server;
let page;
let wrongs;
let end;
let hands;

before(async () => {
  if (skip) return;
  let ask;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  hands = handsOn(page, server.url, "sleds");
  const people = await ask("/api/collections", {
    name: "people",
    fields: [{ name: "name", type: "text", presentable: true }],
  });
  const { id: owner } = await ask("/api/collections/people/records", { name: "Ada" });
  await ask("/api/collections", {
    name: "sleds",
    fields: [
      { name: "title", type: "text" },
      { name: "metres", type: "number" },
      { name: "owner", type: "relation", collectionId: people.id, maxSelect: 1 },
    ],
  });
  await fill(ask, "sleds", MANY, (at) => ({ title: `Sled ${at}`, metres: at, owner }));
});

after(async () => {
  await end?.();
});

const isList = (url) => url.pathname === SLEDS && url.searchParams.get("perPage") === "50";
const isCount = (url) => /^\/api\/.*\/records$/.test(url.pathname) && !isList(url);
const isEditor = (url) => /\/assets\/editor-/.test(url.pathname);
const drawn = () => page.locator("[data-index]").count();

/** What is asked for while the first rows are kept waiting, and afterwards. */
async function heldBack(query) {
  const asked = [];
  const note = (request) => asked.push(new URL(request.url()));
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const hold = async (route) => {
    await held;
    await route.continue();
  };
  await page.route(isList, hold);
  page.on("request", note);
  await hands.open(query);
  await page.getByRole("button", { name: "Load again" }).waitFor();
  const before = [...asked];
  release();
  await hands.shows(0, "title", "Sled 0");
  await hands.said("10,000 records");
  page.off("request", note);
  await page.unroute(isList, hold);
  return { before, all: asked };
}

test("F7: the first rows are asked for before the table's code", SKIP, async () => {
  const { before, all } = await heldBack("?sort=metres");
  const list = before.findIndex(isList);
  const code = before.findIndex(({ pathname }) => /\/assets\/Records-/.test(pathname));
  assert.ok(list >= 0 && code > list, `the list is request ${list}, the code ${code}`);
  assert.equal(before.filter(isList).length, 1);
  assert.deepEqual(before.filter(isCount).map(String), [], "nothing is counted before");
  assert.deepEqual(before.filter(isEditor).map(String), [], "no editor is loaded before");
  const api = before.filter(({ pathname }) => pathname.startsWith("/api/"));
  assert.ok(api.length <= 8, `few requests: ${api.map(({ pathname }) => pathname).join(" ")}`);
  const count = all.findIndex((url) => url.pathname === SLEDS && isCount(url));
  assert.ok(count >= before.length, "the total is asked for after the rows");
});

test("F7: who was here before has names of relations with the first rows", SKIP, async () => {
  await hands.shows(0, "owner", "Ada");
  const { all } = await heldBack("?sort=metres");
  await hands.shows(0, "owner", "Ada");
  const lists = all.filter(isList);
  assert.deepEqual(lists.map((url) => url.searchParams.get("expand")), ["owner"]);
});

test("F7: 10,000 rows are gone through by keyboard and wheel, few drawn", SKIP, async () => {
  const { grid, press, shows } = hands;
  await grid().focus();
  await press("Control+End");
  await shows(MANY - 1, "title", `Sled ${MANY - 1}`);
  assert.ok((await drawn()) < MOST_DRAWN);
  await press("PageUp", "PageUp", "k");
  const at = Number(/-(\d+)-\d+$/.exec(await grid().getAttribute("aria-activedescendant"))[1]);
  assert.ok(at < MANY - 10 && at > MANY - 200, `the keyboard is at ${at}`);
  await shows(at, "title", `Sled ${at}`);
  await press("Control+Home");
  await shows(0, "title", "Sled 0");
  await page.mouse.move(700, 500);
  for (let turn = 0; turn < 12; turn += 1) await page.mouse.wheel(0, 9_000);
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll("[data-index]")];
    return rows.every((row) => row.dataset.id) && Number(rows[0]?.dataset.index) > 1_000;
  });
  assert.ok((await drawn()) < MOST_DRAWN);
});

/** Moves the rows by so many, and so many more each frame; the last frame is painted. */
const dragged = (rows) =>
  page.evaluate(async (steps) => {
    const grid = document.querySelector("[role=grid]");
    const painted = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (const step of steps) {
      grid.scrollTop += step * 38;
      await painted();
      await painted();
    }
  }, rows);

test("F7: rows that are dragged past cost no more than to be moved", SKIP, async () => {
  await hands.press("Control+Home");
  await hands.shows(0, "title", "Sled 0");
  const held = [];
  await page.route(isList, (route) => held.push(route));
  // Where a step is as many rows as are drawn, each row stays where it is in the document.
  const steps = Array.from({ length: 30 }, (_, at) => 30 + at);
  await dragged([1_000]);
  const { events } = await traced(page, () => dragged(steps));
  const rows = await drawn();
  const moves = styled(events).filter((elements) => elements >= rows);
  const least = Math.min(...moves);
  assert.equal(await page.locator("[data-id]").count(), 0, "none of them is there yet");
  assert.ok(least < 2 * rows, `${least} elements were styled anew to move ${rows} rows`);
  assert.equal(await hands.grid().getAttribute("aria-busy"), "true");
  await page.unroute(isList);
  await Promise.all(held.map((route) => route.continue().catch(() => undefined)));
});

test("F7: where the scrollbar is let go, the right rows stand, each in its place", SKIP, async () => {
  const ends = [Array(60).fill(150), Array(30).fill(-150), [7], Array(40).fill(-20)];
  for (const steps of ends) {
    await dragged(steps);
    await page.locator("[role=grid][aria-busy=false]").waitFor();
    const rows = await page.locator("[role=row][data-index]").evaluateAll((all) =>
      all.map((row) => ({
        index: Number(row.dataset.index),
        said: Number(row.getAttribute("aria-rowindex")),
        title: row.querySelector('[data-field="title"]').textContent.trim(),
        height: row.getBoundingClientRect().top,
      })),
    );
    const [first] = rows;
    assert.ok(rows.length > 15 && rows.length < MOST_DRAWN, `${rows.length} rows`);
    assert.deepEqual(
      rows,
      rows.map((_, at) => ({
        index: first.index + at,
        said: first.index + at + 2,
        title: `Sled ${first.index + at}`,
        height: first.height + 38 * at,
      })),
    );
  }
  assert.equal(await hands.grid().getAttribute("aria-rowcount"), String(MANY + 1));
});

test("F7: another list begins at its beginning, and a bad one says so", SKIP, async () => {
  const { open, shows, said } = hands;
  await open(`?sort=metres&filter=${encodeURIComponent("metres >= 9990")}`);
  await shows(0, "title", "Sled 9990");
  await said("10 records");
  await open("?filter=nonsense");
  await said("This filter cannot be used");
});

test("through all of this the page kept to its rules", SKIP, () => {
  assert.deepEqual(wrongs, []);
});
