/** Definitions of collections, in and out. */
import type { Collection } from "@luge/client/admin";
import { describe, expect, test } from "vitest";
import {
  apart,
  differences,
  isTaken,
  order,
  resultOf,
  secretless,
} from "../src/pages/schema-transfer/comparison.ts";
import { definitionsIn, exported, isLegacyExport } from "../src/pages/schema-transfer/exported.ts";

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

describe("an export of before 0.23", () => {
  const field = (name: string, type: string, options: object = {}, more: object = {}) => ({
    system: false, id: `f_${name}`, name, type, required: false, presentable: false,
    unique: false, options, ...more,
  });
  const post = {
    id: "p1", name: "posts", type: "base", system: false, created: "2023", updated: "2023",
    listRule: '@request.data.title != "" && @request.auth.id != ""', viewRule: null,
    createRule: "", updateRule: null, deleteRule: null, options: {},
    indexes: ["CREATE INDEX `i` ON `posts` (`created`)"],
    schema: [
      field("title", "text", { min: null, max: 100, pattern: "" }, { required: true }),
      field("code", "text", { min: 1, max: null, pattern: "" }, { unique: true }),
      field("size", "number", { min: 0, max: null, noDecimal: true }),
      field("body", "editor", { convertUrls: true }),
      field("kinds", "select", { maxSelect: 2, values: ["a", "b"] }),
      field("author", "relation", {
        collectionId: "u1", cascadeDelete: true, minSelect: null, maxSelect: 1,
        displayFields: ["x"],
      }),
      field("more", "relation", { collectionId: "u1", maxSelect: null }),
      field("paper", "file", {
        mimeTypes: ["image/png"], thumbs: null, maxSelect: 3, maxSize: 5, protected: true,
      }),
      field("data", "json", { maxSize: 2000000 }),
    ],
  };
  const read = (...list: object[]) => definitionsIn(JSON.stringify(list));
  const named = (name: string, given = read(post)[0]) =>
    given?.fields?.find((each) => each.name === name);

  test("has its options in the fields, by the names of today", () => {
    const [posts] = read(post);
    expect(posts).not.toHaveProperty("schema");
    expect(posts).not.toHaveProperty("options");
    expect(posts?.fields?.map(({ name }) => name)).toEqual([
      "title", "code", "size", "body", "kinds", "author", "more", "paper", "data", "created",
      "updated",
    ]);
    expect(named("title")).toMatchObject({ id: "f_title", type: "text", max: 100, required: true });
    expect(named("title")).not.toHaveProperty("min");
    expect(named("title")).not.toHaveProperty("options");
    expect(named("size")).toMatchObject({ min: 0, onlyInt: true });
    expect(named("body")).toMatchObject({ convertURLs: true });
    expect(named("kinds")).toMatchObject({ values: ["a", "b"], maxSelect: 2 });
    expect(named("author")).toMatchObject({ collectionId: "u1", cascadeDelete: true, maxSelect: 1 });
    expect(named("author")).not.toHaveProperty("displayFields");
    expect(named("more")?.maxSelect).toBeGreaterThan(1_000_000);
    expect(named("paper")).toMatchObject({ mimeTypes: ["image/png"], protected: true, maxSize: 5 });
    expect(named("paper")).not.toHaveProperty("thumbs");
    expect(named("updated")).toMatchObject({ type: "autodate", onCreate: true, onUpdate: true });
  });

  test("has rules that say body, and indexes for what was unique", () => {
    const [posts] = read(post);
    expect(posts?.listRule).toBe('@request.body.title != "" && @request.auth.id != ""');
    expect(posts?.viewRule).toBe(null);
    expect(posts?.createRule).toBe("");
    expect(posts?.indexes).toEqual([
      "CREATE INDEX `i` ON `posts` (`created`)",
      "CREATE UNIQUE INDEX `idx_unique_code` ON `posts` (`code`)",
    ]);
  });

  test("has the ways to sign in of its auth collections", () => {
    const options = {
      allowEmailAuth: true, allowOAuth2Auth: true, allowUsernameAuth: false, minPasswordLength: 10,
      manageRule: "@request.data.x = 1", onlyEmailDomains: ["a.example"], exceptEmailDomains: null,
      onlyVerified: true, requireEmail: true,
    };
    const old = { ...post, id: "u1", name: "users", type: "auth", schema: [], options };
    const [users] = read(old);
    expect(users).toMatchObject({
      authRule: "verified = true",
      manageRule: "@request.body.x = 1",
      passwordAuth: { enabled: true, identityFields: ["email"] },
      oauth2: { enabled: true },
    });
    expect(named("email", users)).toMatchObject({ required: true, onlyDomains: ["a.example"] });
    expect(named("password", users)).toMatchObject({ min: 10, hidden: true });
    expect(named("username", users)?.type).toBe("text");
    const none = { ...options, allowEmailAuth: false, onlyVerified: false };
    const [closed] = read({ ...old, options: none });
    expect(closed).toMatchObject({ authRule: "", passwordAuth: { enabled: false } });
  });

  test("keeps the query of a view", () => {
    const query = "SELECT id FROM posts";
    const [view] = read({ ...post, type: "view", schema: [], options: { query } });
    expect(view).toMatchObject({ type: "view", viewQuery: query, fields: [], indexes: [] });
  });

  test("is told from one of today, entry by entry", () => {
    const today = { name: "tags", type: "base", fields: [{ name: "a", type: "text" }] };
    expect(read(today, post)[0]).toEqual(today);
    expect(isLegacyExport(JSON.stringify([today]))).toBe(false);
    expect(isLegacyExport(JSON.stringify([today, post]))).toBe(true);
  });

  test.each([[null], [[]], [{}], ["x"]])("with options %j is read all the same", (options) => {
    const schema = [field("a", "text", options as object), null, "x"];
    expect(named("a", read({ ...post, options, schema })[0])).toMatchObject({ name: "a" });
  });
});

describe("providers of an export", () => {
  const providers = [{ name: "github", clientId: "a" }, { name: "oidc", clientSecret: "s" }];
  const given = { name: "people", type: "auth" as const, oauth2: { enabled: true, providers } };

  test("without a secret are left out of a new collection, and told", () => {
    expect(secretless(given)).toEqual(["github"]);
    const [people] = differences([], [given]);
    expect(people?.file?.oauth2).toEqual({ enabled: true, providers: [providers[1]] });
    expect(secretless({ ...given, oauth2: undefined })).toEqual([]);
    expect(secretless({ ...given, oauth2: { providers: "x" } })).toEqual([]);
  });

  test("stay as they are in one that is here", () => {
    const own = { ...posts, id: "c_people", name: "people", oauth2: { enabled: false, providers } };
    const [people] = differences([own as Collection], [given]);
    expect(people?.file?.oauth2).toEqual(given.oauth2);
  });
});
