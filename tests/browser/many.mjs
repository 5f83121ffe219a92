// Many kept records: a page, a collection, and how long the page takes to list them. By itself a
// program that prints that: LUGE_BIN=… node many.mjs [RECORDS]

import { fileURLToPath } from "node:url";
import { launch, openPage } from "./browser.mjs";
import { fill } from "./fill.mjs";
import { startSite } from "./site.mjs";

export const RECORDS = "/api/collections/dogs/records";
export const OFFLINE_PAGE = `<!doctype html><title>kept</title><link rel="icon" href="data:,">
<script type="module">
  import * as luge from "/sdk/luge.js";
  globalThis.luge = luge;
  const db = luge.createClient(location.origin);
  globalThis.keep = (more) => luge.offline(db, { keep: [db.from("dogs")], ...more });
</script>`;

// Makes the collection, open to everybody, and its records.
export async function keepMany(site, records) {
  const open = ["listRule", "viewRule", "createRule"].map((rule) => [rule, ""]);
  await site.ask("POST", "/api/collections", {
    name: "dogs",
    ...Object.fromEntries(open),
    fields: [
      { name: "name", type: "text" },
      { name: "age", type: "number" },
      { name: "note", type: "text" },
      { name: "cover", type: "file" },
    ],
  });
  const ask = (path, body, { method = "POST" } = {}) => site.ask(method, path, body);
  await fill(ask, "dogs", records, (at) => {
    const number = at * 7919 % records;
    return { name: `dog ${number}`, age: number % 2, note: "x".repeat(100) };
  });
}

// Opens what is kept, waits until it is whole, and lists it. With an address, the page is loaded.
export async function measure(page, url, records) {
  if (url) await page.goto(url);
  return page.evaluate(async (records) => {
    const { luge } = globalThis;
    const milliseconds = {};
    const timed = async (what, work) => {
      const begin = performance.now();
      const done = await work();
      milliseconds[what] = Math.round((performance.now() - begin) * 10) / 10;
      return done;
    };
    const kept = await timed("open", () => globalThis.keep());
    const dogs = kept.from("dogs");
    await timed("fill", async () => {
      while ((await dogs.count()) < records) await new Promise((done) => setTimeout(done, 50));
    });
    const all = await timed("list of all", () => dogs.list());
    const even = await timed("filtered", () => dogs.where(luge.filter`age = ${0}`).list());
    const sorted = await timed("sorted", () => dogs.orderBy("-age", "name").list());
    const { items } = await timed("page", () =>
      dogs.where(luge.filter`name ~ ${"9"}`).orderBy("name").page(1, 30));
    await timed("page again", () => dogs.orderBy("name").page(1, 30));
    kept.close();
    if (sorted.length !== all.length) throw new Error("the order lost records");
    return { counts: { all: all.length, even: even.length, page: items.length }, milliseconds };
  }, records);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const records = Number(process.argv[2] ?? 20_000);
  const site = await startSite({ "index.html": OFFLINE_PAGE });
  const browser = await launch();
  try {
    await keepMany(site, records);
    const { page } = await openPage(browser, site.url);
    for (const what of ["from the server", "from the browser"]) {
      const { milliseconds } = await measure(page, site.url, records);
      console.log(`${records} records ${what}, milliseconds: ${JSON.stringify(milliseconds)}`);
    }
  } finally {
    await browser.close();
    await site.stop();
  }
}
