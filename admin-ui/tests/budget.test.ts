/** The size of the built dashboard, and what it may not contain. Run after `npm run build`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const ENTRY_LIMIT_BYTES = 90_000;
/** Most of it is loaded by what needs it alone: rich text, Markdown, code, schemas, the map. */
const WHOLE_LIMIT_BYTES = 1_150_000;
const PART_LIMIT_BYTES = 125_000;

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const html = readFileSync(`${dist}index.html`, "utf8");
const compressed = (path: string) => gzipSync(readFileSync(dist + path), { level: 9 }).length;
const sum = (paths: string[]) => paths.reduce((total, path) => total + compressed(path), 0);

test("what every visitor loads stays small", () => {
  const entry = [...html.matchAll(/(?:src|href)="\/_\/([^"]+\.(?:js|css))"/g)].map(
    ([, path]) => path!,
  );
  expect(entry.length).toBeGreaterThan(1);
  const size = sum(entry);
  console.info(`entry: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(ENTRY_LIMIT_BYTES);
});

test("all of it stays small, and so does each part", () => {
  const parts = readdirSync(`${dist}assets`).map((name) => ({
    name,
    size: compressed(`assets/${name}`),
  }));
  expect(parts.filter(({ size }) => size > PART_LIMIT_BYTES)).toEqual([]);
  const size = parts.reduce((total, part) => total + part.size, 0);
  console.info(`all: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(WHOLE_LIMIT_BYTES);
});

test("the page needs no inline script or style, and nothing from elsewhere", () => {
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(html).not.toMatch(/(?:src|href)="(?!\/_\/)/);
});
