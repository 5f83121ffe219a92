// How fast the table of a large collection is: LUGE_BIN=… node table-speed.mjs [RECORDS]
// Prints how long the first rows take to be painted, and how even the frames are while it scrolls.

import { signedIn } from "./signed-in.mjs";

const BATCH = 1_000;
const ROUNDS = 7;
/** Milliseconds between two frames from which on a hand notices. */
const LONG_FRAME = 50;
const SCROLLS = [
  ["120 px a frame", { step: 120, frames: 600 }],
  ["4,000 px a frame", { step: 4_000, frames: 600 }],
  ["anywhere every 20 frames", { step: 0, frames: 400 }],
];

const records = Number(process.argv[2] ?? 100_000);
const { server, page, ask, end } = await signedIn(process.env.LUGE_BIN);
try {
  await make();
  console.log(`${records} records, milliseconds`);
  tell("first rows, address opened", await rounds(opened));
  tell("first rows, link followed", await rounds(followed));
  for (const [name, how] of SCROLLS) await scroll(name, how);
} finally {
  await end();
}

/** The collection, with a relation to another one, and its records. */
async function make() {
  const batch = { enabled: true, maxRequests: BATCH, timeout: 60 };
  await ask("/api/settings", { batch }, { method: "PATCH" });
  const name = { name: "name", type: "text" };
  const people = await ask("/api/collections", {
    name: "people",
    fields: [{ ...name, presentable: true }],
  });
  const { id: owner } = await ask("/api/collections/people/records", { name: "Ada" });
  await ask("/api/collections", {
    name: "dogs",
    fields: [
      name,
      { name: "age", type: "number" },
      { name: "note", type: "text" },
      { name: "kind", type: "select", values: ["hound", "terrier"], maxSelect: 1 },
      { name: "owner", type: "relation", collectionId: people.id, maxSelect: 1 },
      { name: "created", type: "autodate", onCreate: true },
    ],
  });
  for (let from = 0; from < records; from += BATCH) {
    const requests = Array.from({ length: Math.min(BATCH, records - from) }, (_, at) => ({
      method: "POST",
      url: "/api/collections/dogs/records",
      body: {
        name: `dog ${from + at}`,
        age: (from + at) % 17,
        note: "n".repeat(60),
        kind: "hound",
        owner,
      },
    }));
    await ask("/api/batch", { requests });
  }
}

async function rounds(measure) {
  const found = [];
  for (let round = 0; round < ROUNDS; round += 1) found.push(await measure());
  return found;
}

/** From the start of the navigation to the frame after rows stand there. */
async function opened() {
  await page.goto(`${server.url}/_/collections/dogs/records`, { waitUntil: "commit" });
  return page.evaluate(painted, 0);
}

/** From the click on the collection in the sidebar to the same frame. */
async function followed() {
  await page.goto(`${server.url}/_/`);
  await page.getByRole("link", { name: "dogs" }).first().waitFor();
  return page.evaluate(`(${painted})(performance.now(), "dogs")`);
}

function painted(begin, link) {
  if (link) {
    const links = [...document.querySelectorAll("nav a")];
    links.find((one) => one.textContent.trim().startsWith(link)).click();
  }
  return new Promise((resolve) => {
    const look = () => {
      if (document.querySelectorAll("[role=grid] [data-id]").length < 5) {
        return requestAnimationFrame(look);
      }
      return requestAnimationFrame(() => resolve(performance.now() - begin));
    };
    look();
  });
}

/** Gaps between frames, and the longest tasks of the page's thread, while the table scrolls. */
async function scroll(name, how) {
  await opened();
  await page.getByText(`${records.toLocaleString("en")} records`).first().waitFor();
  const cdp = await page.context().newCDPSession(page);
  const events = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const categories = "devtools.timeline,disabled-by-default-devtools.timeline";
  await cdp.send("Tracing.start", { categories, transferMode: "ReportEvents" });
  const gaps = await page.evaluate(scrolled, how);
  const complete = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
  await cdp.send("Tracing.end");
  await complete;
  await cdp.detach();
  const rows = await page.locator("[role=grid] [data-id]").count();
  const long = gaps.filter((gap) => gap > LONG_FRAME).length;
  tell(`frames, ${name} (${long} over ${LONG_FRAME}; ${rows} rows in the document)`, gaps);
  tell(`  tasks of the page, processor time`, tasks(events));
}

function scrolled({ step, frames }) {
  const grid = document.querySelector("[role=grid]");
  return new Promise((resolve) => {
    const gaps = [];
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (gaps.length > frames) return resolve(gaps.slice(1));
      if (step > 0) grid.scrollTop += step;
      else if (gaps.length % 20 === 0) grid.scrollTop = Math.random() * grid.scrollHeight;
      return requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** What the busiest thread did, in milliseconds of processor time. */
function tasks(events) {
  const run = events.filter(({ name, tdur }) => name === "RunTask" && tdur);
  const threads = new Map();
  for (const task of run) threads.set(task.tid, [...(threads.get(task.tid) ?? []), task]);
  const total = (list) => list.reduce((sum, { tdur }) => sum + tdur, 0);
  const [busiest] = [...threads.values()].sort((a, b) => total(b) - total(a));
  return busiest.map(({ tdur }) => tdur / 1_000);
}

function tell(what, milliseconds) {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const figures = [sorted[0], at(0.5), at(0.99), sorted.at(-1)].map((one) => Math.round(one));
  const [min, median, p99, max] = figures;
  console.log(`${what}: min ${min}, median ${median}, p99 ${p99}, max ${max}`);
}
