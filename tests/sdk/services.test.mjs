// The examples of other services (Express with `jose`, Django with PyJWT) know who is signed in to
// a running Luge, and believe nothing else. What no Luge would sign is signed here, by a key that
// the services take for Luge's. DJANGO_PYTHON_BIN is a Python that has the example's packages.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { SUPERUSER, freePort, startServer } from "./server.mjs";

const python = resolve(process.env.DJANGO_PYTHON_BIN ?? "../../target/tools/django/bin/python");
const examples = new URL("../../sdk/examples/", import.meta.url).pathname;
const AUDIENCE = "orders";
const running = [];

/** Both services, believing what is signed by whoever is at an address. */
async function startServices(luge) {
  const base = { ...process.env, LUGE_URL: luge, AUDIENCE, NO_PROXY: "*", no_proxy: "*" };
  const express = await freePort();
  const django = await freePort();
  await Promise.all([
    listen("node", ["server.mjs"], `${examples}express`, { ...base, PORT: `${express}` }, express),
    listen(python, ["service.py", "runserver", `127.0.0.1:${django}`, "--noreload"],
      `${examples}django`, base, django),
  ]);
  return { Express: `http://127.0.0.1:${express}/me`, Django: `http://127.0.0.1:${django}/me` };
}

async function listen(program, words, cwd, env, port) {
  const child = spawn(program, words, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  running.push(child);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    assert.equal(child.exitCode, null, said);
    try {
      await fetch(`http://127.0.0.1:${port}/me`);
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`${program} does not listen: ${said}`);
}

async function ask(service, authorization) {
  const answer = await fetch(service, { headers: authorization ? { authorization } : {} });
  return { status: answer.status, body: await answer.json() };
}

after(() => running.forEach((child) => child.kill("SIGKILL")));

describe("services beside a running Luge", () => {
  let luge, services, member, root;

  const post = async (path, token, body = {}) => {
    const headers = { authorization: token ?? "", "content-type": "application/json" };
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(luge.url + path, options);
    return { status: answer.status, body: await answer.json() };
  };
  const serviceToken = async (audience = AUDIENCE) => {
    const path = "/api/collections/users/auth-token";
    const { status, body } = await post(path, member.token, { audience });
    assert.equal(status, 200, JSON.stringify(body));
    return body.token;
  };

  before(async () => {
    luge = await startServer(process.env.LUGE_BIN ?? "../../target/fast/luge");
    services = await startServices(luge.url);
    const [identity, password] = SUPERUSER;
    const signIn = (collection, body) =>
      post(`/api/collections/${collection}/auth-with-password`, null, body);
    root = (await signIn("_superusers", { identity, password })).body;
    const settings = await fetch(`${luge.url}/api/settings`, {
      method: "PATCH",
      headers: { authorization: root.token, "content-type": "application/json" },
      body: JSON.stringify({ meta: { appURL: luge.url } }),
    });
    assert.equal(settings.status, 200);
    const user = { email: "ann@example.com", password: "12345678", passwordConfirm: "12345678" };
    assert.equal((await post("/api/collections/users/records", root.token, user)).status, 200);
    member = (await signIn("users", { identity: user.email, password: user.password })).body;
  });
  after(() => luge?.stop());

  for (const name of ["Express", "Django"]) {
    test(`${name} knows who is signed in`, async () => {
      const { status, body } = await ask(services[name], `Bearer ${await serviceToken()}`);
      assert.equal(status, 200);
      const { id, email, verified } = member.record;
      assert.deepEqual(body, { id, collection: "users", email, verified });
    });

    test(`${name} believes nothing else of Luge's`, async () => {
      const good = await serviceToken();
      const file = await post("/api/files/token", member.token);
      for (const [why, authorization] of [
        ["nothing", ""],
        ["for another service", `Bearer ${await serviceToken("invoices")}`],
        ["the token that Luge is asked with", `Bearer ${member.token}`],
        ["a superuser's", `Bearer ${root.token}`],
        ["a token for files", `Bearer ${file.body.token}`],
        ["without its scheme", good],
        ["cut short", `Bearer ${good.slice(0, -2)}`],
        ["with a claim more", `Bearer ${withClaim(good, { admin: true })}`],
        ["without a signature", `Bearer ${good.slice(0, good.lastIndexOf(".") + 1)}`],
      ]) {
        assert.equal((await ask(services[name], authorization)).status, 401, why);
      }
    });

    test(`${name} goes on when the key is replaced`, async () => {
      const old = await serviceToken();
      assert.equal((await ask(services[name], `Bearer ${old}`)).status, 200);
      await new Promise((done) => setTimeout(done, 1_100));
      assert.equal((await post("/api/service-keys/rotate", root.token)).status, 200);
      assert.equal((await ask(services[name], `Bearer ${old}`)).status, 200);
      assert.equal((await ask(services[name], `Bearer ${await serviceToken()}`)).status, 200);
    });
  }
});

describe("services beside somebody who signs anything", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };
  const issuer = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  const now = Math.floor(Date.now() / 1000);
  let services, iss;

  const claims = (more = {}) => ({
    iss, sub: "abc", aud: AUDIENCE, iat: now, exp: now + 60, jti: "x", collectionId: "c",
    collectionName: "users", email: "ann@example.com", verified: true, ...more,
  });
  const token = (payload, header = {}, key = privateKey) => {
    const all = { alg: "ES256", kid: "one", typ: "JWT", ...header };
    const message = `${part(all)}.${part(payload)}`;
    if (all.alg === "none") return `${message}.`;
    const signature = all.alg === "HS256"
      ? createHmac("sha256", key).update(message).digest()
      : sign("sha256", Buffer.from(message), { key, dsaEncoding: "ieee-p1363" });
    return `${message}.${signature.toString("base64url")}`;
  };

  before(async () => {
    await new Promise((done) => issuer.listen(0, "127.0.0.1", done));
    iss = `http://127.0.0.1:${issuer.address().port}`;
    services = await startServices(iss);
  });
  after(() => issuer.close());

  for (const name of ["Express", "Django"]) {
    test(`${name} believes what is signed rightly, and nothing else`, async () => {
      const pem = publicKey.export({ type: "spki", format: "pem" });
      const der = publicKey.export({ type: "spki", format: "der" });
      const status = async (signed) => (await ask(services[name], `Bearer ${signed}`)).status;
      assert.equal(await status(token(claims())), 200);
      for (const [why, signed] of [
        ["expired", token(claims({ exp: now - 61 }))],
        ["without an end", token(claims({ exp: undefined }))],
        ["an end that is no number", token(claims({ exp: "soon" }))],
        ["another audience", token(claims({ aud: "invoices" }))],
        ["no audience", token(claims({ aud: undefined }))],
        ["another issuer", token(claims({ iss: "http://127.0.0.1:1" }))],
        ["an issuer with a slash", token(claims({ iss: `${iss}/` }))],
        ["nobody", token(claims({ sub: undefined }))],
        ["no collection", token(claims({ collectionName: undefined }))],
        ["a stranger's key", token(claims(), {}, stranger)],
        ["an unknown key id", token(claims(), { kid: "two" })],
        ["algorithm none", token(claims(), { alg: "none" })],
        ["HS256 by the public key as PEM", token(claims(), { alg: "HS256" }, pem)],
        ["HS256 by the public key as DER", token(claims(), { alg: "HS256" }, der)],
        ["HS256 by the public key as JWK", token(claims(), { alg: "HS256" }, JSON.stringify(jwk))],
        ["another algorithm in the header", token(claims(), { alg: "ES384" })],
        ["a critical header", token(claims(), { crit: ["x"], x: 1 })],
      ]) {
        assert.equal(await status(signed), 401, why);
      }
    });
  }
});

function part(json) {
  return Buffer.from(JSON.stringify(json)).toString("base64url");
}

/** A token with other claims and the signature of before. */
function withClaim(signed, more) {
  const [header, payload, signature] = signed.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  return `${header}.${part({ ...claims, ...more })}.${signature}`;
}
