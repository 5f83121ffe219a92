/** Texts of indexes: what is read of them, and what is not. */
import { expect, test } from "vitest";
import { indexName, partsOf, textOf } from "../src/pages/definition/indexes.ts";

test.each([
  "CREATE INDEX `a` ON `t` (`x`)",
  "CREATE UNIQUE INDEX `a` ON `t` (`x` DESC, `y`)",
  "CREATE INDEX `a` ON `t` (`x` COLLATE NOCASE DESC) WHERE `x` != ''",
])("what is written is what was read: %s", (text) => {
  expect(textOf(partsOf(text)!, "t")).toBe(text);
});

test("names in whatever quotes, and words in whatever case, are read", () => {
  const text = 'create unique index if not exists "a" on [t] (\n  [x] asc, y\n) where y > 3;';
  expect(partsOf(text)).toEqual({
    name: "a",
    unique: true,
    columns: [
      { name: "x", descending: false, collation: undefined },
      { name: "y", descending: false, collation: undefined },
    ],
    where: "y > 3",
  });
});

test.each([
  "",
  "garbage",
  "CREATE INDEX `a` ON `t` ()",
  "CREATE INDEX `a` ON `t` (lower(x))",
  "CREATE INDEX `a` ON `t` (x y z)",
  "CREATE INDEX main.a ON t (x)",
  "CREATE TABLE t (x)",
])("what is of another form stays a text: %j", (text) => {
  expect(partsOf(text)).toBeUndefined();
});

test("a name is made of the columns, and is new", () => {
  expect(indexName("posts", ["title", "views"], [])).toBe("idx_posts_title_views");
  expect(indexName("posts", ["a"], ["idx_posts_a", "idx_posts_a_2"])).toBe("idx_posts_a_3");
});
