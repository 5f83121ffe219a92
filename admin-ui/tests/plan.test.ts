/** What a plan means for a person. */
import type { CollectionPlan } from "@luge/client/admin";
import { expect, test } from "vitest";
import {
  linesOf,
  losesRecords,
  mentionsOf,
  shownValue,
  valuesGone,
} from "../src/pages/definition/review/plan.ts";

const nothing: CollectionPlan = {
  valid: true,
  violations: {},
  name: null,
  fields: { added: [], dropped: [], renamed: [], changed: [] },
  indexes: { added: [], dropped: [], renamed: [], changed: [] },
  options: {},
  records: { total: 5, converted: 0, indexed: 0, lost: [], duplicates: [], complete: true },
  references: [],
  rewritten: [],
};
const field = { id: "f", name: "title", type: "text" as const };
const reference = {
  collection: "posts",
  place: "listRule",
  position: 1,
  written: "title",
  names: "posts.title",
  becomes: null,
  certain: true,
  text: "title != ''",
};

test("what is dropped is marked, what is added is not", () => {
  const fields = { ...nothing.fields, added: [field], dropped: [field] };
  const lines = linesOf({ ...nothing, fields });
  expect(lines.map(({ kind, destructive }) => [kind, destructive])).toEqual([
    ["dropped", true],
    ["added", false],
  ]);
});

test("a field that takes one value instead of several is marked", () => {
  const values = { from: "multiple" as const, to: "single" as const };
  const options = { maxSelect: { from: 3, to: 1 } };
  const fields = { ...nothing.fields, changed: [{ id: "f", name: "tags", options, values }] };
  const kinds = linesOf({ ...nothing, fields }).map(({ kind, destructive }) => [kind, destructive]);
  expect(kinds).toEqual([
    ["changed", false],
    ["single", true],
  ]);
});

test("nothing that changes is no line", () => {
  expect(linesOf(nothing)).toEqual([]);
});

test("only what loses records asks for the name", () => {
  const dropped = { ...nothing, fields: { ...nothing.fields, dropped: [field] } };
  const lost = [{ field: "title", reason: "dropped", records: 2, values: 2 }];
  expect(losesRecords(nothing)).toBe(false);
  expect(losesRecords(dropped)).toBe(false);
  expect(losesRecords({ ...dropped, records: { ...nothing.records, lost } })).toBe(true);
  const uncounted = { ...nothing.records, complete: false };
  expect(losesRecords({ ...dropped, records: uncounted })).toBe(true);
  expect(losesRecords({ ...nothing, records: uncounted })).toBe(false);
  expect(losesRecords({ ...dropped, records: { ...uncounted, total: 0 } })).toBe(false);
});

test("a place is told once, and what the server rewrites breaks nothing", () => {
  const rewritten = [{ collection: "posts", place: "listRule", from: "a", to: "b" }];
  const references = [reference, { ...reference, position: 9 }];
  expect(mentionsOf({ ...nothing, references }).map(({ state }) => state)).toEqual(["breaks"]);
  const told = mentionsOf({ ...nothing, references, rewritten });
  expect(told).toEqual([
    { collection: "posts", place: "listRule", state: "rewritten", text: "a", becomes: "b" },
  ]);
});

test("an index that goes with its field is no mention, an uncertain word may be one", () => {
  const text = "CREATE INDEX a ON posts (title)";
  const references = [
    { ...reference, place: "indexes.0", text },
    { ...reference, place: "viewQuery", certain: false },
  ];
  const indexes = { ...nothing.indexes, dropped: [text] };
  const told = mentionsOf({ ...nothing, references, indexes });
  expect(told.map(({ place, state }) => [place, state])).toEqual([["viewQuery", "maybe"]]);
});

test("a rule that the server rewrites is told once", () => {
  const options = { listRule: { from: "a", to: "b" } };
  const rewritten = [{ collection: "posts", place: "listRule", from: "a", to: "b" }];
  expect(linesOf({ ...nothing, options, rewritten })).toEqual([]);
  const other = [{ ...rewritten[0]!, to: "c" }];
  expect(linesOf({ ...nothing, options, rewritten: other })).toHaveLength(1);
});

test("values that go are found, new ones are not", () => {
  const options = { values: { from: ["a", "b"], to: ["b", "c"] } };
  const fields = { ...nothing.fields, changed: [{ id: "f", name: "state", options }] };
  expect(valuesGone({ ...nothing, fields })).toEqual([{ field: "state", value: "a" }]);
  const other = { help: { from: "", to: "x" } };
  const helped = { ...nothing.fields, changed: [{ id: "f", name: "state", options: other }] };
  expect(valuesGone({ ...nothing, fields: helped })).toEqual([]);
});

test.each([[undefined], [null], [""]])("%j is nothing", (value) => {
  expect(shownValue(value)).toBeUndefined();
});

test("false and 0 are values", () => {
  expect([false, 0, "a", ["b"]].map(shownValue)).toEqual(["false", "0", "a", '["b"]']);
});

test("of a large option only what changes is told, and not what is rewritten", () => {
  const search = (fields: object, enabled: boolean) => {
    return { fields, typo: { enabled, twoFrom: 8 } };
  };
  const weight = { weight: 1 };
  const options = {
    search: { from: search({ title: weight }, true), to: search({ heading: weight }, false) },
  };
  const place = "search.fields.title";
  const rewritten = [{ collection: "things", place, from: "title", to: "heading" }];
  expect(linesOf({ ...nothing, options, rewritten })).toEqual([
    {
      kind: "option",
      values: { name: "search.typo.enabled" },
      change: { from: true, to: false },
      destructive: false,
    },
  ]);
});
