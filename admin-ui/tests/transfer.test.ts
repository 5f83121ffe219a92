/** Definitions of collections, in and out. */
import type { Collection } from "@luge/client/admin";
import { describe, expect, test } from "vitest";
import {
  apart,
  differences,
  isTaken,
  order,
  resultOf,
} from "../src/pages/schema-transfer/comparison.ts";
import { definitionsIn, exported } from "../src/pages/schema-transfer/exported.ts";

const id = { id: "f_id", name: "id", type: "text", system: true };
const title = { id: "f_title", name: "title", type: "text", max: 10 };
const old = { id: "f_old", name: "old", type: "number" };
const posts = {
  id: "c_posts",
  name: "posts",
  type: "base",
  listRule: null,
  fields: [id, title, old],
  indexes: [],
  created: "now",
} as unknown as Collection;
const tags = { ...posts, id: "c_tags", name: "tags", fields: [id] } as Collection;
const now = [posts, tags];
const all = { replace: true, left: [], leftParts: [] };
const merge = { ...all, replace: false };
const names = (body: { fields?: { name: string }[] } | undefined) =>
  body?.fields?.map(({ name }) => name);

describe("an export", () => {
  test("is read back as it was written", () => {
    expect(differences(now, definitionsIn(exported(now)))).toEqual([]);
    expect(differences(now, definitionsIn(JSON.stringify({ collections: now })))).toEqual([]);
    expect(exported(now)).not.toContain("created");
  });

  test.each([
    ["{", "transfer.trouble.json"],
    ["{}", "transfer.trouble.shape"],
    ["[]", "transfer.trouble.shape"],
    ['"x"', "transfer.trouble.shape"],
    ['[{"id":"a"}]', "transfer.trouble.name"],
    ["[null]", "transfer.trouble.name"],
    ['[{"name":"a"},{"name":"A"}]', "transfer.trouble.twice"],
  ])("%s is none", (text, key) => {
    expect(() => definitionsIn(text)).toThrow(key);
  });
});

describe("a comparison", () => {
  const file = [
    {
      id: "elsewhere",
      name: "posts",
      listRule: "",
      fields: [
        { id: "other", name: "title", type: "text", max: 20 },
        { name: "tag", type: "relation", collectionId: "x_tags" },
      ],
    },
    { id: "x_tags", name: "tags", fields: [] },
    { name: "fresh", type: "base", fields: [] },
  ] as never;

  test("names what differs, by id or else by name", () => {
    const found = differences(now, file);
    expect(found.map(({ name, state }) => [name, state])).toEqual([
      ["posts", "changed"],
      ["fresh", "new"],
    ]);
    expect(found[0]?.parts.map(({ path }) => path)).toEqual([
      "fields.title",
      "fields.tag",
      "fields.old",
      "listRule",
    ]);
    const without = differences(now, [{ name: "posts" }]);
    expect(without.map(({ name, state }) => [name, state])).toEqual([["tags", "gone"]]);
  });

  test("what is only here stays or goes, as it is wanted", () => {
    const [first] = differences(now, file);
    expect(names(resultOf(first!, merge))?.toSorted()).toEqual(["id", "old", "tag", "title"]);
    expect(names(resultOf(first!, all))).not.toContain("old");
    const body = resultOf(first!, all)!;
    expect(body.id).toBe("c_posts");
    expect(body.fields?.find(({ name }) => name === "title")).toMatchObject({
      id: "f_title",
      max: 20,
    });
    expect(body.fields?.find(({ name }) => name === "tag")?.collectionId).toBe("c_tags");
  });

  test("a part can be left as it is", () => {
    const [first] = differences(now, file);
    const leftParts = ["posts/fields.title", "posts/listRule", "posts/fields.old"];
    const left = { ...all, leftParts };
    const body = resultOf(first!, left)!;
    expect(body.listRule).toBe(null);
    expect(body.fields?.find(({ name }) => name === "title")?.max).toBe(10);
    expect(names(body)).toContain("old");
    expect(isTaken(first!, { ...all, left: ["posts"] })).toBe(false);
  });

  test("options of a field that the file says nothing of stay", () => {
    const [first] = differences(now, [
      { name: "posts", fields: [{ name: "title", type: "text", min: 2 }] } as never,
    ]);
    const body = resultOf(first!, merge)!;
    const made = body.fields?.find(({ name }) => name === "title");
    expect(made).toMatchObject({ id: "f_title", min: 2, max: 10 });
    expect(apart(first?.parts[0]?.file, first?.parts[0]?.now)).toEqual({ min: 2 });
  });

  test("what is not named stays, whatever goes", () => {
    const found = differences(now, [{ name: "posts", fields: [title] } as never]);
    expect(order(now, found, merge)).toEqual({ collections: [], deleteMissing: false });
    const { collections, deleteMissing } = order(now, found, { ...all, left: ["tags"] });
    expect(deleteMissing).toBe(true);
    expect(collections.map(({ name }) => name)).toEqual(["tags", "posts"]);
    expect(names(collections[1])).toEqual(["title", "id"]);
  });
});
