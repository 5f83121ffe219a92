// Kept records in a real browser: many of them, files among the writes, a full storage, browsers
// that cannot keep. What happens over breaks is told by `todo.test.mjs`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { startSite } from "./site.mjs";
import { keepMany, measure, OFFLINE_PAGE, RECORDS } from "./many.mjs";

const MANY = 20_000;

let site;
let browser;
let page;
let wrongs;

const count = async (filter = "") =>
  (await site.ask("GET", `${RECORDS}?perPage=1&filter=${encodeURIComponent(filter)}`)).totalItems;

before(async () => {
  site = await startSite({ "index.html": OFFLINE_PAGE });
  await keepMany(site, MANY);
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, site.url));
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test(`${MANY} records are kept, listed and searched, also after a reload`, async () => {
  const first = await measure(page, site.url, MANY);
  assert.deepEqual(first.counts, { all: MANY, even: MANY / 2, page: 30 });
  await page.context().setOffline(true);
  const again = await measure(page, undefined, MANY);
  await page.context().setOffline(false);
  assert.deepEqual(again.counts, first.counts);
  for (const [what, { milliseconds }] of Object.entries({ first, again })) {
    console.log(`${MANY} records, ${what}: ${JSON.stringify(milliseconds)} ms`);
  }
});

test("a file waits in the outbox like everything else", async () => {
  await page.context().setOffline(true);
  await page.evaluate(async () => {
    const kept = await globalThis.keep();
    const cover = new File(["woof"], "dog.txt", { type: "text/plain" });
    await kept.from("dogs").create({ name: "with a file", cover });
    kept.close();
  });
  assert.equal(await count("name = 'with a file'"), 0);
  await page.context().setOffline(false);
  await page.reload();
  await page.evaluate(async () => {
    const kept = await globalThis.keep();
    await kept.settled();
    kept.close();
  });
  const { items } = await site.ask("GET", `${RECORDS}?filter=${encodeURIComponent("cover != ''")}`);
  assert.equal(items.length, 1);
  const { id, cover } = items[0];
  const file = await fetch(`${site.url}/api/files/dogs/${id}/${cover}`);
  assert.equal(await file.text(), "woof");
});

test("a storage that is full is said, and nothing is half kept", async () => {
  const { page: small } = await openPage(browser, site.url);
  const devtools = await small.context().newCDPSession(small);
  const quota = { origin: site.url, quotaSize: 2_000_000 };
  await devtools.send("Storage.overrideQuotaForOrigin", quota);
  await small.goto(site.url);
  const [code, kept] = await small.evaluate(async () => {
    const errors = [];
    const kept = await globalThis.keep({ onError: ({ code }) => errors.push(code) });
    const dogs = kept.from("dogs");
    while (errors.length === 0) await new Promise((done) => setTimeout(done, 50));
    const count = await dogs.count();
    kept.close();
    return [errors[0], count];
  });
  assert.deepEqual([code, kept], ["storage_full", 0]);
  await small.context().close();
});

for (const [name, missing] of [
  ["indexedDB", "IndexedDB"],
  ["BroadcastChannel", "BroadcastChannel"],
  ["navigator", "Web Locks"],
]) {
  test(`a browser without ${missing} is told so`, async () => {
    const other = await page.context().newPage();
    await other.addInitScript((name) => {
      Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
    }, name);
    await other.goto(site.url);
    const { code, message } = await other.evaluate(() =>
      globalThis.keep().catch(({ code, message }) => ({ code, message })));
    assert.equal(code, "no_offline");
    assert.match(message, new RegExp(missing));
    await other.close();
  });
}

test("nothing went wrong beside that", () => {
  assert.deepEqual(wrongs, []);
});
