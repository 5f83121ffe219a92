/** All rules at a glance: what each amounts to, what is shown, and what is exported. */
import type { Collection } from "@luge/client/admin";
import { expect, test } from "vitest";
import {
  csvOf,
  jsonOf,
  publicWrites,
  rowsOf,
  standingOf,
  type Shown,
} from "../src/pages/rule-matrix/matrix.ts";

const closed = {
  listRule: null,
  viewRule: null,
  createRule: null,
  updateRule: null,
  deleteRule: null,
};
const make = (name: string, type: Collection["type"], rules: object) =>
  ({ id: name, name, type, fields: [], ...closed, ...rules }) as unknown as Collection;
const all = [
  make("notes", "base", { listRule: "", createRule: "", updateRule: 'title = "a, b"' }),
  make("users", "auth", { authRule: "", manageRule: null, viewRule: "id = @request.auth.id" }),
  make("totals", "view", { listRule: "" }),
  make("vault", "base", {}),
];

test.each([
  ["listRule", null, "locked"],
  ["listRule", "", "public"],
  ["deleteRule", "a = 1", "expression"],
  ["authRule", "", "accounts"],
  ["authRule", null, "nobody"],
  ["manageRule", "", "public"],
] as const)("%s %j is %s", (name, rule, standing) => {
  expect(standingOf(name, rule)).toBe(standing);
});

test.each<[Shown, string[]]>([
  ["all", ["notes", "users", "totals", "vault"]],
  ["publicReads", ["notes", "totals"]],
  ["publicWrites", ["notes"]],
  ["expressions", ["notes", "users"]],
  ["locked", ["notes", "users", "totals", "vault"]],
])("of %s there are %j", (shown, names) => {
  expect(rowsOf(all, shown).map(({ collection }) => collection.name)).toEqual(names);
});

test("only writes that are open to everyone are counted", () => {
  expect(publicWrites(all)).toBe(1);
  expect(publicWrites([all[3]!])).toBe(0);
});

test("rules that a type has not are no locked ones", () => {
  const [, , totals] = rowsOf(all, "all");
  expect(totals?.cells.filter(({ standing }) => standing).map(({ name }) => name)).toEqual([
    "listRule",
    "viewRule",
  ]);
});

test("a table for spreadsheets keeps every text whole", () => {
  const lines = csvOf(rowsOf(all, "publicWrites")).split("\r\n");
  expect(lines).toEqual([
    "collection,rule,standing,expression",
    "notes,listRule,public,",
    "notes,viewRule,locked,",
    "notes,createRule,public,",
    'notes,updateRule,expression,"title = ""a, b"""',
    "notes,deleteRule,locked,",
    "",
  ]);
});

test("JSON tells what is locked from what is public", () => {
  expect(JSON.parse(jsonOf(rowsOf([all[2]!], "all")))).toEqual([
    { name: "totals", type: "view", listRule: "", viewRule: null },
  ]);
});
