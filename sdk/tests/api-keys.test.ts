import { expect, test } from "vitest";
import { apiKeys, withKey } from "../src/api-keys/index.js";
import { createClient, isForbidden } from "../src/index.js";

/** A server that keeps what it was asked and always gives the same answer. */
function server(answer: object | null, status = 200) {
  const asked: [string, string | null, unknown][] = [];
  const fetcher: typeof fetch = async (url, init) => {
    const { pathname, search } = new URL(String(url));
    const body: unknown = init?.body === undefined ? undefined : JSON.parse(String(init.body));
    const token = new Headers(init?.headers).get("Authorization");
    asked.push([`${init?.method} ${pathname}${search}`, token, body]);
    return answer === null ? new Response(null, { status }) : Response.json(answer, { status });
  };
  return { asked, fetcher };
}

test("keys are listed, made and revoked", async () => {
  const key = { id: "k1", name: "ci", scopes: "*" as const, key: "luge_x" };
  const { asked, fetcher } = server({ ...key, items: [key] });
  const keys = apiKeys(createClient("http://server", { fetch: fetcher }), "users");
  expect(await keys.list({ record: "r1" })).toEqual([key]);
  const expires = new Date("2030-01-01T00:00:00Z");
  const scopes = [{ collections: ["posts"], actions: ["list" as const] }];
  expect((await keys.create({ name: "ci", scopes, expires })).key).toBe("luge_x");
  await keys.revoke("k/1");
  expect(asked).toEqual([
    ["GET /api/collections/users/api-keys?record=r1", null, undefined],
    [
      "POST /api/collections/users/api-keys",
      null,
      { name: "ci", scopes, expires: "2030-01-01T00:00:00.000Z" },
    ],
    ["DELETE /api/collections/users/api-keys/k%2F1", null, undefined],
  ]);
});

test("a refusal is an error", async () => {
  const { fetcher } = server({ message: "Sign in again.", data: {} }, 403);
  const keys = apiKeys(createClient("http://server", { fetch: fetcher }), "users");
  const error = await keys.create({ name: "x", scopes: "*" }).catch((error: unknown) => error);
  expect(isForbidden(error)).toBe(true);
});

test("a client signs in with a key, whatever its session says", async () => {
  const { asked, fetcher } = server({ items: [] });
  const machine = createClient("http://server", { fetch: withKey("luge_x", fetcher) });
  await machine.from("posts").page(1);
  expect(asked.map(([, token]) => token)).toEqual(["luge_x"]);
});
