/** A new collection: what is sent, and where each of the server's problems is shown. */
import type { Collection, Scaffolds } from "@luge/client/admin";
import { beforeEach, expect, test, vi } from "vitest";

vi.mock("../src/fields/index.ts", () => ({
  kindOf: (type: string) => ({
    blank: type === "select" ? { values: [], maxSelect: 1 } : {},
    canBeRequired: type !== "autodate",
  }),
}));

const { Draft } = await import("../src/pages/definition/draft.svelte.ts");
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

const saved = () =>
  ({
    id: "c1",
    name: "posts",
    type: "base",
    system: false,
    created: "",
    updated: "1",
    fields: [
      { ...id, id: "f0", system: true, required: true },
      { id: "f1", name: "title", type: "text", required: false, min: 0, pattern: "" },
      { id: "f2", name: "views", type: "number", required: false, min: null },
    ],
    indexes: ["CREATE UNIQUE INDEX `idx` ON `posts` (`title`, `views` DESC)"],
    listRule: null,
    viewRule: null,
    createRule: null,
    updateRule: null,
    deleteRule: null,
  }) as unknown as Collection;
const change = () => new Draft({}, saved());

test("what is not changed is not sent", () => {
  const draft = change();
  expect(draft.changes).toEqual({});
  draft.fields[0]!.options = { id: "f1" };
  expect(draft.changed).toBe(false);
  draft.fields[0]!.options.help = "Short";
  expect(Object.keys(draft.changes)).toEqual(["fields"]);
});

test("a renamed field keeps its id, and its index stays as the server has it", () => {
  const draft = change();
  draft.fields[0]!.name = "headline";
  expect(draft.changes.fields?.[1]).toMatchObject({ id: "f1", name: "headline" });
  expect(draft.changes.indexes).toBeUndefined();
});

test("an index that is changed has the names of now", () => {
  const draft = change();
  draft.fields[0]!.name = "headline";
  draft.indexes.all[0]!.unique = false;
  expect(draft.changes.indexes).toEqual([
    "CREATE INDEX `idx` ON `posts` (`headline`, `views` DESC)",
  ]);
});

test("a removed field leaves its index, and the last one takes it along", () => {
  const draft = change();
  draft.remove(draft.fields[0]!);
  expect(draft.changes.indexes).toEqual(["CREATE UNIQUE INDEX `idx` ON `posts` (`views` DESC)"]);
  draft.remove(draft.fields[1]!);
  expect(draft.changes.indexes).toEqual([]);
  draft.fields.forEach((field) => draft.putBack(field));
  expect(draft.changed).toBe(false);
});

test("unique makes an index underneath, and takes it away again", () => {
  const draft = change();
  const [title, views] = draft.fields;
  expect(draft.indexes.isUnique(title!)).toBe(false);
  draft.indexes.setUnique(title!, true);
  title!.name = "headline";
  draft.indexes.setUnique(views!, true);
  expect(draft.indexes.texts.slice(1)).toEqual([
    "CREATE UNIQUE INDEX `idx_posts_headline` ON `posts` (`headline`) WHERE `headline` != ''",
    "CREATE UNIQUE INDEX `idx_posts_views` ON `posts` (`views`)",
  ]);
  draft.indexes.setUnique(title!, false);
  draft.indexes.setUnique(views!, false);
  title!.name = "title";
  expect(draft.changed).toBe(false);
});

test("what is SQL that has no plain form stays as it was written", () => {
  const text = "CREATE INDEX main.a ON posts (title)";
  const draft = new Draft({}, { ...saved(), indexes: [text] });
  expect(draft.indexes.all[0]!.sql).toBe(text);
  draft.indexes.switch(draft.indexes.all[0]!);
  expect(draft.indexes.all[0]!.sql).toBe(text);
  expect(draft.changed).toBe(false);
});

test("a field can be copied, moved, removed and put back", () => {
  const draft = change();
  const copy = draft.duplicate(draft.fields[0]!);
  expect(draft.fields.map(({ name }) => name)).toEqual(["title", "title_copy", "views"]);
  expect(draft.body().fields?.[2]).not.toHaveProperty("id");
  draft.move(draft.fields[1]!, 0);
  draft.move(draft.fields[0]!, 9);
  expect(draft.fields.map(({ key }) => key).indexOf(copy.key)).toBe(0);
  draft.remove(draft.fields[0]!);
  expect(draft.kept.map(({ name }) => name)).toEqual(["title", "views"]);
});

test("problems of a saved collection land on its system fields too", () => {
  const draft = change();
  const fields = { "fields.0.min": problem, "fields.2.max": problem, "indexes.0": problem };
  draft.problem = { message: "No.", fields: { ...fields, "indexes.7": problem } };
  expect(Object.keys(draft.problemsOf(draft.systemRows[0]!))).toEqual(["min"]);
  expect(Object.keys(draft.problemsOf(draft.fields[1]!))).toEqual(["max"]);
  expect(draft.strayProblems.map(([path]) => path)).toEqual(["indexes.7"]);
  expect(draft.problemsIn("fields")).toBe(2);
});

test("a copy of a collection has no ids, and asks again for what is public", () => {
  const draft = Draft.like({ ...saved(), listRule: "" }, scaffolds);
  const { name, fields, indexes } = draft.body();
  expect(name).toBe("posts_copy");
  expect(fields?.slice(1).map(({ id }) => id)).toEqual([undefined, undefined]);
  expect(indexes).toEqual([
    "CREATE UNIQUE INDEX `idx_posts_copy_title_views` ON `posts_copy` (`title`, `views` DESC)",
  ]);
  expect(draft.unconfirmed).toEqual(["listRule"]);
});
