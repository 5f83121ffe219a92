/** A new collection: what is sent, and where each of the server's problems is shown. */
import type { Scaffolds } from "@luge/client/admin";
import { beforeEach, expect, test, vi } from "vitest";

vi.mock("../src/fields/index.ts", () => ({
  kindOf: (type: string) => ({
    blank: type === "select" ? { values: [], maxSelect: 1 } : {},
    canBeRequired: type !== "autodate",
  }),
}));

const { Draft } = await import("../src/pages/new-collection/draft.svelte.ts");
type Drafted = InstanceType<typeof Draft>;

const id = { name: "id", type: "text" as const };
const scaffolds = {
  base: { fields: [id] },
  auth: { fields: [id, { name: "email", type: "email" }] },
} as unknown as Scaffolds;
const problem = { code: "validation_x", message: "Wrong." };
let draft: Drafted;

beforeEach(() => {
  draft = new Draft(scaffolds);
  draft.name = "posts";
  draft.keepTimes = false;
});

const report = (...paths: string[]) => {
  draft.problem = {
    message: "No.",
    fields: Object.fromEntries(paths.map((path) => [path, problem])),
  };
};

test("every rule is locked until someone opens it", () => {
  expect(draft.body()).toMatchObject({
    listRule: null,
    viewRule: null,
    createRule: null,
    updateRule: null,
    deleteRule: null,
  });
});

test.each(["", "   ", "\n"])("the empty expression %j locks, it does not open", (expression) => {
  draft.rules.listRule = { audience: "expression", expression, confirmed: false };
  expect(draft.body().listRule).toBeNull();
});

test("an expression that is left behind is not sent", () => {
  draft.rules.listRule = { audience: "superusers", expression: "a = 1", confirmed: true };
  expect(draft.body().listRule).toBeNull();
  draft.rules.listRule = { audience: "everyone", expression: "a = 1", confirmed: false };
  expect(draft.unconfirmed).toEqual(["listRule"]);
});

test("times are added last, and never twice", () => {
  draft.keepTimes = true;
  draft.add("text").name = "Created";
  const names = () => draft.body().fields?.map(({ name }) => name);
  draft.fields[0]!.name = "Created";
  expect(names()).toEqual(["id", "Created", "updated"]);
});

test("Enter adds below, with options of its own", () => {
  const first = draft.add("select");
  draft.add("text");
  const below = draft.add("select", draft.fields[0]);
  expect(draft.fields.map(({ key }) => key)).toEqual([first.key, below.key, 2]);
  (draft.fields[0]!.options.values as string[]).push("a");
  draft.fields[0]!.options.maxSelect = 3;
  expect(draft.fields[1]!.options.maxSelect).toBe(1);
});

test("a problem lands on its field, by the position after the system fields", () => {
  draft.type = "auth";
  draft.add("text");
  draft.add("text");
  report("name", "listRule", "fields.3.name", "fields.0.name", "fields.9.name", "indexes");
  expect(draft.problemOf("name")).toBe("Wrong.");
  expect(draft.problemOf("listRule")).toBe("Wrong.");
  expect(draft.problemOf("viewRule")).toBeUndefined();
  expect(draft.problemsOf(draft.fields[0]!)).toEqual({});
  expect(Object.keys(draft.problemsOf(draft.fields[1]!))).toEqual(["name"]);
  const stray = draft.strayProblems.map(([path]) => path);
  expect(stray).toEqual(["fields.0.name", "fields.9.name", "indexes"]);
});

test("positions are forgotten once the rows move, other problems stay", () => {
  draft.add("text");
  report("name", "fields.1.name");
  draft.remove(draft.fields[0]!);
  expect(Object.keys(draft.problem?.fields ?? {})).toEqual(["name"]);
});

test("a name given twice is found, in whatever case, also a system field's", () => {
  for (const name of ["title", "", "", "Title", "ID", "other"]) {
    draft.add("text");
    draft.fields.at(-1)!.name = name;
  }
  expect(draft.duplicates).toEqual(["fields.4.name", "fields.5.name"]);
});
