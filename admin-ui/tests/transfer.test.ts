/** Definitions of collections, in and out. */
import type { Collection, CollectionBody } from "@luge/client/admin";
import { describe, expect, test } from "vitest";
import {
  apart,
  differences,
  isTaken,
  onlyTexts,
  order,
  resultOf,
  secretless,
} from "../src/pages/schema-transfer/comparison.ts";
import { definitionsIn, exported, isLegacyExport } from "../src/pages/schema-transfer/exported.ts";
import { refusalsIn } from "../src/pages/schema-transfer/refusals.ts";

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
      "id", "title", "code", "size", "body", "kinds", "author", "more", "paper", "data", "created",
      "updated",
    ]);
    expect(named("title")).toMatchObject({ id: "f_title", type: "text", max: 100, required: true });
    expect(named("title")).not.toHaveProperty("min");
    expect(named("title")).not.toHaveProperty("options");
    expect(named("size")).toMatchObject({ min: 0, onlyInt: true });
    expect(named("body")).toMatchObject({ convertURLs: true });
    expect(named("kinds")).toMatchObject({ values: ["a", "b"], maxSelect: 2 });
    const author = { collectionId: "u1", cascadeDelete: true, maxSelect: 1 };
    expect(named("author")).toMatchObject(author);
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
    expect(secretless(given, undefined)).toEqual(["github"]);
    const [people] = differences([], [given]);
    expect(people?.file?.oauth2).toEqual({ enabled: true, providers: [providers[1]] });
    expect(secretless({ ...given, oauth2: undefined }, undefined)).toEqual([]);
    expect(secretless({ ...given, oauth2: { providers: "x" } }, undefined)).toEqual([]);
  });

  test("keep the secrets that they have here, and are left out where they have none", () => {
    const own = (here: object[]) => {
      const oauth2 = { enabled: false, providers: here };
      return { ...posts, id: "p", name: "people", oauth2 } as Collection;
    };
    const [people] = differences([own(providers)], [given]);
    expect(people?.file?.oauth2).toEqual(given.oauth2);
    const [without] = differences([own([])], [given]);
    expect(without?.file?.oauth2).toEqual({ enabled: true, providers: [providers[1]] });
  });
});

test("texts of mails alone are told from other differences", () => {
  const template = (subject: string) => ({ subject, body: "b" });
  const otp = (subject: string, enabled = true) => ({ enabled, emailTemplate: template(subject) });
  const own = { ...posts, otp: otp("here"), verificationTemplate: template("here") };
  const compared = (given: object) => {
    const [found] = differences([own as Collection], [{ name: "posts", ...given }]);
    return found && onlyTexts(found);
  };
  const texts = { otp: otp("there"), verificationTemplate: template("there") };
  expect(compared(texts)).toBe(true);
  expect(compared({ ...texts, listRule: "" })).toBe(false);
  expect(compared({ otp: otp("there", false) })).toBe(false);
  expect(compared({ ...texts, fields: [id] })).toBe(false);
  expect(differences([], [{ name: "new" }]).some(onlyTexts)).toBe(false);
});

describe("what the server refuses", () => {
  const sent = [{ name: "Posts", fields: [id, title] }] as CollectionBody[];
  const tree = { fields: { 1: { max: { code: "c", message: "Too large." } } },
    listRule: { code: "c", message: "No such field." } };
  const invalid = (name: string, found: string) =>
    `Data validations failed for collection "${name}" (c_posts):\n${found}.`;

  test("is told by collection and field", () => {
    expect(refusalsIn(invalid("posts", JSON.stringify(tree, null, 2)), sent)).toEqual([
      { path: "posts.fields.title.max", message: "Too large." },
      { path: "posts.listRule", message: "No such field." },
    ]);
    const reason = 'unknown field type "user".';
    const text = `Failed to import. Raw error:\nposts: fields.0.type: ${reason}`;
    expect(refusalsIn(text, sent)).toEqual([{ path: "posts.fields.id.type", message: reason }]);
  });

  test("keeps its position where nothing was sent there", () => {
    const far = JSON.stringify({ fields: { 7: { max: { code: "c", message: "No." } } } });
    expect(refusalsIn(invalid("posts", far), sent)[0]?.path).toBe("posts.fields.7.max");
    expect(refusalsIn(invalid("other", far), sent)[0]?.path).toBe("other.fields.7.max");
  });

  test.each(["", "Something else.", invalid("posts", "{"), invalid("posts", "1")])(
    "is told as it is where it has another form: %j",
    (text) => expect(refusalsIn(text, sent)).toEqual([]),
  );
});

test("the fields of a view are not compared: they follow from its query", () => {
  const view = { ...tags, type: "view", viewQuery: "SELECT id FROM posts", fields: [] };
  const fields = [{ ...id, type: "text" as const }];
  const file = { name: "tags", type: "view" as const, viewQuery: view.viewQuery, fields };
  const here = [view as unknown as Collection];
  expect(differences(here, [file])).toEqual([]);
  const [changed] = differences(here, [{ ...file, viewQuery: "SELECT id FROM tags" }]);
  expect(changed?.parts.map(({ path }) => path)).toEqual(["viewQuery"]);
});
