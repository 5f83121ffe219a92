// Back relations in the table of records: how many records of other collections point here.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { fill } from "./fill.mjs";
import { handsOn } from "./grid.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const SKIP = { skip };
const COMMENTS = "/api/collections/comments/records";
const VIA_POST = "comments_via_post";
const VIA_MENTIONS = "comments_via_mentions";
const POSTS = 120;

let server;
let page;
let wrongs;
let ask;
let end;
let hands;
let posts;

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  hands = handsOn(page, server.url, "posts");
  const { id: collectionId } = await ask("/api/collections", {
    name: "posts",
    fields: [
      { name: "title", type: "text", presentable: true },
      { name: "place", type: "number" },
    ],
  });
  await ask("/api/collections", {
    name: "comments",
    fields: [
      { name: "text", type: "text", presentable: true },
      { name: "post", type: "relation", collectionId, maxSelect: 1 },
      { name: "mentions", type: "relation", collectionId, maxSelect: 200 },
    ],
  });
  const url = "/api/collections/posts/records";
  await fill(ask, "posts", POSTS, (place) => ({ title: `Post ${place}`, place }));
  posts = (await ask(`${url}?sort=place&perPage=500`)).items.map(({ id }) => id);
  const texts = ["One", "Two", "Three", "Four", "Five", "Six", "Seven"];
  for (const text of texts) await ask(COMMENTS, { text, post: posts[0], mentions: posts });
  await ask(COMMENTS, { text: "Eight", post: posts[1], mentions: [posts[1], posts[2]] });
});

after(async () => {
  await end?.();
});

/** The aggregations that are asked for while something is done. */
async function aggregations(work) {
  const seen = [];
  const note = (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith("/aggregate")) seen.push(pathname);
  };
  page.on("request", note);
  await work();
  page.off("request", note);
  return seen;
}

test("F12: what points here is a column of its own, which the address keeps", SKIP, async () => {
  const { open, shows, button, press } = hands;
  const before = await aggregations(async () => {
    await open("?sort=place");
    await shows(0, "title", "Post 0");
  });
  assert.deepEqual(before, [], "nothing is counted that is not shown");
  await button("Columns").click();
  await page.getByLabel("comments → post", { exact: true }).check();
  await press("Escape");
  await shows(0, VIA_POST, "7");
  await shows(1, VIA_POST, "1");
  await shows(2, VIA_POST, "0");
  await page.getByRole("columnheader", { name: "comments → post" }).waitFor();
  const seen = await aggregations(async () => {
    await open(`?sort=place&columns=title.200,${VIA_POST}.150,${VIA_MENTIONS}.150`);
    await shows(0, VIA_POST, "7");
    await shows(1, VIA_MENTIONS, "8");
    await shows(3, VIA_MENTIONS, "7");
  });
  assert.ok(seen.length <= 4, `each column is one request, not one a row: ${seen.length}`);
  assert.equal(await page.getByRole("columnheader").count(), 4);
  await judge(page, "back relations");
});

test("F12: the numbers of rows further down are asked for when they show", SKIP, async () => {
  const { grid, press, shows } = hands;
  await grid().focus();
  await press("Control+End");
  await shows(POSTS - 1, "title", `Post ${POSTS - 1}`);
  await shows(POSTS - 1, VIA_POST, "0");
  await shows(POSTS - 1, VIA_MENTIONS, "7");
  await press("Control+Home");
  await shows(0, VIA_POST, "7");
});

test("F12: they follow what others do where they are pointed at from", SKIP, async () => {
  const { shows, said } = hands;
  await said("Live");
  const { id } = await ask(COMMENTS, { text: "Nine", post: posts[2] });
  await shows(2, VIA_POST, "1");
  await ask(`${COMMENTS}/${id}`, { post: posts[1] }, { method: "PATCH" });
  await shows(2, VIA_POST, "0");
  await shows(1, VIA_POST, "2");
  await ask(`${COMMENTS}/${id}`, undefined, { method: "DELETE" });
  await shows(1, VIA_POST, "1");
});

test("F12: a card shows the first few; a click and Enter lead to all of them", SKIP, async () => {
  const { cell, grid, press, shows, said } = hands;
  await cell(0, VIA_POST).getByRole("link").hover();
  const card = page.getByRole("tooltip");
  await card.getByText("One", { exact: true }).waitFor();
  await card.getByText("and 2 more").waitFor();
  await judge(page, "the card of a back relation");
  await grid().focus();
  await page.getByRole("link", { name: "7 records of comments → post: show them" }).waitFor();
  await press("Control+Home", "ArrowRight", "Enter");
  await page.waitForURL((url) => url.pathname.endsWith("/comments/records"));
  await said("7 records");
  await page.goBack();
  await shows(1, VIA_MENTIONS, "8");
  await cell(1, VIA_MENTIONS).getByRole("link").click();
  await page.waitForURL((url) => url.searchParams.get("filter") === `mentions.id ?= '${posts[1]}'`);
  await said("8 records");
});

test("F12: a number that cannot be had is no 0; without relations no column", SKIP, async () => {
  const { cell, open, shows, button } = hands;
  const refused = { status: 400, json: { status: 400, message: "Too many groups.", data: {} } };
  await page.route("**/comments/aggregate*", (route) => route.fulfill(refused));
  await open(`?sort=place&columns=title.200,${VIA_POST}.150`);
  await cell(0, VIA_POST).getByText("not known").waitFor();
  await cell(0, VIA_POST).getByTitle("Too many groups.").waitFor();
  assert.equal(await cell(0, VIA_POST).getByText("0", { exact: true }).count(), 0);
  await judge(page, "a back relation that is not known");
  await page.unroute("**/comments/aggregate*");
  await open("", "comments");
  await shows(0, "text", "Eight");
  await button("Columns").click();
  await page.getByLabel("mentions", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("→").count(), 0);
});

test("through all of this the page kept to its rules", SKIP, () => {
  assert.deepEqual(wrongs, []);
});
