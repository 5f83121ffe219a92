// Passkeys from the first options to the last sign-in, with a device that does what it is told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Authenticator } from "./authenticator.mjs";
import { startServer, SUPERUSER } from "./server.mjs";

const ORIGIN = "http://localhost:8090";
const MEMBERS = "/api/collections/members";
const PASSWORD = "secret-word";

let server, root;

async function call(path, body, token, method = "POST") {
  const headers = {
    "content-type": "application/json",
    ...(token ? { authorization: token } : {}),
  };
  const sent = method === "GET" || method === "DELETE" ? undefined : JSON.stringify(body ?? {});
  const answer = await fetch(server.url + path, { method, headers, body: sent });
  const text = await answer.text();
  return { status: answer.status, json: text ? JSON.parse(text) : null };
}

const signIn = async (email) => {
  const { status, json } = await call(`${MEMBERS}/auth-with-password`, {
    identity: email,
    password: PASSWORD,
  });
  assert.equal(status, 200);
  return json.token;
};

const options = async (token, path = MEMBERS) => {
  const { status, json } = await call(`${path}/passkeys/register-options`, {}, token);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
};

const register = (token, ceremony, credential, name) =>
  call(`${MEMBERS}/passkeys/register`, { ceremony, credential, name }, token);

const challenge = async (body = {}, path = MEMBERS) => {
  const { status, json } = await call(`${path}/passkeys/auth-options`, body);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
};

const enter = (ceremony, credential, path = MEMBERS) =>
  call(`${path}/auth-with-passkey`, { ceremony, credential });

// A device with one passkey of an account.
async function device(email) {
  const token = await signIn(email);
  const { ceremony, publicKey } = await options(token);
  const device = new Authenticator(ORIGIN);
  const kept = await register(token, ceremony, device.create(publicKey), "Laptop");
  assert.equal(kept.status, 200, JSON.stringify(kept.json));
  return { device, token, id: kept.json.id };
}

before(async () => {
  server = await startServer(process.env.LUGE_BIN);
  const signed = await call("/api/collections/_superusers/auth-with-password", {
    identity: SUPERUSER[0],
    password: SUPERUSER[1],
  });
  root = signed.json.token;
  assert.equal(
    (await call("/api/collections", { name: "members", type: "auth" }, root)).status,
    200,
  );
  for (const name of ["ann", "bob", "eve", "joe"]) {
    const body = { email: `${name}@example.com`, password: PASSWORD, passwordConfirm: PASSWORD };
    assert.equal((await call(`${MEMBERS}/records`, body, root)).status, 200);
  }
});
after(() => server.stop());

test("a passkey is made, signs in by itself and by name, is renamed and removed", async () => {
  const { device: laptop, token, id } = await device("ann@example.com");
  const found = await challenge();
  assert.deepEqual(found.publicKey.allowCredentials, []);
  assert.equal(found.publicKey.userVerification, "required");
  const entered = await enter(found.ceremony, laptop.get(found.publicKey));
  assert.equal(entered.status, 200, JSON.stringify(entered.json));
  assert.equal(entered.json.record.email, "ann@example.com");
  const named = await challenge({ identity: "ann@example.com" });
  assert.deepEqual(named.publicKey.allowCredentials, []);
  assert.equal((await enter(named.ceremony, laptop.get(named.publicKey))).status, 200);
  const sessions = await call(`${MEMBERS}/sessions`, null, entered.json.token, "GET");
  assert.equal(sessions.json.items.filter((session) => session.method === "passkey").length, 2);
  const listed = await call(`${MEMBERS}/passkeys`, null, token, "GET");
  assert.deepEqual(
    listed.json.items.map(({ name }) => name),
    ["Laptop"],
  );
  assert.equal((await call(`${MEMBERS}/passkeys/${id}`, { name: "" }, token, "PATCH")).status, 400);
  assert.equal(
    (await call(`${MEMBERS}/passkeys/${id}`, { name: "x".repeat(101) }, token, "PATCH")).status,
    400,
  );
  assert.equal(
    (await call(`${MEMBERS}/passkeys/${id}`, { name: "Desk" }, token, "PATCH")).json.name,
    "Desk",
  );
  const bob = await signIn("bob@example.com");
  for (const [method, body] of [
    ["PATCH", { name: "Mine" }],
    ["DELETE", null],
  ]) {
    assert.equal((await call(`${MEMBERS}/passkeys/${id}`, body, bob, method)).status, 404);
    assert.equal((await call(`${MEMBERS}/passkeys/${id}`, body, null, method)).status, 401);
  }
  const again = await options(token);
  assert.deepEqual(again.publicKey.excludeCredentials.length, 1);
  assert.equal(again.publicKey.authenticatorSelection.residentKey, "required");
  assert.equal((await call(`${MEMBERS}/passkeys/${id}`, null, token, "DELETE")).status, 204);
  const last = await challenge();
  assert.equal((await enter(last.ceremony, laptop.get(last.publicKey))).status, 400);
});

test("what does not answer the ceremony makes no passkey", async () => {
  const token = await signIn("joe@example.com");
  const impersonation = await call(
    `${MEMBERS}/impersonate/${(await call(`${MEMBERS}/auth-refresh`, {}, token)).json.record.id}`,
    {},
    root,
  );
  assert.equal(
    (await call(`${MEMBERS}/passkeys/register-options`, {}, impersonation.json.token)).status,
    403,
  );
  assert.equal((await call(`${MEMBERS}/passkeys/register-options`, {})).status, 401);
  assert.equal((await call(`${MEMBERS}/passkeys/register-options`, {}, root)).status, 403);
  const device = new Authenticator(ORIGIN);
  const foreign = await options(await signIn("bob@example.com"));
  for (const [name, change] of [
    ["another origin", { origin: "http://evil.test" }],
    ["a sub-domain", { origin: "http://app.localhost:8090" }],
    ["another port", { origin: "http://localhost:8091" }],
    ["another domain", { domain: "evil.test" }],
    ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAA" }],
    ["another ceremony's challenge", { challenge: foreign.publicKey.challenge }],
    ["a sign-in", { type: "webauthn.get" }],
    ["no user verification", { unverified: true }],
    ["nobody present", { absent: true }],
  ]) {
    const { ceremony, publicKey } = await options(token);
    const refused = await register(token, ceremony, device.create(publicKey, change));
    assert.equal(refused.status, 400, name);
    assert.equal(refused.json.data.credential.code, "validation_invalid_credential", name);
  }
  const { ceremony, publicKey } = await options(token);
  const credential = device.create(publicKey);
  const bob = await signIn("bob@example.com");
  for (const [name, refused] of [
    ["another account", await register(bob, ceremony, credential)],
    ["another ceremony", await register(token, foreign.ceremony, credential)],
    ["a changed ceremony", await register(token, `${ceremony.slice(0, -2)}AA`, credential)],
    ["no ceremony", await register(token, "x", credential)],
    ["no credential", await register(token, ceremony, { id: "x" })],
    ["nothing", await register(token)],
    ["a long name", await register(token, ceremony, credential, "x".repeat(101))],
  ]) {
    assert.equal(refused.status, 400, name);
  }
  assert.equal((await register(null, ceremony, credential)).status, 401);
  const listed = await call(`${MEMBERS}/passkeys`, null, token, "GET");
  assert.deepEqual(listed.json.items, []);
  const attempts = await Promise.all(
    Array.from({ length: 50 }, () => register(token, ceremony, credential)),
  );
  assert.equal(attempts.filter(({ status }) => status === 200).length, 1);
  assert.equal((await register(token, ceremony, credential)).status, 400);
});

test("what does not answer the challenge signs nobody in", async () => {
  const { device: phone } = await device("bob@example.com");
  const { device: other } = await device("eve@example.com");
  const old = await challenge();
  const answered = phone.get(old.publicKey);
  const eve = other.get((await challenge()).publicKey);
  for (const [name, change] of [
    ["another origin", { origin: "http://evil.test" }],
    ["another domain", { domain: "evil.test" }],
    ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAA" }],
    ["a registration", { type: "webauthn.create" }],
    ["no user verification", { unverified: true }],
    ["nobody present", { absent: true }],
    ["another signature", { signature: Buffer.from("MEUCIQ", "base64url") }],
    ["another's passkey", { as: Buffer.from(eve.id, "base64url") }],
    ["another's handle", { handle: eve.response.userHandle }],
    ["nobody's passkey", { as: Buffer.alloc(32, 7) }],
  ]) {
    const { ceremony, publicKey } = await challenge();
    const refused = await enter(ceremony, phone.get(publicKey, change));
    assert.equal(refused.status, 400, name);
    assert.deepEqual(
      refused.json,
      { data: {}, message: "Failed to authenticate.", status: 400 },
      name,
    );
  }
  const registration = await options(await signIn("bob@example.com"));
  assert.equal((await enter(registration.ceremony, answered)).status, 400);
  assert.equal((await enter(old.ceremony, answered, "/api/collections/_superusers")).status, 400);
  const attempts = await Promise.all(
    Array.from({ length: 50 }, () => enter(old.ceremony, answered)),
  );
  assert.equal(attempts.filter(({ status }) => status === 200).length, 1);
  assert.equal((await enter(old.ceremony, answered)).status, 400);
  const next = await challenge();
  assert.equal(
    (await enter(next.ceremony, phone.get(next.publicKey, { counter: 1 }))).status,
    400,
    "a copied device",
  );
});

test("naming an account tells nothing of it, and lets nobody else in", async () => {
  const { device: phone } = await device("eve@example.com");
  const shapes = [];
  for (const identity of ["eve@example.com", "nobody@example.com", "bob@example.com"]) {
    const { ceremony, publicKey } = await challenge({ identity });
    shapes.push(JSON.stringify({ ...publicKey, challenge: "" }));
    const entered = await enter(ceremony, phone.get(publicKey));
    assert.equal(entered.status, identity.startsWith("eve") ? 200 : 400, identity);
  }
  assert.equal(new Set(shapes).size, 1);
});

test("a collection can bind its passkeys to other pages, or have none", async () => {
  const change = (body) => call(MEMBERS, body, root, "PATCH");
  assert.equal((await call(MEMBERS, null, root, "GET")).json.passkey, undefined);
  for (const passkey of [
    { rpId: "127.0.0.1" },
    { origins: ["https://app.example.com"] },
    { rpId: "example.com", origins: ["https://evil.test"] },
  ]) {
    assert.equal((await change({ passkey })).status, 400, JSON.stringify(passkey));
  }
  const chosen = { enabled: true, rpId: "example.com", origins: ["https://app.example.com"] };
  assert.deepEqual((await change({ passkey: chosen })).json.passkey, chosen);
  const token = await signIn("ann@example.com");
  const { ceremony, publicKey } = await options(token);
  assert.equal(publicKey.rp.id, "example.com");
  const app = new Authenticator("https://app.example.com");
  assert.equal((await register(token, ceremony, app.create(publicKey))).status, 200);
  await change({ passkey: { enabled: false } });
  for (const path of ["passkeys/register-options", "passkeys/auth-options"]) {
    assert.equal((await call(`${MEMBERS}/${path}`, {}, token)).status, 403);
  }
  assert.equal((await enter("x", { id: "x" })).status, 403);
  await change({ passkey: { enabled: true, rpId: "", origins: [] } });
  assert.equal((await call(MEMBERS, null, root, "GET")).json.passkey, undefined);
});

test("superusers have passkeys too", async () => {
  const SUPERUSERS = "/api/collections/_superusers";
  const { ceremony, publicKey } = await options(root, SUPERUSERS);
  const key = new Authenticator(ORIGIN);
  const kept = await call(
    `${SUPERUSERS}/passkeys/register`,
    { ceremony, credential: key.create(publicKey) },
    root,
  );
  assert.equal(kept.status, 200, JSON.stringify(kept.json));
  const found = await challenge({}, SUPERUSERS);
  const entered = await enter(found.ceremony, key.get(found.publicKey), SUPERUSERS);
  assert.equal(entered.status, 200, JSON.stringify(entered.json));
  assert.equal((await call("/api/settings", null, entered.json.token, "GET")).status, 200);
});
