import { describe, expect, test } from "vitest";
import { createClient, localStore, memoryStore, type AuthStore } from "../src/index.js";

const record = { id: "u1", collectionId: "c1", collectionName: "users" };

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part(claims)}.signature`;
}

/** A server that counts refreshes and remembers which token each request carried. */
function server(status = 200) {
  const seen: { path: string; token: string | null }[] = [];
  let now = 1_000_000_000;
  const fresh = () => token({ exp: now / 1000 + 1000, fresh: true });
  const fetcher: typeof fetch = async (url, init) => {
    const headers = new Headers(init?.headers);
    const path = new URL(String(url)).pathname;
    seen.push({ path, token: headers.get("authorization") });
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (path.endsWith("auth-refresh")) {
      if (status === 0) throw new TypeError("gone");
      return Response.json(status === 200 ? { token: fresh(), record } : {}, { status });
    }
    return Response.json({ items: [] });
  };
  const store = memoryStore();
  const client = createClient("http://server", { fetch: fetcher, store, now: () => now });
  return {
    client,
    seen,
    store,
    refreshes: () => seen.filter(({ path }) => path.endsWith("auth-refresh")).length,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    signIn: (claims: object = {}) =>
      client.session.set({ token: token({ exp: now / 1000 + 1000, ...claims }), record }),
  };
}

describe("refresh", () => {
  test("not in the first half of the token's life", async () => {
    const { client, refreshes, pass, signIn } = server();
    signIn();
    pass(499_000);
    await client.from("posts").page();
    expect(refreshes()).toBe(0);
  });

  test("once in the second half, however many wait, which then carry it", async () => {
    const { client, refreshes, pass, signIn, seen } = server();
    signIn();
    const old = client.session.token;
    pass(600_000);
    await Promise.all(Array.from({ length: 8 }, () => client.from("posts").page()));
    expect(refreshes()).toBe(1);
    expect(client.session.token).not.toBe(old);
    const lists = seen.filter(({ path }) => path.endsWith("records"));
    expect(lists.map((each) => each.token)).toEqual(lists.map(() => client.session.token));
  });

  test("never for an expired or a non-renewable token, or for one that is no token", async () => {
    const { client, refreshes, pass, signIn } = server();
    signIn({ refreshable: false });
    pass(600_000);
    await client.from("posts").page();
    signIn();
    pass(1_000_001);
    await client.from("posts").page();
    client.session.set({ token: "not.a.token", record });
    await client.from("posts").page();
    expect(refreshes()).toBe(0);
    expect(client.session.looksValid).toBe(false);
  });

  test.each([401, 403, 404])("a refusal with %i ends the session", async (status) => {
    const { client, pass, signIn } = server(status);
    signIn();
    pass(600_000);
    await client.from("posts").page();
    expect(client.session.current).toBeNull();
  });

  test.each([0, 500, 429])("a failure with %i keeps the session", async (status) => {
    const { client, pass, signIn, seen } = server(status);
    signIn();
    const old = client.session.token;
    pass(600_000);
    await client.from("posts").page();
    expect(client.session.token).toBe(old);
    expect(seen.at(-1)?.token).toBe(old);
  });

  test("signing out while the answer is on its way stays signed out", async () => {
    const { client, pass, signIn } = server();
    signIn();
    pass(600_000);
    const waiting = client.from("posts").page();
    client.signOut();
    await waiting;
    expect(client.session.current).toBeNull();
  });
});

test("every change is announced until the listener leaves", () => {
  const { client, signIn } = server();
  const heard: (string | undefined)[] = [];
  const leave = client.session.onChange((session) => heard.push(session?.record.id));
  signIn();
  client.signOut();
  leave();
  signIn();
  expect(heard).toEqual(["u1", undefined]);
});

describe("local storage", () => {
  function storage(text: string | null) {
    const kept = new Map<string, string>(text === null ? [] : [["key", text]]);
    return {
      kept,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage & { kept: Map<string, string> };
  }

  test.each(["", "{", "null", "1", '"x"', "{}", '{"token":1,"record":{}}', '{"token":"x"}'])(
    "%j is nobody",
    (text) => expect(localStore("key", storage(text)).load()).toBeNull(),
  );

  test("keeps and forgets", () => {
    const place = storage(null);
    const store: AuthStore = localStore("key", place);
    store.save({ token: "t", record, since: 1 });
    expect(store.load()).toEqual({ token: "t", record, since: 1 });
    store.save(null);
    expect(place.kept.size).toBe(0);
  });
});
