/** The list of what the dashboard does says no more than its stories show. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const STORIES = at("../../tests/browser/");
const CODED = /["`]((?:[A-L]\d+, )*[A-L]\d+): /g;

/** Which files have a story whose name begins with a code. */
function filesByCode(): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>();
  for (const name of readdirSync(STORIES).filter((each) => each.endsWith(".test.mjs"))) {
    for (const [, codes = ""] of readFileSync(STORIES + name, "utf8").matchAll(CODED)) {
      for (const code of codes.split(", ")) {
        const those = files.get(code) ?? new Set();
        files.set(code, those.add(name.replace(".test.mjs", "")));
      }
    }
  }
  return files;
}

const rows = readFileSync(at("../CHECKLIST.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| [A-L]\d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("every item is there once, and each has a state", () => {
  const codes = rows.map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(90);
  expect(new Set(codes).size).toBe(codes.length);
  for (const [, code, , , state] of rows) {
    expect(["ticked", "partly", "deferred", "missing"], code).toContain(state);
  }
});

test("what is ticked has a story in each file that it names", () => {
  const files = filesByCode();
  for (const [, code = "", , , state, stories = ""] of rows) {
    const named = stories.split(", ").filter((name) => name !== "");
    if (state === "ticked") expect(named.length, code).toBeGreaterThan(0);
    for (const name of named) expect(files.get(code)?.has(name), `${code} in ${name}`).toBe(true);
  }
});
