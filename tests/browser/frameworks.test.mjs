// The client's entry points for React, Vue, Solid and Svelte: one page, made in each, against a
// running server. React is in its strict mode, which mounts everything twice.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { buildPage } from "../../sdk/tests/apps/build.mjs";
import { startServer } from "../sdk/server.mjs";
import { launch, openPage } from "./browser.mjs";
import { servePage } from "./page-server.mjs";
import { becomes, superuserOf } from "./superuser.mjs";

const HTML =
  "<!doctype html><title>page</title><main></main><script type=module src=/page.js></script>";
const TASKS = "/api/collections/tasks/records";
const USER = { email: "ann@example.com", password: "quiet-sled-42", emailVisibility: true };
const EVERYBODY = { listRule: "", viewRule: "", createRule: "" };

let luge;
let site;
let browser;
let api;
let page;
let wrongs;
let first;

const text = (id) => page.locator(`#${id}`).innerText();
const items = () => page.locator("#live li").allInnerTexts();
const topics = () => [...site.seen.topics.values()].flat();
const show = (name) =>
  page.evaluate(([name, id]) => globalThis.show(name, id), [name, first.id]);

before(async () => {
  luge = await startServer(process.env.LUGE_BIN);
  api = await superuserOf(luge);
  const fields = [
    { name: "title", type: "text", required: true },
    { name: "open", type: "bool" },
  ];
  await api("POST", "/api/collections", { name: "tasks", fields, ...EVERYBODY });
  await api("POST", "/api/collections", { name: "locked", fields });
  const user = { ...USER, passwordConfirm: USER.password };
  await api("POST", "/api/collections/users/records", user);
  site = await servePage(luge.url, HTML, await buildPage());
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.stop();
  await luge?.stop();
});

beforeEach(async () => {
  await api("DELETE", "/api/collections/tasks/truncate");
  first = await api("POST", TASKS, { title: "b", open: true });
  await api("POST", TASKS, { title: "closed", open: false });
  ({ page, wrongs } = await openPage(browser, site.url));
  await page.goto(site.url);
  await page.waitForFunction(() => "show" in globalThis);
  site.seen.sent.length = 0;
});

afterEach(async () => {
  assert.deepEqual(wrongs, []);
  await page.context().close();
  await becomes(() => site.seen.streams, 0);
});

for (const name of ["react", "vue", "solid", "svelte"]) {
  describe(name, () => {
    test("shows, follows changes, and leaves nothing behind", async () => {
      await show(name);
      await becomes(items, ["b"]);
      assert.equal(await page.locator("#live").getAttribute("data-state"), "open");
      await becomes(() => text("one"), "b");
      await becomes(() => text("page"), "2");
      assert.deepEqual(
        [await text("again"), await text("refused"), await text("nothing"), await text("who")],
        ["1", "403", "false", "nobody"],
      );
      // Two views of one list, mounted twice in a strict mode, are one subscription.
      assert.deepEqual(topics(), [`tasks/${first.id}`, "tasks/*"].sort());
      const lists = site.seen.sent.filter((line) => line.startsWith(`GET ${TASKS} `));
      assert.ok(lists.length <= 4, `${lists.length} lists were read`);

      await api("POST", TASKS, { title: "a", open: true });
      await becomes(items, ["a", "b"]);
      await api("PATCH", `${TASKS}/${first.id}`, { title: "c" });
      await becomes(() => text("one"), "c");
      await becomes(items, ["a", "c"]);
      await page.locator("#filter").dispatchEvent("click");
      await becomes(items, ["a", "c", "closed"]);
      await page.locator("#filter").dispatchEvent("click");
      await becomes(items, ["a", "c"]);
      await api("DELETE", `${TASKS}/${first.id}`);
      await becomes(() => text("one"), "not_found");
      await becomes(items, ["a"]);

      await page.evaluate(() => globalThis.hide());
      await becomes(() => [page.url() !== "", site.seen.streams, topics()], [true, 0, []]);
      const { length } = site.seen.told;
      await api("POST", TASKS, { title: "unheard", open: true });
      await new Promise((done) => setTimeout(done, 300));
      assert.equal(site.seen.told.length, length);
      assert.equal(await page.locator("main").innerText(), "");
    });

    test("a change says that it is on its way, what it gave and why it failed", async () => {
      await show(name);
      await becomes(() => text("page"), "2");
      let go;
      await page.route(`**${TASKS}`, async (route) => {
        if (route.request().method() === "POST") await new Promise((done) => (go = done));
        await route.continue();
      });
      const adding = async () =>
        [await page.locator("#adding").getAttribute("data-pending"), await text("adding")];
      await page.locator("#add").dispatchEvent("click");
      await becomes(adding, ["true", ""]);
      go();
      await becomes(adding, ["false", "new"]);
      // What it refreshes, and what follows by itself.
      await becomes(() => text("page"), "3");
      await becomes(items, ["b", "new"]);
      go = undefined;
      await page.locator("#break").dispatchEvent("click");
      await becomes(() => go !== undefined, true);
      go();
      await becomes(adding, ["false", "validation_required"]);
      await page.evaluate(() => globalThis.hide());
    });

    test("another sign-in shows what it may see", async () => {
      await api("PATCH", "/api/collections/locked", { listRule: "@request.auth.id != ''" });
      await show(name);
      await becomes(() => text("who"), "nobody");
      await becomes(items, ["b"]);
      await page.evaluate(
        ({ email, password }) => globalThis.db.auth("users").password(email, password),
        USER,
      );
      await becomes(() => text("who"), USER.email);
      await becomes(items, ["b"]);
      await becomes(() => topics().length, 2);
      await page.evaluate(() => globalThis.db.signOut());
      await becomes(() => text("who"), "nobody");
      await api("PATCH", "/api/collections/locked", { listRule: null });
      await page.evaluate(() => globalThis.hide());
    });

    test("a break is shown, and is over by itself", async () => {
      await show(name);
      await becomes(items, ["b"]);
      const state = () => page.locator("#live").getAttribute("data-state");
      await luge.restart(() => becomes(state, "stale"));
      await becomes(state, "open", 20_000);
      await api("POST", TASKS, { title: "after", open: true });
      await becomes(items, ["after", "b"]);
      await page.evaluate(() => globalThis.hide());
    });
  });
}

test("a view of React that suspends waits, then shows", async () => {
  let go;
  await page.route(/perPage=2&/, async (route) => {
    await new Promise((done) => (go = done));
    await route.continue();
  });
  await show("react");
  await becomes(() => page.locator("#waiting").count(), 1);
  await becomes(() => go !== undefined, true);
  go();
  await becomes(() => page.locator("#suspended").allInnerTexts(), ["2"]);
  const reads = site.seen.sent.filter((line) => line.startsWith(`GET ${TASKS} `)).length;
  assert.ok(reads <= 4, `${reads} lists were read`);
  await page.evaluate(() => globalThis.hide());
});

test("a page of React that a server has made wakes up as it is, and then goes on", async () => {
  await page.evaluate(
    ({ email, password }) => globalThis.db.auth("users").password(email, password),
    USER,
  );
  site.seen.sent.length = 0;
  await page.evaluate((id) => globalThis.wake(id), first.id);
  await becomes(() => text("who"), USER.email);
  await becomes(() => text("brought"), "b");
  assert.equal(await text("read"), "1");
  assert.deepEqual(await page.evaluate(() => globalThis.mended), []);
  const reads = site.seen.sent.filter((line) => line.startsWith(`GET ${TASKS} `));
  // That of the live list; what was brought along is not read again.
  assert.equal(reads.length, 1);
  await page.evaluate(() => globalThis.hide());
});
