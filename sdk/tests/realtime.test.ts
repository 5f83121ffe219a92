/** The connection: its topics, its breaks, and what it does when the server refuses. */
import { describe, expect, test, vi } from "vitest";
import { createClient, filter, isAborted, safe } from "../src/index.js";
import { streaming, until } from "./stream.js";

const record = (id: string) => ({ id, collectionId: "c", collectionName: "users" });
const no = (status: number) => Response.json({ status, message: "No." }, { status });

test("one connection carries all topics, and ends with the last", async () => {
  const { client, asked, connections, tell } = streaming();
  const heard: unknown[] = [];
  const posts = client.from("posts").where(filter`a = ${1}`).expand("author");
  const [first, second, third] = await Promise.all([
    posts.subscribe(({ action }) => heard.push(["first", action])),
    posts.subscribe(({ action }) => heard.push(["second", action])),
    client.realtime.subscribe("own", (data) => heard.push(data)),
  ]);
  expect(client.realtime.state).toBe("open");
  expect(client.realtime.clientId).toBe("client1");
  const topic = asked.at(-1)?.subscriptions[0] ?? "";
  expect(decodeURIComponent(topic)).toBe(
    'posts/*?options={"query":{"filter":"a = 1","expand":"author"}}',
  );
  tell(topic, { action: "create", record: {} });
  tell("own", 1);
  await until(() => heard.length === 3);
  expect(heard).toEqual([["first", "create"], ["second", "create"], 1]);
  first();
  tell(topic, { action: "update", record: {} });
  await until(() => heard.length === 4);
  second();
  await until(() => asked.at(-1)?.subscriptions.join() === "own");
  third();
  await until(() => client.realtime.state === "closed");
  expect(connections()).toBe(1);
  await client.realtime.subscribe("again", () => {});
  expect(connections()).toBe(2);
});

test("after a break it goes on where it was, and says so meanwhile", async () => {
  const { client, asked, tell, drop, connections } = streaming();
  const states: string[] = [];
  client.realtime.onState((state) => states.push(state));
  await client.realtime.subscribe("a", () => {});
  expect(asked[0]?.since).toBe("place0");
  tell("a", 1, "place7");
  await client.realtime.subscribe("b", () => {});
  expect(asked.at(-1)?.since).toBeUndefined();
  drop();
  await until(() => asked.at(-1)?.clientId === "client2");
  expect(asked.at(-1)).toMatchObject({ subscriptions: ["a", "b"], since: "place7" });
  await until(() => client.realtime.state === "open");
  expect(states).toEqual(["connecting", "open", "stale", "open"]);
  expect(connections()).toBe(2);
});

test("what was missed for good is told to everybody, once", async () => {
  const { client, tell, drop, asked } = streaming();
  const reasons: string[] = [];
  for (const topic of ["a", "b"]) {
    await client.realtime.subscribe(topic, () => {}, { onResync: (why) => reasons.push(why) });
  }
  tell("resync", { reason: "trimmed" }, "place9");
  await until(() => reasons.length > 0);
  expect(reasons).toEqual(["trimmed", "trimmed"]);
  drop();
  await until(() => asked.at(-1)?.since === "place9");
});

test("frames come in any pieces", async () => {
  const { client, write } = streaming();
  const heard: unknown[] = [];
  await client.realtime.subscribe("a", (data) => heard.push(data));
  for (const piece of [
    ": a comment\n\nevent: a\r",
    "\ndata: [1,\r\ndata: 2]\r\n\r",
    "\nevent:unknown\ndata:{}\n\nevent:a\nda",
    'ta:"né',
    'e"\n\n',
  ]) {
    write(piece);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await until(() => heard.length === 2);
  expect(heard).toEqual([[1, 2], "née"]);
});

describe("refusals", () => {
  test("of a topic reach only who asked for it", async () => {
    const { client } = streaming(({ subscriptions }) => {
      if (subscriptions.includes("bad")) return no(400);
    });
    const outcomes = await Promise.all(
      ["a", "bad", "b"].map((topic) => safe(client.realtime.subscribe(topic, () => {}))),
    );
    expect(outcomes.map(({ error }) => error?.status)).toEqual([undefined, 400, undefined]);
    const later = await safe(client.realtime.subscribe("bad", () => {}));
    expect(later.error?.status).toBe(400);
    expect(client.realtime.state).toBe("open");
  });

  test("of the only topic close the connection", async () => {
    const { client } = streaming(() => no(400));
    const { error } = await safe(client.realtime.subscribe("bad", () => {}));
    expect(error?.status).toBe(400);
    await until(() => client.realtime.state === "closed");
  });

  test.each([404, 500])("with %i are the connection's, which comes anew", async (status) => {
    let times = 0;
    const { client, connections } = streaming(() => (times++ === 0 ? no(status) : undefined));
    await client.realtime.subscribe("a", () => {});
    expect([connections(), client.realtime.state]).toEqual([2, "open"]);
  });

  test("where fetch cannot stream, that is said", async () => {
    const fetcher: typeof fetch = async () => new Response(null, { status: 200 });
    const client = createClient("http://server", { fetch: fetcher });
    const { error } = await safe(client.realtime.subscribe("a", () => {}));
    expect(error?.code).toBe("no_streaming");
    await until(() => client.realtime.state === "closed");
  });
});

describe("whoever is signed in", () => {
  test("is told by the same connection when it comes, and by another when it changes", async () => {
    const { client, asked, connections } = streaming();
    await client.realtime.subscribe("a", () => {});
    client.session.set({ token: "one", record: record("u1") });
    await until(() => asked.at(-1)?.token === "one");
    client.session.set({ token: "renewed", record: record("u1") });
    await until(() => asked.at(-1)?.token === "renewed");
    expect(connections()).toBe(1);
    client.session.set({ token: "two", record: record("u2") });
    await until(() => asked.at(-1)?.token === "two");
    expect(asked.at(-1)).toMatchObject({ clientId: "client2", since: "place0" });
    client.session.set(null);
    await until(() => connections() === 3 && asked.at(-1)?.token === null);
  });
});

describe("signals", () => {
  test("end a subscription, also one that waits", async () => {
    const { client, state } = streaming();
    state.down = true;
    const controller = new AbortController();
    const waiting = safe(
      client.realtime.subscribe("a", () => {}, { signal: controller.signal }),
    );
    controller.abort();
    expect(isAborted((await waiting).error)).toBe(true);
    await until(() => client.realtime.state === "closed");
    const { signal } = controller;
    const late = await safe(client.realtime.subscribe("a", () => {}, { signal }));
    expect(isAborted(late.error)).toBe(true);
    expect(client.realtime.state).toBe("closed");
  });

  test("end one that is open", async () => {
    const { client } = streaming();
    const controller = new AbortController();
    await client.realtime.subscribe("a", () => {}, { signal: controller.signal });
    controller.abort();
    await until(() => client.realtime.state === "closed");
  });
});

test("a listener that throws neither stops the others nor is hidden", async () => {
  const { client, tell } = streaming();
  const heard: unknown[] = [];
  const seen: unknown[] = [];
  const own = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((run) => {
    try {
      run();
    } catch (error) {
      seen.push(error);
    }
  });
  await client.realtime.subscribe("a", () => {
    throw new Error("mine");
  });
  await client.realtime.subscribe("a", (data) => heard.push(data));
  tell("a", 1);
  await until(() => heard.length === 1);
  own.mockRestore();
  expect(seen).toMatchObject([{ message: "mine" }]);
});
