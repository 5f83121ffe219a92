// Records from a file in the dashboard.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";
import { states, zip, zipsAsCsv } from "./zips.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const ROWS = Number(process.env.IMPORT_ROWS ?? 5_000);
/** Milliseconds for which the page may not answer to anybody. */
const LONGEST_TASK = 200;
/** Other programs take the processor from a page too: so much of the time it may be slower. */
const SLOWER_SHARE = 0.05;

let server;
let page;
let wrongs;
let ask;
let end;

const open = (path) => page.goto(`${server.url}/_${path}`);
const at = (path) => page.waitForURL((url) => url.pathname === `/_${path}`);
const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const rowsOf = (name, query = "") => ask(`/api/collections/${name}/records?${query}`);
const total = async (name) => (await rowsOf(name, "perPage=1")).totalItems;

/** Chooses a file made of text or bytes. */
const choose = (name, content) =>
  field("Choose a file", page.locator("main"))
    .and(page.locator("input"))
    .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

const check = () => button("Check all rows").click();
const errors = () => region("Check").locator("tbody tr").allInnerTexts();
const start = () => page.getByRole("button", { name: /^Import [\d,]+ rows?$/ }).click();

/** Notes how long the page was busy at most, once it has seen that it can. */
async function watchTasks() {
  await page.evaluate(async () => {
    globalThis.tasks = [];
    const seen = await new Promise((resolve) => {
      globalThis.watcher = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          globalThis.longest = Math.max(globalThis.longest ?? 0, duration);
          globalThis.tasks.push(duration);
        }
        resolve(globalThis.longest);
      });
      globalThis.watcher.observe({ type: "longtask" });
      setTimeout(() => {
        const end = performance.now() + 100;
        while (performance.now() < end);
      });
    });
    if (seen < 100) throw new Error(`a task of 100 ms was seen as one of ${seen}`);
    globalThis.longest = 0;
    globalThis.tasks = [];
  });
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", {
    name: "states",
    type: "base",
    fields: [{ name: "short", type: "text" }],
    indexes: ["CREATE UNIQUE INDEX idx_short ON states (short)"],
  });
  for (const short of states) await ask("/api/collections/states/records", { short });
  const { id } = await ask("/api/collections/states");
  await ask("/api/collections", {
    name: "zips",
    type: "base",
    indexes: ["CREATE UNIQUE INDEX idx_code ON zips (code)"],
    fields: [
      { name: "code", type: "text", required: true },
      { name: "city", type: "text" },
      { name: "state", type: "relation", collectionId: id, maxSelect: 1 },
      { name: "place", type: "geoPoint" },
      { name: "population", type: "number", onlyInt: true, min: 0 },
    ],
  });
});

after(async () => {
  await end?.();
});

test("F8: a file is dropped, its form told, its columns matched", { skip }, async () => {
  await open("/collections/zips/records");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await at("/collections/zips/import");
  await judge(page, "an import without a file");
  const data = await page.evaluateHandle((text) => {
    const made = new DataTransfer();
    made.items.add(new File([text], "zips.csv", { type: "text/csv" }));
    return made;
  }, zipsAsCsv(ROWS));
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: data });
  await said("zips.csv");
  assert.equal(await field("Format").inputValue(), "csv");
  assert.equal(await field("Encoding").inputValue(), "utf-8");
  assert.equal(await field("Between columns").inputValue(), ",");
  const chosen = (name) => field(`Source of ${name}`).locator("option:checked").innerText();
  assert.equal(await chosen("code"), "code");
  assert.equal(await chosen("place"), "Longitude and latitude in two columns");
  const longitude = field("Longitude of place").locator("option:checked");
  assert.equal(await longitude.innerText(), "longitude");
  await field("Cells of state hold").selectOption("short");
  await judge(page, "the columns of an import");
});

test("F8: the check reads every row and writes none", { skip }, async () => {
  await watchTasks();
  await check();
  await said(`${ROWS.toLocaleString("en")} rows can be imported.`);
  assert.equal(await total("zips"), 0);
});

test("F8: a lost answer imports nothing twice; the page never freezes", { skip }, async () => {
  await said("Batches are off in the settings");
  await button("Turn batches on").click();
  await page.getByText("Batches are off").waitFor({ state: "detached" });
  let batches = 0;
  await page.route("**/api/batch", async (route) => {
    batches += 1;
    if (batches !== 2) return route.fallback();
    // The server has done it, and the page never learns of it.
    await route.fetch();
    await route.abort();
  });
  const began = performance.now();
  await start();
  await page.getByText(/^Done: /).waitFor({ timeout: 600_000 });
  const seconds = (performance.now() - began) / 1000;
  await page.unroute("**/api/batch");
  const { longest, tasks } = await page.evaluate(() => {
    globalThis.watcher.disconnect();
    const { longest, tasks } = globalThis;
    return { longest, tasks };
  });
  console.info(`${ROWS} rows in ${seconds.toFixed(1)} s; longest task ${longest} ms`);
  const slow = tasks.filter((task) => task > LONGEST_TASK).reduce((sum, task) => sum + task, 0);
  assert.ok(slow <= seconds * 1000 * SLOWER_SHARE, `the page was busy for ${tasks} ms`);
  await said(`${ROWS.toLocaleString("en")} added`);
  assert.equal(await total("zips"), ROWS);
  for (const position of [0, 7, ROWS - 1]) {
    const { code, city, state, longitude, latitude, population } = zip(position);
    const query = `expand=state&filter=${encodeURIComponent(`code = "${code}"`)}`;
    const [found] = (await rowsOf("zips", query)).items;
    assert.equal(found.city, city);
    assert.equal(found.expand.state.short, state);
    assert.deepEqual(found.place, { lon: longitude, lat: latitude });
    assert.equal(found.population, population);
  }
  await judge(page, "an import that is done");
});

test("F8: wrong values name line, field and reason, and are given back", { skip }, async () => {
  await open("/collections/zips/import");
  const text = [
    "code;city;state;place;population",
    "90000;Good;NY;13.4,52.5;12",
    ";No code;NY;;1",
    "90001;Bad number;NY;;1,5",
    "90002;Bad state;Atlantis;;1",
    "90003;Bad point;NY;200,10;1",
    '90004;"Two\nlines";NY;;-1',
    "00501;Taken;NY;;1",
    "90005;Also good;;;",
  ].join("\n");
  await choose("wrong.csv", text);
  assert.equal(await field("Between columns").inputValue(), ";");
  await field("Cells of state hold").selectOption("short");
  await check();
  await said("3 rows can be imported.");
  assert.deepEqual(await errors(), [
    "3\tcode: It is required, and the row has no value for it.",
    "4\tpopulation: “1,5” is not a number written like 1234.5.",
    "5\tstate: No record of states has “Atlantis” as its short.",
    "6\tplace: A longitude of 200 is not between -180 and 180.",
    "7\tpopulation: -1 is less than 0.",
  ]);
  await judge(page, "errors of an import");
  await start();
  await said(/^Done: /);
  await said("2 added · 0 updated");
  const download = page.waitForEvent("download");
  await button("Download the rejected rows").click();
  const file = await download;
  assert.equal(file.suggestedFilename(), "wrong-rejected.csv");
  const rejected = await readFile(await file.path(), "utf8");
  const lines = rejected.split("\r\n");
  assert.equal(lines[0], "code;city;state;place;population;import_line;import_reason");
  assert.match(rejected, /90004;"Two\nlines";NY;;-1;7;population: -1 is less than 0\./);
  assert.match(rejected, /00501;Taken;NY;;1;9;code: /, "what the server refuses");
  assert.equal(await total("zips"), ROWS + 2);
});

test("F8: records are updated by a unique field, and by their id", { skip }, async () => {
  await open("/collections/zips/import");
  const rows = [{ code: "90000", city: "Better" }, { code: "90009", city: "New" }];
  await choose("update.ndjson", rows.map((row) => JSON.stringify(row)).join("\n"));
  assert.equal(await field("Format").inputValue(), "ndjson");
  await field("Rows whose record is there already").selectOption("code");
  await check();
  await said("2 rows can be imported. 1 record is added. 1 record is updated.");
  await start();
  await said("1 added · 1 updated · 0 rejected");
  const [better] = (await rowsOf("zips", 'filter=code="90000"')).items;
  assert.equal(better.city, "Better");
  assert.equal(better.population, 12, "what the file does not have stays");

  await open("/collections/zips/import");
  await choose("ids.json", JSON.stringify([{ id: better.id, city: "Best" }]));
  await field("Source of code").selectOption("constant");
  await field("Value of code").fill("90000");
  await field("Rows whose record is there already").selectOption("id");
  await check();
  await said("1 record is updated.");
  await start();
  await said("0 added · 1 updated · 0 rejected");
  const [best] = (await rowsOf("zips", 'filter=code="90000"')).items;
  assert.equal(best.city, "Best");
});

test("F8: an import is paused, goes on, and is cancelled", { skip }, async () => {
  const before = await total("zips");
  await open("/collections/zips/import");
  const lines = ["code", ...Array.from({ length: 400 }, (_, row) => `P${row}`)];
  await choose("paused.csv", lines.join("\n"));
  await check();
  await said("400 rows can be imported.");
  /** Batches wait here until they are let through. */
  const held = [];
  let arrived;
  let next = new Promise((resolve) => (arrived = resolve));
  await page.route("**/api/batch", (route) => {
    held.push(route);
    arrived();
  });
  const letThrough = async () => {
    await next;
    next = new Promise((resolve) => (arrived = resolve));
    await held.shift().fallback();
  };
  await start();
  await letThrough();
  await next;
  await button("Pause").click();
  await said("Paused. Nothing is sent until you go on.");
  await letThrough();
  await said("100 added");
  await judge(page, "a paused import");
  assert.equal(await total("zips"), before + 100);
  await button("Go on").click();
  await letThrough();
  await next;
  await button("Cancel the import").click();
  await letThrough();
  await said("Cancelled. What was imported so far stays.");
  await page.unroute("**/api/batch");
  const added = (await total("zips")) - before;
  assert.ok(added === 200, `${added} records were added`);
});

test("F8: an overloaded server is waited for", { skip }, async () => {
  await open("/collections/zips/import");
  await choose("wait.csv", "code\nW1\nW2\n");
  await check();
  await said("2 rows can be imported.");
  let tries = 0;
  await page.route("**/api/batch", (route) => {
    tries += 1;
    if (tries > 1) return route.fallback();
    const body = JSON.stringify({ status: 429, message: "Slow down.", data: {} });
    return route.fulfill({ status: 429, headers: { "Retry-After": "1" }, body });
  });
  await start();
  await said("Waiting 1 s before the next attempt.");
  await said("2 added");
  await page.unroute("**/api/batch");
});

test("F8: UTF-16, Latin-1, and what cannot be read", { skip }, async () => {
  await open("/collections/zips/import");
  await choose("utf16.csv", Buffer.from("\ufeffcode,city\nU1,Zürich\n", "utf16le"));
  assert.equal(await field("Encoding").inputValue(), "utf-16le");
  await said("Zürich");
  await button("Another file").click();
  await choose("latin.csv", Buffer.from("code,city\nL1,Zürich\n", "latin1"));
  assert.equal(await field("Encoding").inputValue(), "windows-1252");
  await said("Zürich");
  await field("Encoding").selectOption("utf-8");
  await said("This is not UTF-8");
  await judge(page, "a file in another encoding");
  await field("Encoding").selectOption("windows-1252");
  await said("Zürich");
  await button("Another file").click();
  await choose("empty.csv", "");
  await said("The file is empty.");
  await button("Another file").click();
  await choose("header.csv", "code,city\n");
  await said("There are no rows in it.");
});

test("F11: rows of a spreadsheet are pasted", { skip }, async () => {
  await open("/collections/zips/import");
  await button("Paste rows").click();
  await field("Rows of a spreadsheet or a file").fill("code\tcity\nS1\tPasted\nS2\tToo\n");
  await button("Use these rows").click();
  assert.equal(await field("Between columns").inputValue(), "\t");
  await check();
  await said("2 rows can be imported.");
  await start();
  await said("2 added");
});

test("F8: a collection is created from a file", { skip }, async () => {
  await open("/collections/new");
  await page.getByRole("link", { name: "From a file" }).click();
  await at("/collections/import");
  await choose("US zips.csv", zipsAsCsv(20));
  assert.equal(await field("Name of the collection").inputValue(), "us_zips");
  assert.equal(await field("Type of code").inputValue(), "text", "a code is no number");
  assert.equal(await field("Type of population").inputValue(), "number");
  await field("Field of city").fill("code");
  await button("Create collection and go on").click();
  await page.locator('[aria-invalid="true"]').waitFor();
  await judge(page, "a collection from a file");
  await field("Field of city").fill("town");
  await field("Make a field of state").uncheck();
  await button("Create collection and go on").click();
  await at("/collections/us_zips/import");
  await said("US zips.csv");
  await field("Source of town").selectOption({ label: "city" });
  await said("Not imported: state");
  await check();
  await said("20 rows can be imported.");
  await start();
  await said("20 added");
  await page.getByRole("link", { name: "Show the records" }).click();
  await at("/collections/us_zips/records");
  const [first] = (await rowsOf("us_zips", "perPage=1")).items;
  assert.equal(first.town, zip(0).city);
  const { listRule } = await ask("/api/collections/us_zips");
  assert.equal(listRule, null, "it is not open to everyone");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const expected = /status of (400|429)|Failed to load resource/;
  assert.deepEqual(wrongs.filter((wrong) => !expected.test(wrong)), []);
});
