/** What TanStack's own client makes of the options and of changes. */
import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/query-core";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createClient, filter } from "../src/index.js";
import {
  collectionKey,
  countOptions,
  firstOptions,
  followChanges,
  infiniteOptions,
  pageOptions,
  recordOptions,
} from "../src/tanstack/index.js";
import { streaming, until } from "./stream.js";

interface Schema {
  posts: { record: { title: string } };
  notes: { record: { text: string } };
}

const clients: QueryClient[] = [];
function cache() {
  const made = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  clients.push(made);
  return made;
}
afterEach(() => clients.splice(0).forEach((client) => client.clear()));

const refusing = (status: number) =>
  streaming(() => Response.json({ message: "No." }, { status }));

describe("options", () => {
  test("are told apart by all that a query says", () => {
    const { client } = streaming();
    const posts = client.from("posts");
    const keys = [
      pageOptions(posts),
      pageOptions(posts, { page: 2 }),
      pageOptions(posts.where(filter`a = ${1}`)),
      pageOptions(posts.where(filter`a = ${2}`)),
      pageOptions(posts.search("x")),
      pageOptions(client.from("notes")),
      recordOptions(posts, "1"),
      recordOptions(posts.expand("author"), "1"),
      firstOptions(posts),
      countOptions(posts),
      infiniteOptions(posts),
    ].map(({ queryKey }) => JSON.stringify(queryKey));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[2]).toBe(JSON.stringify(pageOptions(posts.where(filter`a = ${1}`)).queryKey));
    expect(keys[2]).toContain("a = 1");
  });

  test("have the types of the records", () => {
    const db = createClient<Schema>("http://server");
    const infinite = infiniteOptions(db.from("posts"));
    const made = () => cache().fetchQuery(recordOptions(db.from("posts"), "1"));
    expectTypeOf<Awaited<ReturnType<typeof made>>["title"]>().toEqualTypeOf<string>();
    const parts = () => cache().fetchInfiniteQuery(infinite);
    type Parts = Awaited<ReturnType<typeof parts>>;
    expectTypeOf<Parts["pages"][number]["items"][number]["title"]>().toEqualTypeOf<string>();
  });

  test("read, and end with who asked", async () => {
    const fetcher: typeof fetch = (_, init) =>
      new Promise((_, reject) =>
        init?.signal?.addEventListener("abort", () => reject(new Error("ended"))),
      );
    const db = createClient("http://server", { fetch: fetcher });
    const queries = cache();
    const reading = queries.fetchQuery(pageOptions(db.from("posts")));
    await new Promise((done) => setTimeout(done));
    await queries.cancelQueries({ queryKey: collectionKey("posts") }, { revert: false });
    await expect(reading).rejects.toThrow();
  });

  test("go on by cursor to the end", async () => {
    const server = streaming(undefined, (url) => {
      const cursor = url.searchParams.get("cursor");
      const next = { "": "a", a: "b", b: null }[cursor ?? "?"];
      return Response.json({ items: [{ id: cursor }], nextCursor: next });
    });
    const observer = new InfiniteQueryObserver(
      cache(),
      infiniteOptions(server.client.from("posts"), { perPage: 1 }),
    );
    const leave = observer.subscribe(() => {});
    await until(() => observer.getCurrentResult().isSuccess);
    while (observer.getCurrentResult().hasNextPage) await observer.fetchNextPage();
    const pages = observer.getCurrentResult().data?.pages ?? [];
    expect(pages.map(({ items }) => items[0]?.id)).toEqual(["", "a", "b"]);
    leave();
  });
});

describe("changes", () => {
  test("have everything of their collection read anew, several at once", async () => {
    let version = 0;
    const server = streaming(undefined, () => Response.json({ items: [{ id: `${++version}` }] }));
    const queries = cache();
    const db = server.client;
    const posts = new QueryObserver(queries, pageOptions(db.from("posts")));
    const notes = new QueryObserver(queries, pageOptions(db.from("notes")));
    const leaves = [posts, notes].map((one) => one.subscribe(() => {}));
    await until(() => posts.getCurrentResult().isSuccess && notes.getCurrentResult().isSuccess);
    const stop = await followChanges(db, queries, ["posts", "notes"]);
    const before = notes.getCurrentResult().data;
    const topic = server.asked.at(-1)!.subscriptions.find((name) => name.startsWith("posts/"))!;
    for (let at = 0; at < 20; at += 1) server.tell(topic, { action: "update", record: {} });
    await until(() => posts.getCurrentResult().data?.items[0]?.id === "3");
    expect(version).toBe(3);
    expect(notes.getCurrentResult().data).toBe(before);
    server.tell("resync", { reason: "trimmed" });
    await until(() => version === 5);
    stop();
    await until(() => db.realtime.state === "closed");
    leaves.forEach((leave) => leave());
  });

  test("of who is signed in have all answers forgotten", async () => {
    const server = streaming(undefined, () => Response.json({ items: [] }));
    const queries = cache();
    await followChanges(server.client, queries, ["posts"]);
    queries.setQueryData(pageOptions(server.client.from("posts")).queryKey, "secret");
    const record = { id: "a", collectionId: "u", collectionName: "users" };
    server.client.session.set({ token: "x", record });
    await until(() => queries.getQueriesData({}).every(([, data]) => data === undefined));
    queries.setQueryData(pageOptions(server.client.from("posts")).queryKey, "secret");
    server.client.session.set({ token: "y", record });
    await new Promise((done) => setTimeout(done, 20));
    expect(queries.getQueriesData({}).map(([, data]) => data)).toEqual(["secret"]);
  });

  test("that nobody may be told of reject, and leave nothing behind", async () => {
    const server = refusing(403);
    const told = followChanges(server.client, cache(), ["posts", "notes"]);
    await expect(told).rejects.toMatchObject({ status: 403 });
    await until(() => server.client.realtime.state === "closed");
  });
});
