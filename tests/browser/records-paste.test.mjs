// A block of cells from a spreadsheet, pasted into the table of records.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { handsOn } from "./grid.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const SKIP = { skip };
const SLEDS = "/api/collections/sleds/records";

let server;
let page;
let wrongs;
let ask;
let end;
let hands;
let owner;

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  hands = handsOn(page, server.url, "sleds");
  const people = await ask("/api/collections", {
    name: "people",
    fields: [{ name: "name", type: "text", presentable: true }],
  });
  owner = (await ask("/api/collections/people/records", { name: "Ada" })).id;
  await ask("/api/collections", {
    name: "sleds",
    fields: [
      { name: "title", type: "text", required: true },
      { name: "metres", type: "number", max: 1000 },
      { name: "kind", type: "select", values: ["wood", "steel"], maxSelect: 1 },
      { name: "owner", type: "relation", collectionId: people.id, maxSelect: 1 },
      { name: "made", type: "autodate", onCreate: true },
    ],
    indexes: ["CREATE UNIQUE INDEX one_title ON sleds (title)"],
  });
  for (let metres = 0; metres < 5; metres += 1) {
    await ask(SLEDS, { title: `Sled ${metres}`, metres, kind: "wood" });
  }
});

after(async () => {
  await end?.();
});

/** Copies a text as a spreadsheet would, and pastes it at a cell. */
async function paste(row, field, text) {
  await page.evaluate((text) => {
    const sheet = document.createElement("textarea");
    sheet.value = text;
    document.body.append(sheet);
    sheet.select();
  }, text);
  await hands.press("Control+c");
  await page.evaluate(() => document.querySelector("body > textarea").remove());
  await hands.cell(row, field).click();
  await hands.grid().focus();
  await hands.press("Control+v");
  await hands.dialog().waitFor();
}

const titles = async () => (await ask(`${SLEDS}?sort=made`)).items.map(({ title }) => title);
const start = async () => {
  const columns = "id.172.p,title.200,metres.100,kind.120,owner.160,made.200";
  await hands.open(`?sort=metres&columns=${columns}`);
  await hands.shows(0, "title", "Sled 0");
};

test("F11: what is refused is told cell by cell before anything is written", SKIP, async () => {
  const { dialog, press, button } = hands;
  await start();
  await paste(0, "title", "\t7\tglass\tnobody\nNew one\t12x\tsteel\t" + owner + "\n");
  await dialog().getByText("It is required, and the row has no value for it.").waitFor();
  await dialog().getByText("“glass” is none of its values").waitFor();
  await dialog().getByText("“12x” is not a number").waitFor();
  await dialog().getByText("“nobody” is not an id.").waitFor();
  await dialog().getByText("4 cells cannot be pasted.").waitFor();
  assert.equal(await button("Change 4 cells", dialog()).isDisabled(), true);
  await judge(page, "a paste that is refused");
  await press("Escape");
  assert.deepEqual((await titles()).slice(0, 2), ["Sled 0", "Sled 1"]);
});

test("F11: batches that are off are told, and turned on", SKIP, async () => {
  const { dialog, button } = hands;
  await start();
  await paste(0, "title", 'Zero\t10,5\n"One, or\nmore"\t20\n');
  await dialog().getByText("Batches are off in the settings").waitFor();
  await button("Turn batches on", dialog()).click();
  await dialog().getByText("Batches are off in the settings").waitFor({ state: "detached" });
  assert.equal(await dialog().getByLabel("Numbers are written like").inputValue(), "1234,5");
  await dialog().getByText("4 cells change.").waitFor();
  await judge(page, "a paste");
});

test("F11: it is written as one change, and taken back", SKIP, async () => {
  const { dialog, button, shows, notes, said } = hands;
  await button("Change 4 cells", dialog()).click();
  await dialog().waitFor({ state: "detached" });
  await shows(0, "title", "Sled 2");
  const changed = (await ask(`${SLEDS}?sort=made`)).items;
  assert.deepEqual(
    changed.slice(0, 3).map(({ title, metres }) => [title, metres]),
    [["Zero", 10.5], ["One, or\nmore", 20], ["Sled 2", 2]],
  );
  await said("2 records are changed.");
  await button("Undo", notes()).click();
  await said("2 records are as they were.");
  assert.deepEqual((await titles()).slice(0, 2), ["Sled 0", "Sled 1"]);
});

test("F11: one cell that the server refuses keeps all as they are", SKIP, async () => {
  const { dialog, button, press, shows } = hands;
  await start();
  await paste(0, "title", "Sled zero\nSled 4\n");
  await button("Change 2 cells", dialog()).click();
  await dialog().getByText("Nothing was changed.").waitFor();
  await dialog().getByText("1 cell cannot be pasted.").waitFor();
  assert.equal(await dialog().locator("tr.refused").count(), 1);
  await press("Escape");
  await shows(0, "title", "Sled 0");
  assert.deepEqual((await titles()).slice(0, 2), ["Sled 0", "Sled 1"]);
});

test("F11: what lies outside is left out; columns of the server stay", SKIP, async () => {
  const { dialog, button, shows, press } = hands;
  await start();
  await paste(4, "owner", `${owner}\t2020-01-01\tmore\nother\t\t\n`);
  await dialog().getByText("Nothing can be pasted into this column.").waitFor();
  await dialog().getByText("4 cells lie outside of the table and are left out.").waitFor();
  await press("Escape");
  await paste(4, "owner", owner);
  await button("Change 1 cell", dialog()).click();
  await shows(4, "owner", "Ada");
  assert.equal((await ask(`${SLEDS}?filter=metres=4`)).items[0].owner, owner);
});

test("through all of this the page kept to its rules", SKIP, () => {
  assert.deepEqual(wrongs, []);
});
