// A Chromium that notes what a page must never do, and judges what is on the screen.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export function launch() {
  const executablePath = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS });
}

// A page on a desk, with a list of everything it did wrong so far.
export async function openPage(browser, origin) {
  const context = await browser.newContext({ viewport: DESK, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const wrongs = [];
  page.on("pageerror", (error) => wrongs.push(`threw ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== origin) wrongs.push(`asked ${url}`);
  });
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) wrongs.push(message.text());
  });
  return { page, wrongs };
}

// In light and dark, on a desk and on a phone: no serious barrier, no sideways scrolling.
export async function judge(page, screen) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const viewport of [DESK, PHONE]) {
      await page.setViewportSize(viewport);
      const where = `${screen}, ${colorScheme}, ${viewport.width} px`;
      assert.deepEqual(await barriers(page), [], where);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${where}: the page is ${width} px wide`);
    }
  }
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

// What changed with the colours or the size has to be painted before it is judged.
export const settled = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });

// A colour on its way from one theme to the other is no barrier: what is one is found again.
async function barriers(page) {
  const found = await barriersNow(page);
  return found.length === 0 ? found : barriersNow(page);
}

async function barriersNow(page) {
  await settled(page);
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const violations = await page.evaluate(async (standards) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: standards });
    return violations;
  }, STANDARDS);
  return violations
    .filter(({ impact }) => impact === "critical" || impact === "serious")
    .map(({ id, nodes }) => `${id}: ${nodes.map(place).join(", ")}`);
}

function place({ target, any }) {
  return `${target.join(" ")} (${any[0]?.message ?? ""})`;
}

// What is written in a code editor.
export const written = (editor) =>
  editor.evaluate((content) =>
    [...content.querySelectorAll(".cm-line")]
      .map((line) => {
        const own = [...line.childNodes].filter((node) => !node.matches?.(".cm-placeholder"));
        return own.map(({ textContent }) => textContent).join("");
      })
      .join("\n"),
  );
