// The table of records as somebody else may see it.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { handsOn } from "./grid.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const SKIP = { skip };
const NOTES = "/api/collections/notes/records";
const OWN = "(@request.auth.id != \"\" && owner = @request.auth.id)";

let server;
let page;
let wrongs;
let ask;
let end;
let hands;
let ann;

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  hands = handsOn(page, server.url, "notes");
  const users = await ask("/api/collections", { name: "members", type: "auth" });
  const password = "quiet-sled-42";
  const body = { email: "ann@example.com", password, passwordConfirm: password };
  ann = (await ask("/api/collections/members/records", body)).id;
  const notes = await ask("/api/collections", {
    name: "notes",
    listRule: `${OWN} || open = true`,
    viewRule: `${OWN} || open = true`,
    updateRule: OWN,
    deleteRule: null,
    fields: [
      { name: "title", type: "text", presentable: true },
      { name: "open", type: "bool" },
      { name: "owner", type: "relation", collectionId: users.id, maxSelect: 1 },
    ],
    search: { fields: { title: {} } },
  });
  await ask("/api/collections", {
    name: "secrets",
    fields: [{ name: "note", type: "relation", collectionId: notes.id, maxSelect: 1 }],
  });
  for (const title of ["Hidden one", "Hidden two"]) await ask(NOTES, { title });
  const open = await ask(NOTES, { title: "Open one", open: true });
  await ask(NOTES, { title: "Of Ann", owner: ann });
  await ask("/api/collections/secrets/records", { note: open.id });
});

after(async () => {
  await end?.();
});

/** The next list of the table; what the sidebar counts is the superuser's own. */
const nextList = () =>
  page.waitForRequest((request) => {
    const { pathname, searchParams } = new URL(request.url());
    return pathname === NOTES && searchParams.get("perPage") === "50";
  });

test("F14: the table is viewed as an account that is picked", SKIP, async () => {
  const { open, said, gone, button } = hands;
  await open();
  await said("4 records");
  await button("View as …").click();
  await page.getByText("As a user", { exact: true }).click();
  await page.getByLabel("Auth collection").selectOption("members");
  await page.getByRole("button", { name: /ann@example\.com/ }).click();
  await judge(page, "choosing as whom");
  const list = nextList();
  await button("View").click();
  await said("You see this table as ann@example.com of members.");
  await said("2 records");
  await gone("Hidden one");
  await judge(page, "a table viewed as somebody else");
  assert.equal(new URL(page.url()).searchParams.get("as"), `members/${ann}`);
  const token = await (await list).headerValue("authorization");
  assert.ok(token.length > 40);
  const kept = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]);
  assert.equal((await page.evaluate(kept)).includes(token), false, "no token is written down");
});

test("F14: search, filter, numbers and export are that user's too", SKIP, async () => {
  const { open, said, button, dialog, cell, shows } = hands;
  await open(`?as=members/${ann}&search=hidden`);
  await said("No record matches the filter");
  await open(`?as=members/${ann}&columns=title.200,secrets_via_note.150&filter=open=true`);
  await shows(0, "title", "Open one");
  await cell(0, "secrets_via_note").getByText("not known").waitFor();
  await open(`?as=members/${ann}`);
  await said("2 records");
  await button("Export").click();
  const begun = page.waitForEvent("download");
  await button("Export", dialog()).click();
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(await (await begun).path(), "utf8");
  assert.match(text, /Of Ann/);
  assert.doesNotMatch(text, /Hidden/);
});

test("F14: changes are told to whom may see them", SKIP, async () => {
  const { open, said, shows } = hands;
  await open(`?as=members/${ann}`);
  await said("Live");
  await ask(NOTES, { title: "Hidden three" });
  await ask(NOTES, { title: "Open two", open: true });
  await shows(0, "title", "Open two");
  await said("3 records");
  assert.equal(await page.getByText("Hidden three").count(), 0);
});

test("F14: what that user may do is done, the rest refused in words", SKIP, async () => {
  const { open, cell, shows, press, said, button, notes, dialog } = hands;
  await open(`?as=members/${ann}&sort=title`);
  await shows(0, "title", "Of Ann");
  await cell(0, "title").dblclick();
  await page.getByLabel("title", { exact: true }).fill("Of Ann herself");
  await press("Enter");
  await shows(0, "title", "Of Ann herself");
  await cell(1, "title").dblclick();
  await page.getByLabel("title", { exact: true }).fill("Taken over");
  await press("Enter");
  await cell(1, "title").getByRole("alert").waitFor();
  await press("Escape");
  await shows(1, "title", "Open one");
  await page.locator('[data-index="0"] input').click();
  await button("Delete").click();
  await button("Delete 1 record", dialog()).click();
  await button("Delete now", notes()).click();
  await said("1 record could not be deleted.");
  await shows(0, "title", "Of Ann herself");
  assert.equal(await button("New record").count(), 0);
});

test("F14: a guest sees what is open; one click and one is oneself again", SKIP, async () => {
  const { open, said, button } = hands;
  const list = nextList();
  await open("?as=guest");
  await said("You see this table as a guest.");
  await said("2 records");
  assert.equal(await (await list).headerValue("authorization"), null);
  await button("Be yourself again").click();
  await said("6 records");
  assert.equal(new URL(page.url()).searchParams.get("as"), null);
  await page.goBack();
  await said("2 records");
});

test("F14: who is not there is told, and no table shown in their place", SKIP, async () => {
  const { open, said, grid } = hands;
  await open("?as=members/nobodyatall0000");
  await said("This table cannot be viewed so");
  assert.equal(await grid().count(), 0);
  await open("?as=nonsense");
  await said("“nonsense” names no account.");
  await judge(page, "viewed as nobody");
});

test("through all of this the page kept to its rules", SKIP, () => {
  assert.deepEqual(wrongs, []);
});
