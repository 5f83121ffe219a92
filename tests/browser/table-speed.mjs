// How fast the table of a large collection is: LUGE_BIN=… node table-speed.mjs [RECORDS]
// Prints how long the first rows take to be painted, and how even the frames are while it scrolls.

import { fill } from "./fill.mjs";
import { signedIn } from "./signed-in.mjs";
import { tasks, traced } from "./trace.mjs";

const ROUNDS = 7;
/** Milliseconds between two frames from which on a hand notices. */
const LONG_FRAME = 50;
const SCROLLS = [
  ["120 px a frame", { step: 120, frames: 600 }],
  ["4,000 px a frame", { step: 4_000, frames: 600 }],
  ["anywhere every 20 frames", { every: 20, frames: 400 }],
  ["the scrollbar dragged to the end and back", { drag: 300, frames: 600 }],
  ["the wheel flung three times", { flings: 3, frames: 300 }],
  ["Page down held", { pages: 150, frames: 300 }],
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
  await fill(ask, "dogs", records, (at) => ({
    name: `dog ${at}`, age: at % 17, note: "n".repeat(60), kind: "hound", owner,
  }));
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
  const { answer: gaps, events } = await traced(page, async () => {
    const [gaps] = await Promise.all([page.evaluate(scrolled, how), byHand(how)]);
    return gaps;
  });
  const rows = await page.locator("[role=grid] [data-id]").count();
  const long = gaps.filter((gap) => gap > LONG_FRAME).length;
  tell(`frames, ${name} (${long} over ${LONG_FRAME}; ${rows} rows in the document)`, gaps);
  const work = tasks(events);
  const heavy = work.filter((task) => task > LONG_FRAME).length;
  tell(`  tasks of the page, processor time (${heavy} over ${LONG_FRAME})`, work);
}

function scrolled({ step, every, drag, frames }) {
  const grid = document.querySelector("[role=grid]");
  const move = (frame) => {
    const whole = grid.scrollHeight - grid.clientHeight;
    if (step) grid.scrollTop += step;
    else if (every && frame % every === 0) grid.scrollTop = Math.random() * whole;
    else if (drag) grid.scrollTop = whole * (1 - Math.abs(1 - frame / drag));
  };
  return new Promise((resolve) => {
    const gaps = [];
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (gaps.length > frames) return resolve(gaps.slice(1));
      move(gaps.length);
      return requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Turns the wheel, each time fast at first and slower then, and presses the key. */
async function byHand({ flings = 0, pages = 0 }) {
  const grid = page.getByRole("grid");
  if (flings > 0) await grid.hover();
  for (let turn = 0; turn < flings * 50; turn += 1) {
    await page.mouse.wheel(0, 4_000 * Math.exp(-(turn % 50) / 15));
  }
  for (let turn = 0; turn < pages; turn += 1) await grid.press("PageDown");
}

function tell(what, milliseconds) {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const figures = [sorted[0], at(0.5), at(0.99), sorted.at(-1)].map((one) => Math.round(one));
  const [min, median, p99, max] = figures;
  console.log(`${what}: min ${min}, median ${median}, p99 ${p99}, max ${max}`);
}
