/** The table of records: what is drawn, how columns stand, and what keys and menus mean. */
import type { Collection, Field } from "@luge/client/admin";
import { expect, test, vi } from "vitest";

vi.mock("../src/fields/index.ts", () => ({
  kindOf: (type: string) => ({ shown: type !== "password" }),
}));

const { spanOf, reveal, firstSeen, drawnAtMost } = await import("../src/pages/records/window.ts");
const columns = await import("../src/pages/records/columns.ts");
const { commandOf } = await import("../src/pages/records/keyboard.ts");
const { snippetOf } = await import("../src/pages/records/highlight.ts");
const { csvCell } = await import("../src/state/csv.ts");
const { written } = await import("../src/pages/records/export.ts");
const { emptyOf, filterFor } = await import("../src/pages/records/cell-value.ts");
const { consequencesOf } = await import("../src/pages/records/consequences.ts");
const { sumsOf } = await import("../src/pages/records/sums.ts");

const sight = { scrollTop: 0, height: 380, rowHeight: 38, total: 100_000 };

test.each([0, 1, 38, 5_000, 1_900_000, 100_000 * 38 - 380])(
  "scrolled by %d, few rows are drawn, and they cover what is seen",
  (scrollTop) => {
    const { first, end, offset, size } = spanOf({ ...sight, scrollTop });
    expect(end - first).toBeLessThanOrEqual(drawnAtMost(sight));
    expect(end - first).toBeLessThan(40);
    expect(offset).toBeLessThanOrEqual(scrollTop);
    expect(offset + (end - first) * 38).toBeGreaterThanOrEqual(Math.min(scrollTop + 380, size));
  },
);

test("a list that no browser could draw is still reached to its last row", () => {
  const huge = { ...sight, total: 5_000_000 };
  const { size } = spanOf(huge);
  expect(size).toBeLessThan(10_000_000);
  const { end, offset, first } = spanOf({ ...huge, scrollTop: size - 380 });
  expect(end).toBe(5_000_000);
  expect(offset + (end - first) * 38).toBeCloseTo(size, 3);
  const scrollTop = reveal(2_500_000, huge);
  const seen = spanOf({ ...huge, scrollTop });
  expect(seen.first).toBeLessThanOrEqual(2_500_000);
  expect(seen.end).toBeGreaterThan(2_500_000);
});

test("a row that is seen is not scrolled to", () => {
  expect(reveal(3, sight)).toBe(0);
  expect(reveal(20, sight)).toBe(21 * 38 - 380);
  expect(firstSeen({ ...sight, scrollTop: 39 })).toBe(2);
  expect(spanOf({ ...sight, total: 0 })).toEqual({ first: 0, end: 0, offset: 0, size: 0 });
});

const fields = [
  { name: "id", type: "text" },
  { name: "made", type: "autodate" },
  { name: "title", type: "text" },
  { name: "price", type: "number" },
  { name: "secret", type: "password" },
] as Field[];
const shop = { id: "c1", name: "shop", fields } as Collection;
const names = (layout: { name: string }[]) => layout.map(({ name }) => name);

test("columns survive their address, whatever else it says", () => {
  const plain = columns.plainLayout(shop);
  expect(names(plain)).toEqual(["id", "title", "price", "made"]);
  const changed = columns.changed(plain, "price", { hidden: true, wrap: true });
  const wide = columns.changed(changed, "title", { wrap: true, width: 300 });
  const written = columns.writeColumns(wide);
  expect(written).toBe("id.172.p,title.300.w,made.190");
  const read = columns.readColumns(shop, written)!;
  expect(columns.writeColumns(read)).toBe(written);
  expect(read.find(({ name }) => name === "price")?.hidden).toBe(true);
  expect(columns.readColumns(shop, "")).toBeUndefined();
  expect(columns.readColumns(shop, "nothing.12,secret.50")).toBeUndefined();
  expect(columns.readColumns(shop, "title.NaN,title")![0]?.width).toBe(216);
  expect(columns.readColumns(shop, "title.1e9")![0]?.width).toBe(columns.WIDEST);
});

test("what a layout does not know of is added, and what is gone is left out", () => {
  const kept = [{ name: "gone" }, { name: "price", hidden: true }];
  expect(names(columns.fitting(shop, kept))).toEqual(["price", "id", "title", "made"]);
});

test("columns move among those that are shown", () => {
  const plain = columns.plainLayout(shop);
  expect(names(columns.stepped(plain, "title", 1))).toEqual(["id", "price", "title", "made"]);
  expect(names(columns.stepped(plain, "made", 1))).toEqual(["id", "title", "price", "made"]);
  expect(names(columns.stepped(plain, "id", -1))).toEqual(["id", "title", "price", "made"]);
  expect(names(columns.moved(plain, "made", "title"))).toEqual(["id", "made", "title", "price"]);
  const pinned = columns.shownOf(columns.changed(plain, "made", { pinned: true }));
  expect(names(pinned)).toEqual(["id", "made", "title", "price"]);
});

const at = { row: 5, column: 1 };
const bounds = { rows: 10, columns: 3, screen: 4 };
const key = (key: string, more = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, ...more } as KeyboardEvent, at, bounds);

test.each([
  ["j", {}, { row: 6, column: 1 }],
  ["k", {}, { row: 4, column: 1 }],
  ["PageDown", {}, { row: 9, column: 1 }],
  ["ArrowLeft", {}, { row: 5, column: 0 }],
  ["End", {}, { row: 5, column: 2 }],
  ["End", { ctrlKey: true }, { row: 9, column: 2 }],
  ["Home", { metaKey: true }, { row: 0, column: 0 }],
])("%s %j goes to a cell that there is", (name, more, to) =>
  expect(key(name, more)).toMatchObject({ kind: "go", to }),
);

test("other keys are left to the browser", () => {
  expect(key("x")).toBeUndefined();
  expect(key("j", { ctrlKey: true })).toBeUndefined();
  expect(key("ArrowDown", { altKey: true })).toBeUndefined();
  expect(key("a", { ctrlKey: true })).toEqual({ kind: "everything" });
  expect(key(" ", { shiftKey: true })).toEqual({ kind: "range" });
});

test("a snippet is text, whatever it holds", () => {
  expect(snippetOf("a &lt;img onerror=x&gt; <mark>b &amp;amp;</mark> c")).toEqual([
    { text: "a <img onerror=x> ", found: false },
    { text: "b &amp;", found: true },
    { text: " c", found: false },
  ]);
});

test.each([
  ["=1+1", `'=1+1`],
  ["@x", "'@x"],
  ["\tx", "'\tx"],
  ["+1", "'+1"],
  [-1, "-1"],
  ["plain", "plain"],
  [`a "b", c`, `"a ""b"", c"`],
  ["line\nbreak", `"line\nbreak"`],
  [["a", "b"], `"a,b"`],
  [null, ""],
  [{ lon: 1 }, `"{""lon"":1}"`],
])("the cell %j is written as %j", (value, cell) => expect(csvCell(value, true)).toBe(cell));

test("only who asks for it gets formulas", () => expect(csvCell("=1", false)).toBe("=1"));

test.each([
  ["csv", "id,n\r\na,1\r\nb,\r\n"],
  ["ndjson", '{"id":"a","n":1}\n{"id":"b"}\n'],
  ["json", '[\n{"id":"a","n":1},\n{"id":"b"}\n]\n'],
] as const)("records as %s", async (format, expected) => {
  async function* rows() {
    yield { id: "a", n: 1, secret: "x" };
    yield { id: "b" };
  }
  let text = "";
  const counts: number[] = [];
  const shape = { format, fields: ["id", "n"], guarded: true };
  for await (const piece of written(rows(), shape, (count) => counts.push(count))) text += piece;
  expect(text).toBe(expected);
  expect(counts.at(-1)).toBe(2);
});

test("a value becomes a filter, bound as a value", () => {
  const text = { name: "t", type: "text" } as Field;
  expect(filterFor(text, "a' || 1 = 1", true)).toBe(String.raw`t = 'a\' || 1 = 1'`);
  expect(filterFor(text, "", false)).toBe("t != ''");
  expect(filterFor({ name: "n", type: "number" } as Field, 3, true)).toBe("n = 3");
  expect(filterFor({ name: "s", type: "select" } as Field, ["a"], true)).toBe("s ~ 'a'");
  expect(filterFor({ name: "j", type: "json" } as Field, {}, true)).toBeUndefined();
});

test("what cannot be empty is not emptied", () => {
  expect(emptyOf({ name: "t", type: "text", required: true } as Field)).toBeUndefined();
  expect(emptyOf({ name: "id", type: "text" } as Field)).toBeUndefined();
  expect(emptyOf({ name: "m", type: "autodate" } as Field)).toBeUndefined();
  expect(emptyOf({ name: "s", type: "select", maxSelect: 3 } as Field)).toEqual({ value: [] });
});

test("deleting tells what else it does", () => {
  const of = { type: "relation", collectionId: "c1" };
  const relation = (name: string, more = {}) => ({ name, ...of, ...more });
  const other = {
    name: "orders",
    type: "base",
    fields: [
      relation("a"),
      relation("b", { required: true }),
      relation("c", { required: true, cascadeDelete: true }),
      relation("d", { collectionId: "c2" }),
    ],
  } as unknown as Collection;
  const found = consequencesOf(shop, [shop, other]).map(({ field, key }) => [field, key]);
  expect(found).toEqual([
    ["a", "bulk.clears"],
    ["b", "bulk.refuses"],
    ["c", "bulk.cascades"],
  ]);
});

test("only numbers are added up", () => {
  expect(sumsOf([1, 2, "3", null, 6])).toEqual({ sum: 9, avg: 3, min: 1, max: 6 });
  expect(sumsOf(["x"])).toBeUndefined();
});
