// Files of a record as hands bring them: dropped, pasted, put in order, slow and refused. The tests
// of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { BLUE, GREEN, png, RED } from "./paint.mjs";
import { signedIn } from "./signed-in.mjs";
import { becomes } from "./superuser.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const boxes = "/api/collections/boxes/records";
const LARGE_BYTES = 9_000_000;
const folder = mkdtempSync(join(tmpdir(), "luge-uploads-"));

let server;
let page;
let wrongs;
let ask;
let end;
let box;

const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const row = (name) => page.locator(`[data-field="${name}"]`);
const files = (name) => row(name).getByRole("listitem");
const said = (text, where = page) => where.getByText(text, { exact: false }).first().waitFor();
const stored = () => ask(`${boxes}/${box.id}`);
const shown = async (name) =>
  (await files(name).allTextContents()).map((text) => /[\w-]+?(?=[._])/.exec(text)?.[0]);

async function save() {
  await page.keyboard.press("Control+s");
  await page.getByRole("status").filter({ hasText: /^Saved\.$/ }).waitFor();
}

function onDisk(name, content) {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

// Files of the desktop, dragged over a field and let go.
async function drop(name, paths) {
  const session = await page.context().newCDPSession(page);
  const { x, y, width, height } = await row(name).getByRole("group").boundingBox();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const at = { x: x + width / 2, y: y + height / 2, data };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, ...at });
  }
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", {
    name: "boxes",
    type: "base",
    fields: [
      { name: "pictures", type: "file", maxSelect: 4, maxSize: 5000, mimeTypes: ["image/png"] },
      { name: "large", type: "file", maxSelect: 1, maxSize: 2 * LARGE_BYTES },
    ],
  });
  box = await ask(boxes, {});
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${server.url}/_/collections/boxes/records/${box.id}`);
  await row("pictures").waitFor();
});

after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await end?.();
});

test("G1: files of the desktop are dropped on their field", { skip }, async () => {
  await drop("pictures", [
    onDisk("one.png", png(2, 2, () => RED)),
    onDisk("two.png", png(2, 2, () => GREEN)),
  ]);
  await becomes(() => shown("pictures"), ["one", "two"]);
  await save();
  assert.equal((await stored()).pictures.length, 2);
});

test("G1: dropped files are refused by type, size and number", { skip }, async () => {
  const large = png(60, 60, (x, y) => [x * 4, y * 4, (x * y) % 256, (x ^ y) % 256]);
  assert.ok(large.length > 5000);
  await drop("pictures", [onDisk("notes.txt", "words"), onDisk("large.png", large)]);
  await said("notes.txt is of a type that this field does not take.", row("pictures"));
  await said("large.png is larger than 4.9 kB.", row("pictures"));
  assert.deepEqual(await shown("pictures"), ["one", "two"], "nothing was added");
  await judge(page, "files that are refused");
  const more = ["a", "b", "c"].map((name) => onDisk(`${name}.png`, png(2, 2, () => BLUE)));
  await drop("pictures", more);
  await said("There was no room for 1 file.", row("pictures"));
  await button("Discard").click();
});

test("G1: what only looks like a picture is refused by the server", { skip }, async () => {
  const fake = { name: "fake.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
  await field("pictures").setInputFiles(fake);
  await said("uploaded, not saved yet", row("pictures"));
  await button("Save").click();
  await row("pictures").locator('[aria-invalid="true"]').waitFor();
  assert.equal((await stored()).pictures.length, 2);
  await button("Discard").click();
});

test("G1: a picture is pasted from the clipboard", { skip }, async () => {
  const source = png(3, 3, () => BLUE).toString("base64");
  await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const picture = new Blob([bytes], { type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
  }, source);
  await field("pictures").focus();
  await page.keyboard.press("Control+v");
  await becomes(() => shown("pictures"), ["one", "two", "image"]);
  await page.evaluate(() => navigator.clipboard.writeText("only words"));
  await page.keyboard.press("Control+v");
  await becomes(() => shown("pictures"), ["one", "two", "image"]);
  await save();
});

test("G1: files are put in order by dragging", { skip }, async () => {
  await files("pictures").nth(2).dragTo(files("pictures").nth(0));
  await becomes(() => shown("pictures"), ["image", "one", "two"]);
  await files("pictures").nth(0).dragTo(files("pictures").nth(1));
  await becomes(() => shown("pictures"), ["one", "image", "two"]);
});

test("G1: files are put in order by keyboard, and the focus goes along", { skip }, async () => {
  const up = row("pictures").getByRole("button", { name: /^Move two\w*\.png up$/ });
  await up.focus();
  await page.keyboard.press("Enter");
  await becomes(() => shown("pictures"), ["one", "two", "image"]);
  await page.keyboard.press("Enter");
  await becomes(() => shown("pictures"), ["two", "one", "image"]);
  const focused = () => page.evaluate(() => document.activeElement.ariaLabel);
  assert.match(await focused(), /^Move two\w*\.png down$/, "there is no further up");
  await save();
  const names = (await stored()).pictures.map((name) => name.split("_")[0]);
  assert.deepEqual(names, ["two", "one", "image"]);
});

test("G1: a large upload shows how far it is, and is cancelled", { skip }, async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  let pieces = 0;
  await page.route("**/api/files/uploads/**", async (route) => {
    const isPiece = route.request().method() === "PATCH";
    pieces += isPiece ? 1 : 0;
    if (isPiece && pieces > 1) await held;
    await route.continue().catch(() => undefined);
  });
  const large = onDisk("large.bin", Buffer.alloc(LARGE_BYTES, "sled "));
  await field("large").setInputFiles(large);
  const bar = row("large").getByRole("progressbar", { name: "Upload of large.bin" });
  await becomes(async () => {
    const value = Number(await bar.getAttribute("value"));
    return value > 0 && value < 100;
  }, true);
  await judge(page, "a file on its way");
  await button("Remove large.bin").click();
  await bar.waitFor({ state: "detached" });
  assert.equal(await button("Save").isDisabled(), true, "nothing is left of it");
  release();
  const sent = pieces;
  await page.unroute("**/api/files/uploads/**");
  await field("large").setInputFiles(large);
  await said("uploaded, not saved yet", row("large"));
  assert.equal(pieces, sent, "the first one went no further");
  await save();
  const { large: name } = await stored();
  const answer = await fetch(`${server.url}/api/files/boxes/${box.id}/${name}`);
  assert.equal((await answer.arrayBuffer()).byteLength, LARGE_BYTES);
});

test("nothing on the way broke the policy or asked elsewhere", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
