// Records of the table as files.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { fill } from "./fill.mjs";
import { handsOn } from "./grid.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const SKIP = { skip };
const SLEDS = "/api/collections/sleds/records";
const MANY = 2_500;

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
  await ask("/api/collections", {
    name: "sleds",
    fields: [
      { name: "title", type: "text" },
      { name: "metres", type: "number" },
      { name: "tags", type: "json" },
    ],
  });
  await fill(ask, "sleds", MANY, (at) => ({ title: `Sled "${at}"`, metres: at, tags: [at, "ü"] }));
});

after(async () => {
  await end?.();
});

/** Fills the dialog in; its button begins. */
async function choose(format, scope) {
  await hands.button("Export").click();
  if (scope) await hands.dialog().getByLabel("Which records").selectOption(scope);
  await hands.dialog().getByLabel("Format").selectOption(format);
}

async function exported() {
  const begun = page.waitForEvent("download");
  await hands.button("Export", hands.dialog()).click();
  const download = await begun;
  const text = await readFile(await download.path(), "utf8");
  return { name: download.suggestedFilename(), text };
}

test("F9: a JSON file holds what is found, as values", SKIP, async () => {
  const { open, said, dialog } = hands;
  await open("?filter=metres<3&sort=metres");
  await said("3 records");
  await choose("json");
  await dialog().getByLabel("id", { exact: true }).uncheck();
  const { name, text } = await exported();
  assert.equal(name, "sleds.json");
  assert.deepEqual(
    JSON.parse(text),
    [0, 1, 2].map((metres) => ({ title: `Sled "${metres}"`, metres, tags: [metres, "ü"] })),
  );
  await said("3 records are exported.");
});

test("F9: NDJSON is a record a line, of all, with how far it is", SKIP, async () => {
  const { dialog, said } = hands;
  await choose("ndjson", "all");
  let release;
  const held = new Promise((resolve) => (release = resolve));
  let lists = 0;
  const hold = async (route) => {
    lists += 1;
    // What comes behind the first part waits, so that there is something to see.
    if (lists > 1) await held;
    await route.continue();
  };
  await page.route(`**${SLEDS}*`, hold);
  const file = exported();
  await dialog().getByRole("progressbar").waitFor();
  await dialog().getByRole("button", { name: "Stop" }).waitFor();
  await judge(page, "an export under way");
  release();
  const { name, text } = await file;
  await page.unroute(`**${SLEDS}*`, hold);
  assert.equal(name, "sleds.ndjson");
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, MANY);
  assert.equal(new Set(lines.map(({ id }) => id)).size, MANY);
  await said("2,500 records are exported.");
});

test("F9: an export is stopped, and leaves no file", SKIP, async () => {
  const { dialog, button } = hands;
  await choose("ndjson", "all");
  const downloads = [];
  const note = (download) => downloads.push(download.suggestedFilename());
  page.on("download", note);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const hold = async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  };
  await page.route(`**${SLEDS}*`, hold);
  await button("Export", dialog()).click();
  await button("Stop", dialog()).click();
  await dialog().getByRole("progressbar").waitFor({ state: "detached" });
  release();
  await page.unroute(`**${SLEDS}*`, hold);
  assert.equal(await dialog().getByRole("alert").count(), 0, "who stops it is told no failure");
  await button("Cancel", dialog()).click();
  page.off("download", note);
  assert.deepEqual(downloads, []);
});

test("F9: a server that refuses is told, and nothing is saved", SKIP, async () => {
  const { dialog, button } = hands;
  const refused = { status: 400, json: { status: 400, message: "Not today.", data: {} } };
  await page.route(`**${SLEDS}*`, (route) => route.fulfill(refused));
  await choose("json", "all");
  await button("Export", dialog()).click();
  await dialog().getByText("Not today.").waitFor();
  await page.unroute(`**${SLEDS}*`);
});

test("through all of this the page kept to its rules", SKIP, () => {
  assert.deepEqual(wrongs, []);
});
