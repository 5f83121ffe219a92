/** A definition as text, its types, and what is marked in a hit. */
import type { Collection } from "@luge/client/admin";
import { expect, test } from "vitest";
import { changesOf, definitionText, readDefinition } from "../src/pages/code/definition.ts";
import { typesOf } from "../src/pages/code/types.ts";
import { piecesOf } from "../src/pages/search-settings/snippet.ts";

const saved = {
  id: "c",
  name: "posts",
  type: "base",
  system: false,
  created: "1",
  updated: "2",
  fields: [],
  indexes: ["CREATE INDEX a ON posts (b)"],
  listRule: null,
  search: { fields: {} },
} as unknown as Collection;

test("what the server sets is not written, and nothing is changed by reading it back", () => {
  const text = definitionText(saved);
  expect(text).not.toMatch(/updated|system/);
  const read = readDefinition(text);
  expect("body" in read && changesOf(saved, read.body)).toEqual({});
});

test("only what differs is sent; what was taken out is emptied", () => {
  const body = { name: "posts", type: "base" as const, listRule: "", id: "other" };
  expect(changesOf(saved, body)).toEqual({ listRule: "", indexes: [], search: null });
});

test.each(["", "{", '{"a": }', "[1,]"])("%j is no JSON, and says where", (text) => {
  const read = readDefinition(text);
  expect("line" in read && read.line).toBe(1);
});

test.each(["[]", "null", "3", '"x"'])("%s is JSON, but no definition", (text) => {
  expect(readDefinition(text)).toMatchObject({ line: 0 });
});

const FILE = [
  "// Written by hand.\n",
  "export type PostsState = \"a\";\n",
  "/**\n * A record of `posts`.\n *\n * - list: everyone\n */",
  "export interface PostsRecord {\n  state: PostsState;\n}\n",
  "/** A record of `people`. */\nexport interface PeopleRecord {\n  post: string;\n}\n",
].join("\n");

test("the types of one collection, with what they name", () => {
  const types = typesOf(FILE, "posts");
  expect(types).toMatch(/PostsRecord[\s\S]*PostsState/);
  expect(types).toMatch(/type PostsState/);
  expect(types).not.toMatch(/People/);
  expect(typesOf(FILE, "post")).toBe("");
});

test("only marks mean anything in a snippet", () => {
  expect(piecesOf("a &lt;b&gt; <mark>c &amp;amp;</mark>")).toEqual([
    { text: "a <b> ", marked: false },
    { text: "c &amp;", marked: true },
  ]);
});
