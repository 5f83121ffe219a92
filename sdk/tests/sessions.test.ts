import { expect, test } from "vitest";
import { createClient, isForbidden, isNetwork } from "../src/index.js";

const record = { id: "u1", collectionId: "c1", collectionName: "users" };
const ROOT = "/api/collections/users";

/** A server with three sessions, which answers a sign-out with `status`. */
function server(status = 204) {
  const asked: [string, string, string | null][] = [];
  const client = createClient("http://server", {
    fetch: async (url, init) => {
      const { pathname, search } = new URL(String(url));
      const token = new Headers(init?.headers).get("authorization");
      asked.push([String(init?.method), pathname + search, token]);
      if (init?.method === "GET") {
        const items = ["a", "b", "c"].map((id) => ({ id, current: id === "b" }));
        return Response.json({ items });
      }
      if (status === 0) throw new TypeError("gone");
      return status === 204 ? new Response(null, { status }) : Response.json({}, { status });
    },
  });
  client.session.set({ token: "t", record });
  return { client, asked, sessions: client.auth("users").sessions };
}

test("sessions are listed and ended; a superuser names whose", async () => {
  const { asked, sessions } = server();
  expect((await sessions.list()).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  await sessions.list({ record: "u2" });
  expect(await sessions.history()).toHaveLength(3);
  await sessions.history({ record: "u2" });
  await sessions.end("a/b");
  await sessions.endAll({ record: "u2" });
  await sessions.endOf("old");
  expect(asked).toEqual([
    ["GET", `${ROOT}/sessions`, "t"],
    ["GET", `${ROOT}/sessions?record=u2`, "t"],
    ["GET", `${ROOT}/sign-ins`, "t"],
    ["GET", `${ROOT}/sign-ins?record=u2`, "t"],
    ["DELETE", `${ROOT}/sessions/a%2Fb`, "t"],
    ["DELETE", `${ROOT}/sessions?record=u2`, "t"],
    ["POST", `${ROOT}/auth-logout`, "old"],
  ]);
});

test("the others are ended, never the one that asks", async () => {
  const { asked, sessions } = server();
  await sessions.endOthers();
  const ended = asked.filter(([method]) => method === "DELETE").map(([, path]) => path);
  expect(ended.sort()).toEqual([`${ROOT}/sessions/a`, `${ROOT}/sessions/c`]);
});

test("a refusal to end one is told", async () => {
  const { sessions } = server(403);
  expect(isForbidden(await sessions.endOthers().catch((error: unknown) => error))).toBe(true);
});

test("signing out forgets at once, and the server is told by the token that was", async () => {
  const { asked, client } = server();
  const telling = client.signOut();
  expect(client.session.current).toBeNull();
  await telling;
  expect(asked).toEqual([["POST", `${ROOT}/auth-logout`, "t"]]);
  await client.signOut();
  expect(asked).toHaveLength(1);
});

test("a session that had ended is not missed", async () => {
  const { client } = server(401);
  await client.signOut();
  expect(client.session.current).toBeNull();
});

test("a server that could not be told is an error, and yet nobody is signed in here", async () => {
  const { client } = server(0);
  expect(isNetwork(await client.signOut().catch((error: unknown) => error))).toBe(true);
  expect(client.session.current).toBeNull();
});
