// The API as a superuser uses it, for what a story begins with and what happens meanwhile.

import assert from "node:assert/strict";
import { SUPERUSER } from "../sdk/server.mjs";

/** Signs in; gives a function that asks, and fails with what the server says. */
export async function superuserOf(server) {
  let token = "";
  const api = async (method, path, body) => {
    const headers = { authorization: token, "content-type": "application/json" };
    const options = { method, headers, body: body && JSON.stringify(body) };
    const answer = await fetch(server.url + path, options);
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const [identity, password] = SUPERUSER;
  const signIn = "/api/collections/_superusers/auth-with-password";
  token = (await api("POST", signIn, { identity, password })).token;
  return api;
}

/** Waits until something is as it should be. */
export async function becomes(look, wanted, milliseconds = 8_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    try {
      return assert.deepEqual(found, wanted);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}
