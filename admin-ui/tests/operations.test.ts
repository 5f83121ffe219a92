/** What can be asked of a collection, its examples, and that its snippets fit the client. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Collection, Field } from "@luge/client/admin";
import ts from "typescript";
import { expect, test } from "vitest";
import { callOf, changesOf, objectOf, topicOf, valuesOf } from "../src/pages/api/asked.ts";
import { exampleBody, exampleFilter, exampleOf } from "../src/pages/api/examples.ts";
import { typeScript } from "../src/pages/api/languages/typescript.ts";
import { operationsOf } from "../src/pages/api/operations.ts";
import { jsonText } from "../src/pages/api/quote.ts";
import { refusalsOf } from "../src/pages/api/refusals.ts";
import { stepsOf } from "../src/pages/api/steps.ts";

const field = (name: string, type: Field["type"], rest: object = {}): Field => ({
  name,
  type,
  ...rest,
});

const posts = {
  id: "c_posts",
  name: "posts",
  type: "base",
  fields: [
    field("id", "text", { system: true, min: 15, max: 15 }),
    field("title", "text", { required: true, max: 80 }),
    field("state", "select", { values: ['it"s', "live"], maxSelect: 1 }),
    field("price", "number", { min: 3, max: 9, onlyInt: true }),
    field("author", "relation", { collectionId: "c_users", maxSelect: 1 }),
    field("secret", "text", { hidden: true }),
    field("cover", "file", { maxSelect: 1, protected: true, thumbs: ["10x10"] }),
    field("created", "autodate", { onCreate: true }),
  ],
  search: { fields: { title: { facet: true } } },
  listRule: "",
  viewRule: null,
} as unknown as Collection;

const users = {
  ...posts,
  id: "c_users",
  name: "users",
  type: "auth",
  fields: [
    field("password", "password", { system: true, hidden: true, min: 8 }),
    field("tokenKey", "text", { system: true, hidden: true }),
    field("email", "email", { system: true, required: true }),
    field("verified", "bool", { system: true }),
  ],
  search: null,
  passwordAuth: { enabled: true, identityFields: ["email"] },
  otp: { enabled: true },
  oauth2: { enabled: true, providers: [{ name: "github" }] },
  magicLink: { enabled: true },
  anonymous: { enabled: true },
} as unknown as Collection;

const ids = { c_posts: "p1", c_users: "u1" };
const idsOf = (collection: Collection) => operationsOf(collection, ids).map(({ id }) => id);

test("only what is offered is listed", () => {
  expect(idsOf(posts)).toContain("facets");
  expect(idsOf(posts)).toContain("fileToken");
  expect(idsOf(posts)).not.toContain("password");
  expect(idsOf(users)).not.toContain("search");
  expect(idsOf(users)).toEqual(expect.arrayContaining(["password", "code", "oauth2", "link"]));
  const closed = {
    ...users,
    passwordAuth: { enabled: false },
    otp: {},
    passkey: { enabled: false },
    oauth2: undefined,
    anonymous: undefined,
    magicLink: undefined,
  } as unknown as Collection;
  const left = ["password", "code", "passkey", "oauth2", "anonymous", "link"];
  expect(idsOf(closed).filter((id) => left.includes(id))).toEqual([]);
});

test("no two operations have one name", () => {
  for (const collection of [posts, users]) {
    expect(new Set(idsOf(collection)).size).toBe(idsOf(collection).length);
  }
});

test("what nobody can write is in no body, and hidden fields in no answer", () => {
  expect(Object.keys(exampleBody(posts, ids))).toEqual(["title", "state", "price", "author"]);
  expect(exampleBody(posts, ids).author).toBe("u1");
  const body = exampleBody(users, ids);
  expect(Object.keys(body)).toEqual(["password", "passwordConfirm", "email"]);
  expect(Object.keys(exampleBody(users, ids, true))).toEqual([]);
  const view = operationsOf(posts, ids).find(({ id }) => id === "view");
  expect(jsonText(view!.answer!)).not.toContain("secret");
});

test.each([
  [{ type: "number", min: 10, max: 20 }, 10],
  [{ type: "number", max: -3 }, -3],
  [{ type: "number", min: 0.5, max: 0.75 }, 0.75],
  [{ type: "number", max: 0, required: true }, -1],
  [{ type: "text", pattern: "^[a-z0-9]+$", min: 4, max: 6 }, "exampl"],
  [{ type: "text", max: 1 }, "E"],
  [{ type: "text", min: 10 }, "ExampleExample"],
  [{ type: "email", onlyDomains: ["luge.dev"] }, "ann@luge.dev"],
  [{ type: "select", values: ["a", "b", "c"], maxSelect: 3 }, ["a", "b"]],
  [{ type: "select", values: [], maxSelect: 1 }, ""],
  [{ type: "relation", collectionId: "none", maxSelect: 2 }, ["RECORD_ID"]],
  [{ type: "date", min: "2030-01-01 00:00:00.000Z" }, "2030-01-01 00:00:00.000Z"],
  [{ type: "password", min: 20 }, "correct-horse-42!!!!"],
])("an example of %j is %j", (options, expected) => {
  expect(exampleOf({ name: "it", ...options } as Field)).toEqual(expected);
});

test("a filter quotes what the collection offers", () => {
  expect(exampleFilter(posts)).toBe('state = "it\\"s"');
  expect(exampleFilter({ ...posts, fields: [] })).toBe('id != ""');
});

test("values of an address stand before examples, and emptied ones stay empty", () => {
  const list = operationsOf(posts, ids).find(({ id }) => id === "list")!;
  const values = valuesOf(list, new URLSearchParams([["p.filter", ""], ["p.page", "2"]]));
  expect(values).toMatchObject({ filter: "", page: "2", perPage: "30" });
  expect(changesOf(list, values)).toEqual([
    ["filter", ""],
    ["page", "2"],
  ]);
  const call = callOf(list, posts, { values, body: "" }, false);
  expect(call.query).toEqual({ sort: "-created", page: "2", perPage: "30" });
});

test.each(["", "[]", "null", "1", "{", '{"a":}'])("%j is no body", (text) => {
  expect(objectOf(text)).toBeUndefined();
});

test("a topic has what narrows it in its name", () => {
  expect(topicOf("posts", "", {})).toBe("posts/*");
  const options = encodeURIComponent('{"query":{"filter":"a = \'b\'"}}');
  expect(topicOf("posts", "p1", { filter: "a = 'b'" })).toBe(`posts/p1?options=${options}`);
});

test.each([
  undefined,
  {},
  { requests: {} },
  { requests: [null] },
  { requests: [{ method: "GET", url: "/api/collections/a/records" }] },
  { requests: [{ method: "DELETE", url: "/api/collections/a/records" }] },
  { requests: [{ method: "POST", url: "/api/collections/a/records/b" }] },
  { requests: [{ method: "POST", url: "/api/collections/%E0%A4%A/records" }] },
  { requests: [{ method: "POST", url: "/api/settings" }] },
])("%j has no steps that a client has a method for", (body) => {
  expect(stepsOf(body as never)).toBeUndefined();
});

test("codes of refusals follow the options", () => {
  const codes = refusalsOf(posts.fields).map(({ field, code }) => `${field} ${code}`);
  expect(codes).toContain("title validation_required");
  expect(codes).toContain("price validation_only_int_constraint");
  expect(codes).not.toContain("title validation_min_text_constraint");
});

test("every snippet of TypeScript fits the client as it is", { timeout: 120_000 }, () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/snippets-"));
  const files: string[] = [];
  for (const collection of [posts, users]) {
    for (const operation of operationsOf(collection, ids)) {
      for (const signed of [true, false]) {
        const values = valuesOf(operation, new URLSearchParams());
        const some = { ...values, ...(values.expand === "" && { expand: "author", fields: "id" }) };
        const body = operation.body ? jsonText(operation.body) : "";
        const call = callOf(operation, collection, { values: some, body }, signed);
        const name = join(folder, `${collection.name}-${operation.id}-${signed}.ts`);
        writeFileSync(name, typeScript(call, "http://127.0.0.1:8090"));
        files.push(name);
      }
    }
  }
  try {
    const sdk = join(root, "../sdk/src");
    const program = ts.createProgram(files, {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      paths: {
        "@luge/client": [join(sdk, "index.ts")],
        "@luge/client/*": [join(sdk, "*/index.ts")],
      },
    });
    const wrong = files.flatMap((file) => {
      const source = program.getSourceFile(file);
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return found.map(({ messageText }) => {
        return `${file.slice(folder.length)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      });
    });
    expect(wrong).toEqual([]);
    expect(files.length).toBeGreaterThan(60);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
