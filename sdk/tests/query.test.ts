/** What queries send, and what they make of answers. */
import { describe, expect, test } from "vitest";
import {
  ConflictError,
  createClient,
  filter,
  isAborted,
  isConflict,
  isNotFound,
  latest,
  safe,
  tagOf,
} from "../src/index.js";

interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Headers;
}

/** A client whose server gives the answers in turn. */
function client(...answers: Response[]) {
  const seen: Seen[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const headers = new Headers(init?.headers);
    const query = Object.fromEntries(url.searchParams);
    seen.push({ method: init?.method ?? "GET", path: url.pathname, query, headers });
    return answers.shift() ?? Response.json({ items: [], nextCursor: null });
  };
  return { posts: createClient("http://server", { fetch: fetcher }).from("posts"), seen };
}

const tagged = (body: object, tag: string) => Response.json(body, { headers: { ETag: tag } });

describe("lists", () => {
  test("carry everything that a query says", async () => {
    const { posts, seen } = client();
    const query = posts.where(filter`a = ${1}`).orderBy("-b", "c").select("a", "b");
    await query.expand("author").expand("team.lead").page(2, 5, { skipTotal: true });
    expect(seen[0]?.query).toEqual({
      page: "2",
      perPage: "5",
      skipTotal: "true",
      filter: "a = 1",
      sort: "-b,c",
      fields: "a,b,expand",
      expand: "author,team.lead",
    });
  });

  test("go on by cursor until there is none", async () => {
    const { posts, seen } = client(
      Response.json({ items: [{ id: "1" }], nextCursor: "next" }),
      Response.json({ items: [], nextCursor: "last" }),
      Response.json({ items: [{ id: "2" }], nextCursor: null }),
    );
    const ids: string[] = [];
    for await (const { id } of posts.all({ perPage: 1 })) ids.push(id);
    expect(ids).toEqual(["1", "2"]);
    expect(seen.map(({ query }) => query.cursor)).toEqual(["", "next", "last"]);
  });

  test("aggregates name their columns and keep the filter", async () => {
    const { posts, seen } = client(Response.json([]));
    await posts.where(filter`a = ${1}`).aggregate({
      group: ["status", "created:month"],
      sum: ["views"],
      max: [],
      having: filter`count > ${5}`,
      sort: ["-sum.views"],
      headers: { "X-Own": "1" },
    });
    expect(seen[0]?.path).toBe("/api/collections/posts/aggregate");
    expect(seen[0]?.query).toEqual({
      filter: "a = 1",
      group: "status,created:month",
      sum: "views",
      having: "count > 5",
      sort: "-sum.views",
    });
    expect(seen[0]?.headers.get("x-own")).toBe("1");
  });
});

describe("tags", () => {
  test("of what was read go with the write", async () => {
    const { posts, seen } = client(
      tagged({ id: "1" }, '"a"'),
      tagged({ id: "1", title: "x" }, '"b"'),
    );
    const post = await posts.get("1");
    expect(tagOf(post)).toBe('"a"');
    const changed = await posts.update("1", { title: "x" }, { ifMatch: post });
    await posts.delete("1", { ifMatch: changed });
    await posts.delete("1", { ifMatch: '"own"' });
    const sent = seen.map(({ headers }) => headers.get("if-match"));
    expect(sent).toEqual([null, '"a"', '"b"', '"own"']);
  });

  test("what was never read has none", async () => {
    const { posts, seen } = client();
    await expect(posts.update("1", {}, { ifMatch: { id: "1" } })).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });

  test("a conflict has the record as it is now, and nothing wrong with its fields", async () => {
    const current = { id: "1", note: { code: "x", message: "y" } };
    const { posts } = client(
      Response.json({ status: 409, message: "Changed.", data: current }, { status: 409 }),
      Response.json({ status: 409, message: "Changed.", data: {} }, { status: 409 }),
    );
    const first = await safe(posts.update("1", {}, { ifMatch: '"a"' }));
    expect(isConflict(first.error) && first.error.current).toEqual(current);
    expect(first.error?.fields).toEqual({});
    const second = await safe(posts.update("1", {}, { ifMatch: '"a"' }));
    expect(second.error).toBeInstanceOf(ConflictError);
    expect((second.error as ConflictError).current).toBeUndefined();
  });

  test("an unchanged record is the very same one", async () => {
    const { posts, seen } = client(
      tagged({ id: "1" }, '"a"'),
      new Response(null, { status: 304 }),
      tagged({ id: "1", title: "new" }, '"b"'),
    );
    const post = await posts.get("1");
    expect(await posts.renew(post)).toBe(post);
    expect(await posts.renew(post)).toEqual({ id: "1", title: "new" });
    expect(seen[1]?.headers.get("if-none-match")).toBe('"a"');
  });
});

describe("writes", () => {
  test("an idempotency key is a header", async () => {
    const { posts, seen } = client();
    await posts.create({}, { idempotencyKey: "k", headers: { "X-Own": "1" } });
    const { headers } = seen[0]!;
    expect([headers.get("idempotency-key"), headers.get("x-own")]).toEqual(["k", "1"]);
  });

  test("of all matches name the matches", async () => {
    const { posts, seen } = client(Response.json({ count: 2 }), Response.json({ count: 3 }));
    expect(await posts.where(filter`a = ${1}`).updateAll({ a: 2 }, { preview: true })).toBe(2);
    expect(await posts.where(filter`a = ${1}`).deleteAll()).toBe(3);
    expect(seen.map(({ method, query }) => [method, query])).toEqual([
      ["PATCH", { filter: "a = 1", preview: "true" }],
      ["DELETE", { filter: "a = 1" }],
    ]);
  });

  test("of everything are refused before they are sent", async () => {
    const { posts, seen } = client();
    await expect(posts.deleteAll()).rejects.toThrow(TypeError);
    await expect(posts.updateAll({})).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });
});

test("safe gives an outcome, and hides no mistake of the program", async () => {
  const { posts } = client(Response.json({ id: "1" }), Response.json({}, { status: 404 }));
  expect(await safe(posts.get("1"))).toEqual({ value: { id: "1" } });
  expect(isNotFound((await safe(posts.get("2"))).error)).toBe(true);
  await expect(safe(Promise.reject(new TypeError("mine")))).rejects.toThrow("mine");
});

test("of one kind of request only the newest goes on", async () => {
  const hang: typeof fetch = (_, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  const posts = createClient("http://server", { fetch: hang }).from("posts");
  const next = latest();
  const first = safe(posts.page(1, 10, { signal: next() }));
  const newest = next();
  expect(isAborted((await first).error)).toBe(true);
  expect(newest.aborted).toBe(false);
});

test("a signal ends a request that still waits for a token", async () => {
  const client = createClient("http://server", { fetch: () => new Promise(() => {}) });
  const token = (claims: object) => `x.${btoa(JSON.stringify(claims))}.x`;
  const record = { id: "u", collectionId: "c", collectionName: "users" };
  client.session.set({ token: token({ exp: Date.now() / 1000 + 0.5 }), record });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const controller = new AbortController();
  const waiting = safe(client.from("posts").page(1, 1, { signal: controller.signal }));
  controller.abort();
  expect(isAborted((await waiting).error)).toBe(true);
});
