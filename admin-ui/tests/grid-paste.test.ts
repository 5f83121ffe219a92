/** Cells from a spreadsheet, and what points at a record. */
import type { Collection, Field } from "@luge/client/admin";
import { expect, test, vi } from "vitest";

vi.mock("../src/fields/index.ts", () => ({ kindOf: () => ({ shown: true }) }));
vi.mock("../src/pages/records/edit.svelte.ts", () => ({
  same: (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other),
}));

const { cellsOf } = await import("../src/pages/records/clipboard.ts");
const { formsOf, planned } = await import("../src/pages/records/paste.ts");
const { backsOf, countingOf, pointingAt } = await import("../src/pages/records/back.ts");
const columns = await import("../src/pages/records/columns.ts");
type Drawn = import("../src/pages/records/shape.ts").Drawn;

test.each([
  ["a\tb\nc\td\n", [["a", "b"], ["c", "d"]]],
  ["a", [["a"]]],
  ["\t\n", [["", ""]]],
  ["a\r\nb\tc", [["a", ""], ["b", "c"]]],
  ['"x\ty"\t"one\ntwo ""three"""\n', [["x\ty", 'one\ntwo "three"']]],
  ['5" pipe\tb', [['5" pipe', "b"]]],
  ['"open\tb', [['"open', "b"]]],
])("%j is read as its cells", (text, cells) => expect(cellsOf(text)).toEqual(cells));

const column = (name: string, type: Field["type"], more = {}) =>
  ({ name, label: name, field: { name, type, ...more } }) as unknown as Drawn;
const forms = { numbers: "1234.5", dates: "iso", separator: "," } as const;
const row = { id: "r1", title: "Old", metres: 5, made: "2020" };

test("only what changes is planned, and what cannot be is refused where it is", () => {
  const three = [
    column("title", "text", { required: true }),
    column("metres", "number", { max: 10 }),
    column("made", "autodate"),
  ];
  const plan = (cells: string[]) => planned([cells], [row], three, forms)[0]?.cells;
  expect(plan(["Old", "5", "2020"])).toBeUndefined();
  expect(plan(["New", "", ""])).toMatchObject([{ after: "New" }, { after: 0 }]);
  expect(plan(["", "11", "2021"])).toMatchObject([
    { refusal: { key: "import.trouble.required" } },
    { refusal: { key: "import.trouble.tooLarge" } },
    { refusal: "fixed" },
  ]);
  expect(planned([["a"], ["b"]], [row], three.slice(0, 1), forms)).toHaveLength(1);
});

test("numbers are read in the first way in which all of them can be", () => {
  const two = [column("title", "text"), column("metres", "number")];
  expect(formsOf([["1,5", "7"]], two).numbers).toBe("1234.5");
  expect(formsOf([["x", "7"], ["x", "1,5"]], two).numbers).toBe("1234,5");
  expect(formsOf([["x", "1.234,5"]], two).numbers).toBe("1.234,5");
  expect(formsOf([["x", "none"]], two).numbers).toBe("1234.5");
});

const posts = { id: "c1", name: "posts", fields: [{ name: "id", type: "text" }] };
const comments = {
  id: "c2",
  name: "comments",
  fields: [
    { name: "post", type: "relation", collectionId: "c1", maxSelect: 1 },
    { name: "tags", type: "relation", collectionId: "c1", maxSelect: 9 },
    { name: "other", type: "relation", collectionId: "c3" },
  ],
};
const view = { ...comments, id: "c4", name: "seen", type: "view" };
const backs = backsOf(
  posts as unknown as Collection,
  [posts, comments, view] as unknown as Collection[],
);

test("what points at a collection is found; views and fields of that name are not", () => {
  expect(backs.map(({ name }) => name)).toEqual(["comments_via_post", "comments_via_tags"]);
  const taken = { ...posts, fields: [{ name: "comments_via_post", type: "text" }] };
  const others = backsOf(taken as unknown as Collection, [comments] as unknown as Collection[]);
  expect(others.map(({ name }) => name)).toEqual(["comments_via_tags"]);
});

test("what points at a record is counted for many of them at once", () => {
  const [one, many] = backs as [(typeof backs)[0], (typeof backs)[0]];
  expect(String(pointingAt(one, "a'b"))).toBe(String.raw`post = 'a\'b'`);
  expect(String(pointingAt(many, "x"))).toBe("tags.id ?= 'x'");
  const single = countingOf(one, ["x", "y"]);
  expect([String(single.where), single.group, single.having]).toEqual([
    "post = 'x' || post = 'y'",
    "post",
    undefined,
  ]);
  const several = countingOf(many, ["x", "y"]);
  expect(several.group).toBe("tags:each");
  expect(String(several.having)).toBe("group.tags:each = 'x' || group.tags:each = 'y'");
});

test("columns of back relations are hidden until somebody shows them, and keep an address", () => {
  const collection = posts as unknown as Collection;
  const plain = columns.plainLayout(collection, backs);
  expect(columns.writeColumns(plain)).toBe("id.172.p");
  const shown = columns.changed(plain, "comments_via_post", { hidden: false });
  const written = columns.writeColumns(shown);
  expect(written).toBe("id.172.p,comments_via_post.168");
  expect(columns.writeColumns(columns.readColumns(collection, written, backs)!)).toBe(written);
  expect(columns.writeColumns(columns.readColumns(collection, written)!)).toBe("id.172.p");
});
