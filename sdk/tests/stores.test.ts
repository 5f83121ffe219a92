/** Places of a session that are slow, and cookies. */
import { describe, expect, test } from "vitest";
import { createClient } from "../src/index.js";
import { cookieStore, slowStore } from "../src/stores/index.js";

const record = { id: "u1", collectionId: "c1", collectionName: "users" };
const session = { token: "t", record, since: 1 };

/** A storage whose earlier writes take longer than later ones. */
function slow(text: string | null, fails = false) {
  const map = new Map(text === null ? [] : [["luge.session", text]]);
  let wait = 20;
  const later = async (change: () => unknown) => {
    await new Promise((resolve) => setTimeout(resolve, (wait -= 5)));
    if (fails) throw new Error("full");
    change();
  };
  return {
    map,
    getItem: async (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => later(() => map.set(key, value)),
    removeItem: (key: string) => later(() => map.delete(key)),
  };
}

describe("a slow storage", () => {
  test("is read before, and written in order behind", async () => {
    const storage = slow(JSON.stringify(session));
    const store = await slowStore(storage);
    const client = createClient("http://server", { store });
    expect(client.session.token).toBe("t");
    client.session.set(null);
    client.session.set({ token: "a", record });
    client.session.set({ token: "b", record });
    expect(client.session.token).toBe("b");
    await store.settled();
    expect(JSON.parse(storage.map.get("luge.session") ?? "")).toMatchObject({ token: "b" });
    client.session.set(null);
    await store.settled();
    expect(storage.map.size).toBe(0);
  });

  test("that fails says so to whoever asks, and the session goes on", async () => {
    const store = await slowStore(slow(null, true));
    store.save(session);
    await expect(store.settled()).rejects.toThrow("full");
    expect(store.load()).toEqual(session);
  });

  test.each(["", "{", "1", '{"token":1}'])("%j in it is nobody", async (text) => {
    expect((await slowStore(slow(text))).load()).toBeNull();
  });
});

describe("cookies", () => {
  test("carry a session from answer to request", () => {
    const first = cookieStore(null);
    expect([first.load(), first.setCookie()]).toEqual([null, null]);
    const odd = { ...session, record: { ...record, name: 'é; "x", =%' } };
    first.save(odd);
    const cookie = first.setCookie() ?? "";
    const [value, ...marks] = cookie.split("; ");
    expect(value).toMatch(/^luge_session=[^;, "]+$/);
    expect(marks).toEqual(["Path=/", "Max-Age=31536000", "HttpOnly", "Secure", "SameSite=Lax"]);
    const second = cookieStore(`other=1; ${cookie.split(";")[0]}; last=2`);
    expect(second.load()).toEqual(odd);
    expect(second.setCookie()).toBeNull();
  });

  test("end with the session", () => {
    const options = { name: "s", secure: false, domain: "x.org", sameSite: "Strict" } as const;
    const store = cookieStore("", options);
    store.save(null);
    expect(store.setCookie()).toBe(
      "s=; Path=/; Domain=x.org; Max-Age=0; HttpOnly; SameSite=Strict",
    );
  });

  test("are small enough for browsers, whatever the record holds", () => {
    const store = cookieStore("");
    store.save({ ...session, record: { ...record, about: "é".repeat(2000) } });
    const cookie = store.setCookie() ?? "";
    expect(cookie.length).toBeLessThan(4096);
    expect(cookieStore(cookie.split(";")[0]).load()).toEqual(session);
  });

  const WORTHLESS = ["luge_session", "luge_session=", "luge_session=%", "luge_session=%7B"];
  test.each([...WORTHLESS, "xluge_session=1"])(
    "%j is nobody",
    (cookies) => expect(cookieStore(cookies).load()).toBeNull(),
  );
});
