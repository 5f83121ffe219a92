/** Lists that follow their query, over a server in memory. */
import { describe, expect, test } from "vitest";
import { filter, isAborted, safe } from "../src/index.js";
import { live, type LiveList } from "../src/live/index.js";
import { streaming, until } from "./stream.js";

/** A server with one list. */
function listing() {
  const kept = { items: [{ id: "1" }], version: 1, status: 200 };
  const server = streaming(undefined, () => {
    if (kept.status !== 200) return Response.json({ message: "No." }, { status: kept.status });
    return Response.json({ items: kept.items }, { headers: { ETag: `"${kept.version}"` } });
  });
  const query = server.client.from("posts").where(filter`a = ${1}`).orderBy("b");
  const topic = () => server.asked.at(-1)?.subscriptions[0] ?? "";
  const change = (...ids: string[]) => {
    kept.items = ids.map((id) => ({ id }));
    kept.version += 1;
    server.tell(topic(), { action: "update", record: { id: "x" } });
  };
  return { ...server, kept, query, change, topic };
}

const ids = ({ items }: LiveList<{ id: string }>) => items.map(({ id }) => id).join();

test("an iteration has the list at first, and at every change of anything", async () => {
  const { query, change, topic, requests, client } = listing();
  const seen: string[] = [];
  for await (const list of live(query, { perPage: 5 })) {
    seen.push(ids(list));
    if (seen.length === 1) change("1", "2");
    if (seen.length === 2) change("2");
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(["1", "1,2", "2"]);
  expect(decodeURIComponent(topic())).toBe('posts/*?options={"query":{"fields":"id"}}');
  expect(Object.fromEntries(requests[0]!.url.searchParams)).toEqual({
    page: "1",
    perPage: "5",
    skipTotal: "true",
    filter: "a = 1",
    sort: "b",
  });
  expect(requests.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"1"', '"2"']);
  await until(() => client.realtime.state === "closed");
});

test("many changes are read together", async () => {
  const { query, change, requests } = listing();
  const list = live(query);
  const leave = list.subscribe(() => {});
  await until(() => list.current.state === "open");
  for (let at = 0; at < 50; at += 1) change(`${at}`);
  await until(() => ids(list.current) === "49");
  expect(requests.length).toBeLessThan(5);
  leave();
});

test("a store tells at once, shares its connection, and ends with its last listener", async () => {
  const { query, change, requests, client } = listing();
  const list = live(query);
  const heard: string[] = [];
  const leaves = [1, 2].map((who) => list.subscribe((now) => heard.push(`${who}:${ids(now)}`)));
  expect(heard).toEqual(["1:", "2:"]);
  await until(() => heard.length === 4);
  leaves[0]!();
  change("3");
  await until(() => heard.at(-1) === "2:3");
  leaves[1]!();
  await until(() => client.realtime.state === "closed");
  const before = requests.length;
  const again = list.subscribe(() => {});
  await until(() => requests.length > before);
  again();
});

describe("breaks", () => {
  test("keep the list, marked as stale, and read it anew", async () => {
    const { query, drop, kept, state } = listing();
    const list = live(query);
    const states: string[] = [];
    const leave = list.subscribe((now) => states.push(`${now.state} ${ids(now)}`));
    await until(() => list.current.state === "open");
    state.down = true;
    drop();
    await until(() => list.current.state === "stale");
    kept.items = [{ id: "9" }];
    state.down = false;
    await until(() => list.current.state === "open");
    await until(() => ids(list.current) === "9");
    expect(states.slice(0, 3)).toEqual(["connecting ", "open 1", "stale 1"]);
    leave();
  });

  test("a refusal ends the iteration with the reason", async () => {
    const { query, kept } = listing();
    kept.status = 403;
    const list = live(query);
    const { error } = await safe(
      (async () => {
        for await (const now of list) void now;
      })(),
    );
    expect(error?.status).toBe(403);
    kept.status = 200;
    for await (const now of list) {
      expect(ids(now)).toBe("1");
      break;
    }
  });

  test("a signal ends it too", async () => {
    const { query, client } = listing();
    const controller = new AbortController();
    const { error } = await safe(
      (async () => {
        for await (const list of live(query, { signal: controller.signal })) {
          if (list.state === "open") controller.abort();
        }
      })(),
    );
    expect(isAborted(error)).toBe(true);
    await until(() => client.realtime.state === "closed");
  });
});
