// Passkeys of an application's accounts: a page of the application, in a real browser with a
// virtual device, speaks to the API. Then everything that must be refused.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { ask, make, plugIn, prove } from "./device.mjs";
import { startServer } from "./server.mjs";

const PASSWORD = "quiet-sled-42";
const SUPERUSER = "ada@example.com";
const MEMBERS = "/api/collections/members";
const FAILED = { data: {}, message: "Failed to authenticate.", status: 400 };
const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let browser;
let application;
let elsewhere;
let page;
let devices;
let root;

// A page of an application: nothing but its origin counts.
async function openSite() {
  const site = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html; charset=utf-8");
    answer.end("<!doctype html><title>Application</title>");
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  return { origin: `http://localhost:${site.address().port}`, stop: () => site.close() };
}

const call = (path, options, from = page) => ask(from, server.url + path, options);

async function succeed(path, options) {
  const answer = await call(path, options);
  assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer)}`);
  return answer.json;
}

const signIn = async (name) => {
  const body = { identity: `${name}@example.com`, password: PASSWORD };
  return (await succeed(`${MEMBERS}/auth-with-password`, { body })).token;
};
const begin = (token) => succeed(`${MEMBERS}/passkeys/register-options`, { token });
const challenge = (body) => succeed(`${MEMBERS}/passkeys/auth-options`, { body });
const keep = (token, ceremony, { credential }, from) =>
  call(`${MEMBERS}/passkeys/register`, { token, body: { ceremony, credential } }, from);
const enter = (ceremony, { credential }, from) =>
  call(`${MEMBERS}/auth-with-passkey`, { body: { ceremony, credential } }, from);

// Which pages may ask for passkeys of members.
const allow = (...origins) => {
  const passkey = { enabled: true, rpId: "localhost", origins };
  return succeed(MEMBERS, { token: root, method: "PATCH", body: { passkey } });
};

// A page of the application on a device of its own.
async function openDevice(options) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(application.origin);
  return { page, device: await plugIn(page, options) };
}

async function register(name, { page }) {
  const token = await signIn(name);
  const { ceremony, publicKey } = await begin(token);
  const made = await make(page, publicKey);
  const { status, json } = await keep(token, ceremony, made, page);
  assert.equal(status, 200, JSON.stringify(json ?? made));
  return { token, id: json.id };
}

// A registration that failed for this reason.
function refuses({ status, json }, reason) {
  assert.equal(status, 400);
  assert.equal(json.data.credential.code, "validation_invalid_credential");
  assert.match(json.data.credential.message, reason);
}

before(async () => {
  if (skip) return;
  server = await startServer(process.env.LUGE_BIN);
  browser = await launch();
  [application, elsewhere] = [await openSite(), await openSite()];
  const [ann, bob] = [await openDevice(), await openDevice()];
  devices = { ann, bob };
  page = ann.page;
  const setup = { code: server.code, email: SUPERUSER };
  const body = { ...setup, password: PASSWORD, passwordConfirm: PASSWORD };
  root = (await succeed("/api/setup", { body })).token;
  await succeed("/api/collections", { token: root, body: { name: "members", type: "auth" } });
  await allow(application.origin);
  for (const name of ["ann", "bob"]) {
    const account = { email: `${name}@example.com`, password: PASSWORD };
    const body = { ...account, passwordConfirm: PASSWORD };
    await succeed(`${MEMBERS}/records`, { token: root, body });
  }
});

after(async () => {
  await browser?.close();
  application?.stop();
  elsewhere?.stop();
  await server?.stop();
});

test("a member registers a passkey, signs out, and signs in with it", { skip }, async () => {
  const { token } = await register("ann", devices.ann);
  assert.equal((await call(`${MEMBERS}/auth-logout`, { token })).status, 204);
  assert.equal((await call(`${MEMBERS}/auth-refresh`, { token })).status, 401);
  for (const [body, mediation] of [
    [{}, undefined],
    [{ identity: "ann@example.com" }, undefined],
    [{}, "conditional"],
  ]) {
    const { ceremony, publicKey } = await challenge(body);
    const entered = await enter(ceremony, await prove(page, publicKey, mediation));
    assert.equal(entered.status, 200, JSON.stringify(entered));
    assert.equal(entered.json.record.email, "ann@example.com");
    const { token } = entered.json;
    assert.equal((await call(`${MEMBERS}/auth-refresh`, { token })).status, 200);
  }
});

test("the device is not asked for a second passkey of an account", { skip }, async () => {
  const { publicKey } = await begin(await signIn("ann"));
  assert.deepEqual(await make(page, publicKey), { refused: "InvalidStateError" });
});

test("an answer is taken once, and only in its own ceremony", { skip }, async () => {
  const { ceremony, publicKey } = await challenge();
  const proof = await prove(page, publicKey);
  const other = await challenge();
  assert.deepEqual((await enter(other.ceremony, proof)).json, FAILED);
  assert.equal((await enter(ceremony, proof)).status, 200);
  for (const ceremonyOfReplay of [ceremony, other.ceremony, (await challenge()).ceremony]) {
    assert.deepEqual((await enter(ceremonyOfReplay, proof)).json, FAILED);
  }
  const token = await signIn("bob");
  const begun = await begin(token);
  const made = await make(devices.bob.page, begun.publicKey);
  assert.equal((await keep(token, begun.ceremony, made)).status, 200);
  refuses(await keep(token, begun.ceremony, made), /ceremony/);
});

test("what was asked of one account is not answered by another", { skip }, async () => {
  const { ceremony, publicKey } = await challenge({ identity: "ann@example.com" });
  const bobs = await prove(devices.bob.page, publicKey);
  assert.ok(bobs.credential);
  assert.deepEqual((await enter(ceremony, bobs)).json, FAILED);

  const own = await challenge();
  const [anns, other] = [
    await prove(page, own.publicKey),
    await prove(devices.bob.page, own.publicKey),
  ];
  const { userHandle } = other.credential.response;
  const swapped = { ...anns.credential, response: { ...anns.credential.response, userHandle } };
  assert.deepEqual((await enter(own.ceremony, { credential: swapped })).json, FAILED);
  const { id, rawId } = other.credential;
  const borrowed = { ...anns.credential, id, rawId };
  assert.deepEqual((await enter(own.ceremony, { credential: borrowed })).json, FAILED);
  assert.equal((await enter(own.ceremony, anns)).status, 200);

  const spare = await openDevice();
  const begun = await begin(await signIn("ann"));
  const made = await make(spare.page, begun.publicKey);
  refuses(await keep(await signIn("bob"), begun.ceremony, made), /ceremony/);
  await spare.page.context().close();
});

test("a page of another origin signs nobody in and registers nothing", { skip }, async () => {
  await page.goto(elsewhere.origin);
  const { ceremony, publicKey } = await challenge();
  // The browser lets it: the domain is the same. What the device signed tells the origin.
  const proof = await prove(page, publicKey);
  const client = Buffer.from(proof.credential.response.clientDataJSON, "base64url");
  assert.equal(JSON.parse(client).origin, elsewhere.origin);
  assert.deepEqual((await enter(ceremony, proof)).json, FAILED);
  await allow(application.origin, elsewhere.origin);
  assert.equal((await enter(ceremony, proof)).status, 200, "nothing but the origin was wrong");
  await allow(application.origin);

  await devices.bob.page.goto(elsewhere.origin);
  await devices.bob.device.forget();
  const token = await signIn("bob");
  const begun = await begin(token);
  const made = await make(devices.bob.page, { ...begun.publicKey, excludeCredentials: [] });
  refuses(await keep(token, begun.ceremony, made), /origin/);

  // On another domain, the browser itself does not let it.
  await page.goto(elsewhere.origin.replace("localhost", "127.0.0.1"));
  const { publicKey: asked } = await challenge();
  assert.deepEqual(await prove(page, asked), { refused: "SecurityError" });
  await page.goto(application.origin);
  await devices.bob.page.goto(application.origin);
});

test("a device that did not verify its user does not do", { skip }, async () => {
  await devices.ann.device.verify(false);
  const { ceremony, publicKey } = await challenge();
  assert.deepEqual(await prove(page, publicKey), { refused: "NotAllowedError" });
  // A page may ask for less than the server did; the device's answer tells.
  const lax = { ...publicKey, userVerification: "discouraged" };
  const proof = await prove(page, lax);
  const flags = Buffer.from(proof.credential.response.authenticatorData, "base64url")[32];
  assert.equal(flags & 0x05, 0x01);
  assert.deepEqual((await enter(ceremony, proof)).json, FAILED);

  const bare = await openDevice({ lock: false });
  const token = await signIn("bob");
  const begun = await begin(token);
  const made = await make(bare.page, {
    ...begun.publicKey,
    authenticatorSelection: { userVerification: "discouraged" },
    extensions: {},
  });
  assert.ok(made.credential, made.refused);
  refuses(await keep(token, begun.ceremony, made), /user verified/);
  await bare.page.context().close();

  await devices.ann.device.verify(true);
  const next = await challenge();
  assert.equal((await enter(next.ceremony, await prove(page, next.publicKey))).status, 200);
});

test("a passkey that was removed signs nobody in", { skip }, async () => {
  const token = await signIn("ann");
  const { items } = await succeed(`${MEMBERS}/passkeys`, { token, method: "GET" });
  assert.equal(items.length, 1);
  const place = `${MEMBERS}/passkeys/${items[0].id}`;
  assert.equal((await call(place, { token, method: "DELETE" })).status, 204);
  const { ceremony, publicKey } = await challenge();
  assert.deepEqual((await enter(ceremony, await prove(page, publicKey))).json, FAILED);
});
