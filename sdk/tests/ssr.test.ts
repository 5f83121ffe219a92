/** One client for each request to a server of pages. */
import { describe, expect, test } from "vitest";
import { createServerClient, isSameOrigin, requireSameOrigin } from "../src/ssr/index.js";
import { isOfRequest } from "../src/observe/request.js";

const NOW = 1_700_000_000_000;
const record = { id: "ann", collectionId: "u", collectionName: "users" };
const token = (name: string, seconds = 1_000) =>
  `${name}.${btoa(JSON.stringify({ exp: NOW / 1000 + seconds }))}.x`;
const cookie = (session: object) =>
  `a=b; __Host-luge_session=${encodeURIComponent(JSON.stringify(session))}`;
const valid = cookie({ token: token("old"), record, since: NOW });
/** Past half of its life. */
const due = cookie({ token: token("old", 10), record, since: NOW - 90_000 });

/** A Luge that renews tokens, and notes who asks. */
function luge({ status = 200 } = {}) {
  const asked: string[] = [];
  const requests: Request[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request);
    const { pathname } = new URL(request.url);
    const who = request.headers.get("authorization")?.split(".")[0] ?? "nobody";
    asked.push(`${request.method} ${pathname} ${who}`);
    if (status !== 200) return Response.json({ message: "No." }, { status });
    if (/auth-/.test(pathname)) {
      return Response.json({ token: token("new"), record: { ...record, name: "Ann" } });
    }
    return Response.json({ items: [] }, { headers: { "Access-Control-Allow-Origin": "*" } });
  };
  return { options: { fetch: fetcher, now: () => NOW }, asked, requests };
}

const request = (headers: Record<string, string>, method = "GET") =>
  new Request("https://app.example/page", { headers, method });

describe("the client of a request", () => {
  test("is who the cookie says, and asks as such", async () => {
    const { options, asked } = luge();
    const client = await createServerClient("http://luge", request({ cookie: valid }), options);
    await client.from("posts").page();
    expect(asked).toEqual(["GET /api/collections/posts/records old"]);
    expect(client.headers()).toEqual([["Cache-Control", "private, no-store"]]);
    expect(isOfRequest(client.session)).toBe(true);
  });

  test("of Node's own server too", async () => {
    const { options, asked } = luge();
    const plain = { headers: { cookie: valid, host: "app.example" }, method: "GET", url: "/page" };
    await (await createServerClient("http://luge", plain, options)).from("posts").page();
    expect(asked).toEqual(["GET /api/collections/posts/records old"]);
  });

  test("is a guest without a cookie, and what it is answered may be kept", async () => {
    const { options } = luge();
    const client = await createServerClient("http://luge", request({}), options);
    expect([client.session.current, await client.user()]).toEqual([null, null]);
    expect(client.headers()).toEqual([]);
  });

  test("has its session renewed before the page is made", async () => {
    const { options, asked } = luge();
    const client = await createServerClient("http://luge", request({ cookie: due }), options);
    expect(asked).toEqual(["POST /api/collections/users/auth-refresh old"]);
    const answer = client.answer(new Response("page", { status: 201, headers: { "X-Own": "1" } }));
    const set = answer.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/^__Host-luge_session=[^;]+; Path=\/; Max-Age=\d+; /);
    expect(set).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
    // Only who it is: a cookie can be edited.
    expect(decodeURIComponent(set)).toContain('"record":{"id":"ann"');
    expect(set).not.toContain("Ann");
    expect([answer.status, answer.headers.get("x-own"), await answer.text()]).toEqual([
      201,
      "1",
      "page",
    ]);
  });

  test("renews nothing where no cookie can be set", async () => {
    const { options, asked } = luge();
    const only = { ...options, readOnly: true };
    const client = await createServerClient("http://luge", request({ cookie: due }), only);
    await client.from("posts").page();
    expect((await client.user())?.name).toBe("Ann");
    expect(asked).toEqual([
      "GET /api/collections/posts/records old",
      "POST /api/collections/users/auth-refresh old",
    ]);
    expect(client.headers()).toEqual([["Cache-Control", "private, no-store"]]);
  });

  test("asks Luge once who somebody is", async () => {
    const { options, asked } = luge();
    const client = await createServerClient("http://luge", request({ cookie: valid }), options);
    expect(await client.user()).toMatchObject({ id: "ann", name: "Ann" });
    expect(await client.user()).toMatchObject({ id: "ann", name: "Ann" });
    expect(asked).toEqual(["POST /api/collections/users/auth-refresh old"]);
    expect(client.headers()[0]?.[1]).toContain(encodeURIComponent(token("new")));
  });

  test.each([401, 403, 404])("forgets a session that Luge refuses with %i", async (status) => {
    const { options } = luge({ status });
    const client = await createServerClient("http://luge", request({ cookie: valid }), options);
    expect(await client.user()).toBeNull();
    expect(client.headers()[0]?.[1]).toMatch(/^__Host-luge_session=; Path=\/; Max-Age=0;/);
  });

  test("keeps one while Luge is not well", async () => {
    const { options } = luge({ status: 503 });
    const client = await createServerClient("http://luge", request({ cookie: valid }), options);
    await expect(client.user()).rejects.toMatchObject({ status: 503 });
    expect(client.headers()).toEqual([["Cache-Control", "private, no-store"]]);
  });

  test("takes no sign-in after its answer", async () => {
    const { options } = luge();
    const client = await createServerClient("http://luge", request({}), options);
    client.headers();
    await expect(client.auth("users").password("ann", "x")).rejects.toMatchObject({
      code: "answered",
    });
    expect(client.session.current).toBeNull();
  });

  test("needs no HTTPS where that is said, and is for servers only", async () => {
    const { options } = luge();
    const own = { ...options, secure: false };
    const client = await createServerClient("http://luge", request({}), own);
    await client.auth("users").password("ann", "x");
    expect(client.headers()[0]?.[1]).toMatch(/^luge_session=(?!.*Secure)/);
    Object.assign(globalThis, { window: {} });
    try {
      await expect(createServerClient("http://luge", request({}))).rejects.toThrow(TypeError);
    } finally {
      delete (globalThis as { window?: unknown }).window;
    }
  });
});

describe("where a request comes from", () => {
  const origins = ["https://app.example"];
  test.each([
    ["a page of its own", { "sec-fetch-site": "same-origin" }, {}, true],
    ["a typed address", { "sec-fetch-site": "none" }, {}, true],
    ["another subdomain", { "sec-fetch-site": "same-site" }, {}, false],
    ["elsewhere", { "sec-fetch-site": "cross-site", origin: "https://app.example" }, {}, false],
    ["nobody knows", {}, {}, false],
    ["an old browser", { origin: "https://app.example" }, {}, true],
    ["an old browser elsewhere", { origin: "https://app.example.evil" }, {}, false],
    ["a page without an origin", { origin: "null" }, {}, false],
    ["another scheme", { origin: "http://app.example" }, {}, false],
    ["a named origin", { origin: "https://app.example" }, { origins }, true],
    ["one that is not named", { origin: "https://other.example" }, { origins }, false],
  ])("%s", async (_, headers, options, own) => {
    const writing = new Request("https://app.example/x", { method: "POST", headers });
    expect(isSameOrigin(writing, options)).toBe(own);
    if (own) requireSameOrigin(writing, options);
    else expect(() => requireSameOrigin(writing, options)).toThrow("elsewhere");
    requireSameOrigin(new Request("https://app.example/x", { headers }), options);
    // What comes from elsewhere is a guest's.
    writing.headers.set("cookie", valid);
    const all = { ...luge().options, ...options };
    const client = await createServerClient("http://luge", writing, all);
    expect(client.session.current?.record.id).toBe(own ? "ann" : undefined);
  });
});

describe("what is forwarded", () => {
  const from = (path: string, init: RequestInit = {}) =>
    new Request(`https://app.example${path}`, {
      ...init,
      headers: { cookie: valid, "sec-fetch-site": "same-origin", ...init.headers },
    });
  const forwarded = async (asked: Request, server = luge()) => {
    const client = await createServerClient("http://luge/", asked, server.options);
    return { answer: await client.forward(asked), ...server };
  };

  test("is asked with the token, which the page never sees", async () => {
    const headers = { "content-type": "application/json", origin: "https://app.example" };
    const init = { method: "POST", body: '{"a":1}', headers };
    const { answer, asked, requests } = await forwarded(
      from("/api/collections/posts/records?expand=a", init),
    );
    expect(asked).toEqual(["POST /api/collections/posts/records old"]);
    expect(requests[0]?.url).toBe("http://luge/api/collections/posts/records?expand=a");
    expect(await requests[0]?.text()).toBe('{"a":1}');
    expect([requests[0]?.headers.get("cookie"), requests[0]?.headers.get("origin")]).toEqual([
      null,
      null,
    ]);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(await answer.json()).toEqual({ items: [] });
  });

  test.each([
    "/api/collections/users/auth-refresh",
    "/api/collections/users/auth-token",
    "/api/collections/users/records/../auth-refresh",
    "/api/collections/users/records/%2e%2e/auth-refresh",
    "/api/collections/users/recordsx",
    "/api/settings",
    "/api/backups",
    "/other",
  ])("is not %s", async (path) => {
    const { answer, asked } = await forwarded(from(path, { method: "POST" }));
    expect([answer.status, asked]).toEqual([404, []]);
  });

  test("is no change by a page of elsewhere", async () => {
    const init = { method: "DELETE", headers: { "sec-fetch-site": "cross-site" } };
    const { answer, asked } = await forwarded(from("/api/collections/posts/records/1", init));
    expect([answer.status, asked]).toEqual([403, []]);
  });
});
