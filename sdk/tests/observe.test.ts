/** What views of all frameworks share, over a server in memory. */
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createSSRApp, defineComponent, h } from "vue";
import { renderToString as renderVue } from "vue/server-renderer";
import { createClient, isNotFound } from "../src/index.js";
import { Mutation, type Progress } from "../src/observe/mutation.js";
import { Observer } from "../src/observe/observer.js";
import { observeLive, observePage, observeRecord, refresh } from "../src/observe/reading.js";
import { shelfOf } from "../src/observe/shelf.js";
import { useAuth, useLive, useQuery } from "../src/react/index.js";
import * as vue from "../src/vue/index.js";
import { streaming, until } from "./stream.js";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const nobody = () => {};
const token = (id: string) => `x.${btoa(JSON.stringify({ id, exp: 4_000_000_000 }))}.x`;
const signedIn = (id: string) => ({
  token: token(id),
  record: { id, collectionId: "u", collectionName: "users" },
});

/** A server with one list and its records. */
function listing() {
  const kept = { items: [{ id: "1" }], version: 1, status: 200 };
  const server = streaming(undefined, ({ pathname }) => {
    if (kept.status !== 200) return Response.json({ message: "No." }, { status: kept.status });
    const headers = { ETag: `"${kept.version}"` };
    const id = /records\/(.*)/.exec(pathname)?.[1];
    const one = kept.items.find((item) => item.id === id);
    if (id !== undefined && !one) return Response.json({ message: "None." }, { status: 404 });
    return Response.json(one ?? { items: kept.items }, { headers });
  });
  return { ...server, kept, posts: server.client.from("posts") };
}

describe("an observer", () => {
  test("begins once, and ends some time after the last has gone", () => {
    vi.useFakeTimers();
    const calls: string[] = [];
    const observer = new Observer("first", (show) => {
      calls.push("begin");
      show("shown");
      return () => calls.push("end");
    }, () => calls.push("forgotten"));
    const leave = observer.subscribe(nobody);
    observer.subscribe(nobody)();
    leave();
    leave();
    const again = observer.subscribe(nobody);
    expect([calls, observer.current]).toEqual([["begin"], "shown"]);
    again();
    vi.advanceTimersByTime(999);
    expect(calls).toEqual(["begin"]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(["begin", "end"]);
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual(["begin", "end", "forgotten"]);
  });

  test("is forgotten where nobody ever looked, and hears nothing after its end", () => {
    vi.useFakeTimers();
    let show: (value: number) => void = nobody;
    const forget = vi.fn();
    const observer = new Observer(0, (own) => ((show = own), nobody), forget);
    vi.advanceTimersByTime(60_000);
    expect(forget).toHaveBeenCalledOnce();
    const late = observer.subscribe(nobody);
    late();
    vi.advanceTimersByTime(1_000);
    show(5);
    expect(observer.current).toBe(0);
  });
});

describe("what is read", () => {
  test("is shared by whoever asks for the same, and stays the same object", async () => {
    const { posts, requests } = listing();
    const one = observePage(posts.orderBy("a"), { perPage: 5 });
    expect(observePage(posts.orderBy("a"), { perPage: 5 })).toBe(one);
    expect(observePage(posts.orderBy("b"), { perPage: 5 })).not.toBe(one);
    expect(observePage(posts.orderBy("a"), { perPage: 6 })).not.toBe(one);
    expect(one.current).toMatchObject({ data: undefined, pending: true });
    one.subscribe(nobody);
    await until(() => !one.current.pending);
    const before = one.current.data;
    expect(before?.items).toEqual([{ id: "1" }]);
    refresh(posts);
    expect(one.current.pending).toBe(true);
    await until(() => !one.current.pending);
    expect(requests.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"1"']);
  });

  test("begins with what a page brought along, until somebody else signs in", async () => {
    const { client, posts, requests } = listing();
    const initial = { items: [{ id: "9" }], page: 1, perPage: 30, totalItems: 1, totalPages: 1 };
    const page = observePage<any>(posts, { initial });
    page.subscribe(nobody);
    expect(page.current).toMatchObject({ data: initial, pending: false });
    expect(requests).toEqual([]);
    client.session.set(signedIn("ann"));
    expect(page.current).toMatchObject({ data: undefined, pending: true });
    await until(() => page.current.data !== undefined);
    expect(page.current.data?.items).toEqual([{ id: "1" }]);
  });

  test("keeps what it has when a request fails, unless it is gone", async () => {
    const { posts, kept } = listing();
    const one = observeRecord(posts, "1");
    one.subscribe(nobody);
    await until(() => !one.current.pending);
    kept.status = 500;
    refresh(posts);
    await until(() => one.current.error !== undefined);
    expect(one.current.data).toEqual({ id: "1" });
    kept.status = 200;
    kept.items = [];
    refresh(posts);
    await until(() => isNotFound(one.current.error));
    expect(one.current.data).toBeUndefined();
  });

  test("follows a record to its end", async () => {
    const { posts, kept, tell, asked } = listing();
    const one = observeRecord<any>(posts, "1", { live: true });
    one.subscribe(nobody);
    await until(() => one.current.data !== undefined);
    const topic = asked.at(-1)!.subscriptions[0]!;
    expect(topic).toMatch(/^posts\/1\?/);
    kept.items = [{ id: "1", title: "new" } as never];
    tell(topic, { action: "update", record: { id: "1" } });
    await until(() => one.current.data.title === "new");
    kept.items = [];
    tell(topic, { action: "delete", record: { id: "1" } });
    await until(() => one.current.error !== undefined);
    expect(one.current).toMatchObject({ data: undefined, pending: false });
  });

  test("shows a list of before until the live one is there", async () => {
    const { posts } = listing();
    const list = observeLive<any>(posts, { initial: [{ id: "0" }] });
    const seen: string[] = [];
    list.subscribe(() => seen.push(`${list.current.state} ${list.current.items[0]?.id}`));
    expect(list.current.items).toEqual([{ id: "0" }]);
    await until(() => list.current.state === "open");
    expect(seen).toEqual(["open 1"]);
  });
});

test("a list that is refused to who signs in next has nothing of before", async () => {
  const { client, posts, kept } = listing();
  const list = observeLive<any>(posts);
  list.subscribe(nobody);
  await until(() => list.current.state === "open");
  kept.status = 403;
  client.session.set(signedIn("eve"));
  expect(list.current.items).toEqual([]);
  await until(() => list.current.error !== undefined);
  expect(list.current).toMatchObject({ items: [], error: { status: 403 } });
});

test("a change tells how it went; of several the last one counts", async () => {
  const seen: Progress<string>[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) =>
    new Promise<string>((resolve) => ends.push(() => resolve(name)));
  const { run, reset } = new Mutation(() => work, () => ({}), (now) => seen.push(now));
  const both = [run("first"), run("second")];
  ends[1]!();
  await both[1];
  expect(seen.at(-1)).toEqual({ pending: true, data: "second", error: undefined });
  ends[0]!();
  expect(await both[0]).toEqual({ value: "first" });
  expect(seen.at(-1)).toEqual({ pending: false, data: "second", error: undefined });
  reset();
  expect(seen.at(-1)).toEqual({ pending: false, data: undefined, error: undefined });
});

test("a failed change resolves, with what a program did wrong it rejects", async () => {
  const client = createClient("http://server", {
    fetch: async () => Response.json({ message: "No." }, { status: 403 }),
  });
  let now: Progress<unknown> | undefined;
  const show = (progress: Progress<unknown>) => (now = progress);
  const posts = client.from("posts");
  const refused = new Mutation(() => () => posts.create({}), () => ({}), show);
  expect((await refused.run()).error?.status).toBe(403);
  expect(now).toMatchObject({ pending: false, error: { status: 403 } });
  const broken = new Mutation(() => () => posts.updateAll({}), () => ({}), show);
  await expect(broken.run()).rejects.toThrow(TypeError);
  expect(now?.pending).toBe(false);
});

describe("a page that is made on a server", () => {
  const initial = { items: [{ id: "9" }], page: 1, perPage: 30, totalItems: 1, totalPages: 1 };

  test("of React asks nothing", () => {
    const { posts, client, requests, connections } = listing();
    function View() {
      const { data } = useQuery<any>(posts, { initial });
      const { items, state } = useLive<any>(posts);
      const { record } = useAuth(client);
      return createElement("p", null, `${data?.items[0].id} ${items.length} ${state} ${record}`);
    }
    expect(renderToString(createElement(View))).toBe("<p>9 0 connecting null</p>");
    expect([requests.length, connections()]).toEqual([0, 0]);
  });

  test("of Vue asks nothing", async () => {
    const { posts, client, requests, connections } = listing();
    const view = defineComponent(() => {
      const { data } = vue.useQuery<any>(posts, { initial });
      const { items } = vue.useLive<any>(posts);
      const { record } = vue.useAuth(client);
      return () => h("p", `${data.value?.items[0].id} ${items.value.length} ${record.value}`);
    });
    expect(await renderVue(createSSRApp(view))).toBe("<p>9 0 null</p>");
    expect([requests.length, connections()]).toEqual([0, 0]);
  });

  test("warns, once, of a client that others have too", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(nobody);
    const { client } = listing();
    shelfOf(client.session);
    expect(warn).not.toHaveBeenCalled();
    client.session.set(signedIn("ann"));
    shelfOf(client.session);
    shelfOf(client.session);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.lastCall?.[0]).toContain("createServerClient");
  });
});
