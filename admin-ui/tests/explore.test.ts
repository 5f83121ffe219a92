/** The document's operations, the plain description, kept documents and kept events. */
import type { Collection } from "@luge/client/admin";
import { expect, test } from "vitest";
import { sentBefore, titleOf } from "../src/pages/graphql/history.ts";
import { grouped, operationsOf, search, type Document } from "../src/pages/graphql/openapi.ts";
import { plainDescription } from "../src/pages/graphql/plain.ts";
import { kindOf, latencyOf, matches, MOST, Shelf, type Told } from "../src/pages/realtime/shelf.ts";

const document: Document = {
  info: { title: "Luge", version: "1" },
  paths: {
    "/api/health": { get: { summary: "Is it\nwell?", tags: ["Server"], operationId: "health" } },
    "/api/collections/posts/records": {
      "x-luge-collection": "posts",
      get: { summary: "Lists", tags: ["posts"], parameters: [{ name: "filter", in: "query" }, 5] },
      post: { summary: "Creates", tags: ["posts"], "x-luge-access": "record" },
    },
    "/api/nothing": { get: null as never, parameters: [] as never },
  },
};

test("operations are those of methods, whatever else stands there", () => {
  const found = operationsOf(document);
  expect(found.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /api/health",
    "GET /api/collections/posts/records",
    "POST /api/collections/posts/records",
  ]);
  expect(found[1]!.parameters).toEqual([{ name: "filter", in: "query" }]);
  expect(found.map(({ access }) => access)).toEqual(["anyone", "anyone", "record"]);
  expect(grouped(found).map(([tag, members]) => [tag, members.length])).toEqual([
    ["Server", 1],
    ["posts", 2],
  ]);
});

test.each([
  ["POSTS filter", 1],
  ["", 3],
  ["post creates", 1],
  ["posts health", 0],
])("%j finds %i operations", (words, amount) => {
  expect(search(operationsOf(document), words)).toHaveLength(amount);
});

test("the description has each collection once, and nothing breaks out of its line", () => {
  const posts = {
    id: "c",
    name: "posts",
    type: "base",
    fields: [
      { name: "title", type: "text", required: true, help: "One\n# two" },
      { name: "secret", type: "text", hidden: true },
      { name: "author", type: "relation", collectionId: "gone" },
    ],
    listRule: "a = '`x`'\n# heading",
    viewRule: "",
    createRule: null,
  } as unknown as Collection;
  const system = { ...posts, id: "s", name: "_mfas", system: true };
  const text = plainDescription(document, [posts, system], "http://h");
  expect(text).toContain("- `title`: text, required: One # two");
  expect(text).toContain("  - list: `` a = '`x`' # heading ``");
  expect(text).toContain("  - create: superusers only");
  expect(text).toContain("`author`: relation to ?");
  expect(text).toContain("- `GET /api/health`: Is it well?");
  expect(text).not.toContain("secret");
  expect(text).not.toContain("### _mfas");
  expect(text).not.toContain("GET /api/collections/posts/records`:");
  expect(text.match(/^# .*$/gm)).toEqual(["# Luge API"]);
});

test("what is kept of sent documents may be anything", () => {
  for (const text of ["", "{", "5", '{"a":1}']) {
    localStorage.setItem("luge.graphql", text);
    expect(sentBefore()).toEqual([]);
  }
  localStorage.setItem("luge.graphql", '["a", 5, null]');
  expect(sentBefore()).toEqual(["a"]);
  expect(titleOf(`query {\n  ${"a ".repeat(60)}}`)).toHaveLength(71);
});

const told = (data: unknown, at = 0): Told => ({ at, topic: "t", who: "you", listener: 1, data });

test("events wait in a pause, and only so many are kept", () => {
  const shelf = new Shelf();
  shelf.put(told(1), false);
  shelf.put(told(2), true);
  expect(shelf.shown.map(({ data }) => data)).toEqual([1]);
  expect(shelf.held).toBe(1);
  shelf.release();
  expect(shelf.shown.map(({ data }) => data)).toEqual([2, 1]);
  for (let made = 0; made < MOST + 5; made += 1) shelf.put(told(made), made % 2 === 0);
  shelf.release();
  expect(shelf.shown).toHaveLength(MOST);
  expect(new Set(shelf.shown.map(({ key }) => key)).size).toBe(MOST);
  shelf.clear();
  expect(shelf.shown).toEqual([]);
});

test.each([
  [{ action: "create", record: { created: "2026-01-01 00:00:00.000Z" } }, 250],
  [{ action: "update", record: { updated: "2026-01-01 00:00:00.100Z" } }, 150],
  [{ action: "update", record: { created: "2026-01-01 00:00:00.000Z" } }, undefined],
  [{ action: "delete", record: { updated: "2026-01-01 00:00:00.000Z" } }, undefined],
  [{ action: "create", record: { created: "2026-01-01 00:00:01.000Z" } }, undefined],
  [{ action: "create", record: { created: "never" } }, undefined],
  [null, undefined],
])("the latency of %j is %j", (data, expected) => {
  expect(latencyOf(told(data, Date.parse("2026-01-01T00:00:00.250Z")))).toBe(expected);
});

test("an event is named after what it is, and found by any text of it", () => {
  expect(kindOf({ action: "create" })).toBe("create");
  expect(kindOf({ type: "message", event: "wave" })).toBe("wave");
  expect(kindOf({ type: "joined" })).toBe("joined");
  for (const data of [null, 5, {}, { action: 5 }]) expect(kindOf(data)).toBe("");
  expect(matches(told({ a: { b: "Deep" } }), " dEEp ")).toBe(true);
  expect(matches(told({}), "deep")).toBe(false);
});
