/** Rules in plain words, ready-made conditions, and what a public rule exposes. */
import type { Collection, Field } from "@luge/client/admin";
import { expect, test } from "vitest";
import { exposedBy } from "../src/parts/rules/exposed.ts";
import type { Scope } from "../src/parts/rules/names.ts";
import { editable, isUnconfirmed, rulesOf, written } from "../src/parts/rules/rule.ts";
import { sentenceOf } from "../src/parts/rules/sentence.ts";
import { snippetsFor, withSnippet } from "../src/parts/rules/snippets.ts";

test.each([
  ["listRule", null, "Only superusers may list and search posts."],
  ["createRule", "", "Everyone may create posts, without signing in."],
  ["authRule", null, "Nobody may sign in to posts."],
  ["authRule", "", "Every account may sign in to posts."],
  ["viewRule", '@request.auth.id != ""', "Anyone who is signed in may view one of the posts."],
  [
    "listRule",
    "published = true || author = @request.auth.id",
    "Anyone may list and search posts where published is true or author is whoever asks.",
  ],
  [
    "updateRule",
    '@request.auth.id != "" && (author = @request.auth.id || @request.auth.role = "admin")',
    "Anyone who is signed in may update posts where author is whoever asks or their role is " +
      "“admin”.",
  ],
  [
    "deleteRule",
    '@request.auth.collectionName = "staff" && created > @yesterday && title != ""',
    "Any account of staff may delete posts where created is more than 24 hours ago and title is " +
      "not empty.",
  ],
  [
    "updateRule",
    "author.team.members.id ?= @request.auth.id && @request.body.author:changed = false",
    "Anyone may update posts where whoever asks is among the members of the team of author and " +
      "author does not change.",
  ],
  [
    "listRule",
    "tags:length >= 3",
    "Anyone may list and search posts where the number of tags is at least 3.",
  ],
  ["listRule", "title ?~ 'x'", "Anyone may list and search posts where one of title contains “x”."],
  [
    "manageRule",
    "id = @request.auth.id",
    "Anyone may manage posts, passwords and addresses included where it is their own account.",
  ],
  [
    "listRule",
    "a = 1 && (b = 2 || c = 3)",
    "Anyone may list and search posts where a is 1 and (b is 2 or c is 3).",
  ],
] as const)("%s %j in plain words", (name, rule, sentence) => {
  expect(sentenceOf(name, rule, "posts")).toBe(sentence);
});

test.each([
  "title =",
  "@collection.teams.name = title",
  "comments_via_post.body = 'x'",
  "geoDistance(place.lon, place.lat, 1, 2) < 3",
  "tags:each ~ 'x' && a = 1 || @request.headers.x = '1'",
  "@request.auth.id > 'a' && title = 'x'",
])("%j is left to itself", (rule) => expect(sentenceOf("listRule", rule, "posts")).toBeUndefined());

const field = (name: string, type: Field["type"], more: Partial<Field> = {}): Field => ({
  name,
  type,
  ...more,
});
const users = {
  id: "u",
  name: "users",
  type: "auth" as const,
  fields: [
    field("id", "text", { system: true }),
    field("password", "password", { hidden: true, system: true }),
    field("tokenKey", "text", { hidden: true, system: true }),
    field("email", "email", { system: true }),
    field("role", "select", { values: ["admin", "editor"], maxSelect: 1 }),
    field("notes", "text", { hidden: true }),
    field("created", "autodate"),
  ],
};
const teams = {
  id: "t",
  name: "teams",
  type: "base" as const,
  fields: [field("members", "relation", { collectionId: "u", maxSelect: 9 })],
};
const posts = {
  id: "p",
  name: "posts",
  type: "base" as const,
  fields: [
    field("title", "text"),
    field("published", "bool"),
    field("author", "relation", { collectionId: "u", maxSelect: 1 }),
    field("team", "relation", { collectionId: "t", maxSelect: 1 }),
  ],
};
const scope = (collection: Scope["collection"]): Scope => ({
  collection,
  collections: [users, teams, posts],
});

test("what a public rule exposes is named", () => {
  expect(exposedBy("listRule", users)).toEqual({
    open: ["role", "created"],
    emails: ["email"],
    hidden: ["password", "notes"],
  });
  expect(exposedBy("createRule", users)).toEqual({
    open: ["password", "email", "role"],
    emails: [],
    hidden: ["notes"],
  });
});

test("conditions are offered that fit the collection", () => {
  const texts = (name: "listRule" | "updateRule", of: Scope["collection"]) =>
    snippetsFor(name, scope(of)).map(({ text }) => text);
  expect(texts("listRule", posts)).toEqual([
    '@request.auth.id != ""',
    "author = @request.auth.id",
    "team.members.id ?= @request.auth.id",
    '@request.auth.role = "admin"',
    "@request.auth.verified = true",
    "published = true",
  ]);
  expect(texts("updateRule", posts)).toContain("@request.body.author:changed = false");
  expect(texts("listRule", users)).toContain("id = @request.auth.id");
  expect(texts("listRule", users)).not.toContain("author = @request.auth.id");
});

test.each([
  ["", "a = 1"],
  ["b = 2", "b = 2\n&& a = 1"],
  ["b = 2 && c = 3", "b = 2 && c = 3\n&& a = 1"],
  ["b = 2 || c = 3", "(b = 2 || c = 3)\n&& a = 1"],
  ["(b = 2 || c = 3)", "(b = 2 || c = 3)\n&& a = 1"],
  ["(b = 2) || (c = 3)", "((b = 2) || (c = 3))\n&& a = 1"],
])("a condition is added to %j", (old, both) => {
  expect(withSnippet(old, { label: "snippet.signedIn", values: {}, text: "a = 1" })).toBe(both);
});

test("an expression that is left empty never turns into the text that means everyone", () => {
  const blank = { audience: "expression", expression: "  ", confirmed: false } as const;
  expect(written(blank)).toBeUndefined();
  expect(written({ ...blank, audience: "superusers" })).toBeNull();
  expect(written({ ...blank, audience: "everyone" })).toBe("");
  expect(written({ ...blank, expression: " a = 1 " })).toBe("a = 1");
});

test("what is opened to everyone has to be confirmed, what was open has not", () => {
  const open = { audience: "everyone", expression: "", confirmed: false } as const;
  expect(isUnconfirmed(open, "listRule")).toBe(true);
  expect(isUnconfirmed(open, "manageRule")).toBe(true);
  expect(isUnconfirmed(open, "authRule")).toBe(false);
  expect(isUnconfirmed(editable(""), "listRule")).toBe(false);
  expect(isUnconfirmed(editable(null), "listRule")).toBe(false);
});

test("each type of collection has its rules", () => {
  const amount = (type: Collection["type"]) => rulesOf(type).length;
  expect([amount("base"), amount("auth"), amount("view")]).toEqual([5, 7, 2]);
});
