/** Filters as trees: what the builder can show, and that writing and reading agree. */
import { expect, test } from "vitest";
import { readFilter, writeFilter, type Group } from "../src/pages/records/filter/tree.ts";

const tree = (text: string): Group => {
  const reading = readFilter(text);
  if ("tree" in reading) return reading.tree;
  throw new Error(reading.reason);
};

test.each([
  ['a = "x"', "a = 'x'"],
  ["a='x'", "a = 'x'"],
  [String.raw`a = 'it\'s \\ \n'`, String.raw`a = 'it\'s \\ \\n'`],
  [String.raw`a = "line\n\"q\""`, `a = 'line\n"q"'`],
  ["a>=1.5&&b!=true", "a >= 1.5 && b != true"],
  ["a = 1 || b = 2 && c = 3", "a = 1 || (b = 2 && c = 3)"],
  ["(a = 1 || b = 2) && c = -3", "(a = 1 || b = 2) && c = -3"],
  ["((a = 1))", "a = 1"],
  ["when > @todayStart", "when > @todayStart"],
  ["author.name ~ 'x' && tags:length > 1", "author.name ~ 'x' && tags:length > 1"],
  ["", ""],
])("%s", (text, written) => {
  expect(writeFilter(tree(text))).toBe(written);
  expect(writeFilter(tree(written))).toBe(written);
});

test.each([
  ["a ?= 1", "any", 2],
  ["a = b", "field", 4],
  ["a = 1 // why", "comment", 6],
  ["geoDistance(a, b, 1, 2) < 3", "function", 0],
  ["a =", "unfinished", 3],
  ["a = 1 &&", "unfinished", 8],
  ["(a = 1", "unfinished", 6],
  ["a = 1)", "unknown", 5],
  ['a = "x', "unknown", 4],
  ["1 = a", "unknown", 0],
  ["a = 12x", "unknown", 4],
  ["a ! 1", "unknown", 2],
])("%s is only shown as text: %s", (text, reason, at) =>
  expect(readFilter(text)).toEqual({ reason, at }),
);

test("what is not complete is left out", () => {
  const blank = { field: "", operator: "=", value: { text: "" } } as const;
  const known = { field: "a", operator: "=", value: { word: "1" } } as const;
  expect(writeFilter({ join: "&&", items: [blank] })).toBe("");
  const inner: Group = { join: "||", items: [known, blank] };
  expect(writeFilter({ join: "&&", items: [known, inner, { join: "||", items: [blank] }] })).toBe(
    "a = 1 && a = 1",
  );
});
