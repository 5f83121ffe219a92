// Providers and people who lie: none of them gets into an account that is not theirs. With a
// provider in this process that says what it is told to.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";
import { Authenticator } from "./authenticator.mjs";
import {
  idToken, now, publicPem, signingKey, startProvider, symmetricToken, unsignedToken,
} from "./provider.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

globalThis.EventSource = EventSource;
process.env.LUGE_OUTBOUND_ALLOW = "127.0.0.1";

const BACK = "http://127.0.0.1:9/back";
const PASSWORD = "correct horse battery";
const V = { email: "v@example.com", email_verified: true };

let server, root, provider, evil, evilRequests;

const members = () => new PocketBase(server.url).collection("members");

before(async () => {
  server = await startServer(process.env.LUGE_BIN ?? "../../target/fast/luge");
  root = new PocketBase(server.url);
  await root.collection("_superusers").authWithPassword(...SUPERUSER);
  provider = await startProvider();
  evilRequests = [];
  evil = createServer((request, answer) => {
    evilRequests.push(request.url);
    answer.end("{}");
  });
  await new Promise((resolve) => evil.listen(0, "127.0.0.1", resolve));
  await root.collections.create({
    name: "members", type: "auth", createRule: "role = '' || role = 'reader'",
    viewRule: "id = @request.auth.id", listRule: "id = @request.auth.id",
    fields: [{ name: "role", type: "text" }, { name: "secret", type: "text", hidden: true }],
  });
  await configure();
});
after(async () => {
  await server.stop();
  await provider.stop();
  evil.close();
});

const plain = (name) => ({
  name, clientId: provider.clientId, clientSecret: provider.clientSecret,
  authURL: `${provider.url}/authorize`, tokenURL: `${provider.url}/token`,
  userInfoURL: `${provider.url}/userinfo`,
});
const byToken = () => ({
  ...plain("oidc2"), userInfoURL: "",
  extra: { jwksURL: `${provider.url}/jwks`, issuers: [provider.issuer] },
});
const configure = (...providers) => root.collections.update("members", {
  oauth2: { enabled: true,
    providers: providers.length > 0 ? providers : [plain("oidc"), byToken(), plain("oidc3")] },
});

/** A sign-in with whatever the provider is told to say. */
const enter = (name, grant, { client = members(), createData, verifier = "v".repeat(43) } = {}) =>
  client.authWithOAuth2Code(name, provider.code(grant), verifier, BACK, createData);

const refused = async (promise, what, status = 400) => {
  const error = await promise.then(() => undefined, (error) => error);
  assert.equal(error?.status, status, `${what}: ${JSON.stringify(error?.response ?? "let in")}`);
  return error.response;
};

const register = (email, more = {}) => root.collection("members").create({
  email, password: PASSWORD, passwordConfirm: PASSWORD, ...more });

const links = (record) => root.collection("_externalAuths").getFullList({
  filter: root.filter("recordRef = {:record}", { record }) });

test("an account that somebody registered with another's address is stripped", async () => {
  const attacker = new PocketBase(server.url);
  const email = "victim@example.com";
  const mine = await attacker.collection("members").create({
    email, password: PASSWORD, passwordConfirm: PASSWORD });
  await attacker.collection("members").authWithPassword(email, PASSWORD);
  const passkeys = "/api/collections/members/passkeys";
  const post = (path, body = {}) => attacker.send(`${passkeys}${path}`, { method: "POST", body });
  const { ceremony, publicKey } = await post("/register-options");
  const device = new Authenticator("http://localhost:8090");
  await post("/register", { ceremony, credential: device.create(publicKey) });
  const client = attacker.collection("members");
  await enter("oidc3", { userInfo: { sub: "attacker" } }, { client });
  const heard = [];
  const stream = new PocketBase(server.url);
  stream.authStore.save(attacker.authStore.token, attacker.authStore.record);
  await stream.collection("members").subscribe("*", (event) => heard.push(event));
  await new Promise((resolve) => setTimeout(resolve, 400));

  const victim = await enter("oidc", { userInfo: { sub: "victim", email, email_verified: true } });
  assert.equal(victim.record.id, mine.id);
  assert.equal(victim.record.verified, true);
  await root.collection("members").update(mine.id, { role: "reader" });
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.deepEqual(heard, []);
  await refused(attacker.collection("members").authWithPassword(email, PASSWORD), "password");
  await refused(attacker.collection("members").authRefresh(), "token", 401);
  const asked = await attacker.send(`${passkeys}/auth-options`, { method: "POST", body: {} });
  const answer = device.get(asked.publicKey);
  const withPasskey = { method: "POST", body: { ceremony: asked.ceremony, credential: answer } };
  const path = "/api/collections/members/auth-with-passkey";
  await refused(attacker.send(path, withPasskey), "passkey");
  assert.deepEqual((await links(mine.id)).map(({ provider }) => provider), ["oidc"]);
  const other = enter("oidc3", { userInfo: { sub: "attacker" } });
  await refused(other, "the attacker's link");
  stream.realtime.unsubscribe();
});

test("an address that one provider did not prove is no way to the account of another", async () => {
  const email = "second@example.com";
  const unproved = { userInfo: { sub: "a", email, email_verified: false } };
  const attacker = await enter("oidc3", unproved, { createData: { email } });
  assert.equal(attacker.record.verified, false);
  const proved = { userInfo: { sub: "b", email, email_verified: true } };
  const victim = await enter("oidc", proved);
  assert.equal(victim.record.id, attacker.record.id);
  assert.deepEqual((await links(victim.record.id)).map(({ provider }) => provider), ["oidc"]);
  await refused(enter("oidc3", unproved), "the attacker again");
  // The same provider twice: the link of the attacker stands in the way of the victim's.
  const third = "third@example.com";
  const one = await enter("oidc", { userInfo: { sub: "c" } }, { createData: { email: third } });
  const two = await enter("oidc", { userInfo: { sub: "d", email: third, email_verified: true } });
  assert.equal(two.record.id, one.record.id);
  assert.deepEqual((await links(two.record.id)).map(({ providerId }) => providerId), ["d"]);
});

test("only true proves an address", async () => {
  const record = await register(V.email, { verified: true });
  for (const email_verified of [undefined, null, false, "true", "false", 0, 1, [true], {}]) {
    for (const name of ["oidc", "oidc2"]) {
      const said = { sub: "guess", email: V.email, email_verified };
      const what = `${name} ${JSON.stringify(email_verified)}`;
      await refused(enter(name, { userInfo: said, claims: said }), what);
    }
  }
  assert.deepEqual(await links(record.id), []);
  const linked = await enter("oidc2", { claims: { sub: "right", ...V } });
  assert.equal(linked.record.id, record.id);
  assert.equal((await members().authWithPassword(V.email, PASSWORD)).record.id, record.id);
});

test("ID tokens of other issuers are worth nothing", async () => {
  const { port } = new URL(provider.issuer);
  const before = (await root.collection("members").getFullList()).length;
  for (const iss of ["https://evil.test", `${provider.issuer}/`, `${provider.issuer}/tenant`,
    `https://127.0.0.1:${port}`, `http://127.0.0.1:${Number(port) + 1}`,
    `http://127.0.0.1。:${port}`, `HTTP://127.0.0.1:${port}`, "", null, [provider.issuer]]) {
    const claims = { sub: "s", iss, ...V };
    await refused(enter("oidc2", { claims }), `iss ${JSON.stringify(iss)}`);
    const own = signingKey();
    const forged = idToken(own, provider.claims(claims), { kid: provider.keys[0].kid });
    await refused(enter("oidc2", { idToken: forged }), `forged, iss ${JSON.stringify(iss)}`);
  }
  assert.equal((await root.collection("members").getFullList()).length, before);
});

test("ID tokens that the provider did not sign for us are worth nothing", async () => {
  const [key] = provider.keys;
  const { kid } = key;
  const email = "keys@example.com";
  const right = provider.claims({ sub: "keys", email, email_verified: true });
  const own = signingKey();
  const hint = `http://127.0.0.1:${evil.address().port}/jwks`;
  const without = (name) => Object.fromEntries(
    Object.entries(right).filter(([known]) => known !== name));
  for (const [what, token] of [
    ["nothing", ""],
    ["no token", "x"],
    ["alg none", unsignedToken(right)],
    ["alg None", unsignedToken(right, "None")],
    ["alg nOnE", unsignedToken(right, "nOnE")],
    ["HS256 of the client's secret", symmetricToken(provider.clientSecret, right, kid)],
    ["HS256 of the key in PEM", symmetricToken(publicPem(key), right, kid)],
    ["HS256 of the key in DER", symmetricToken(publicPem(key, "der"), right, kid)],
    ["HS512", symmetricToken(provider.clientSecret, right, kid, "HS512")],
    ["own key", idToken(own, right, { kid })],
    ["own key by jku", idToken(own, right, { jku: hint })],
    ["own key by x5u", idToken(own, right, { kid, x5u: hint })],
    ["own key in the header", idToken(own, right, { kid, jwk: own.jwk })],
    ["own key under its own id", idToken(own, right)],
    ["crit", idToken(key, right, { crit: ["x"], x: 1 })],
    ["another algorithm of the key", idToken(key, right, { alg: "PS256" })],
    ["expired", idToken(key, { ...right, exp: now() - 120 })],
    ["no end", idToken(key, without("exp"))],
    ["an end that is a text", idToken(key, { ...right, exp: `${now() + 60}` })],
    ["not yet", idToken(key, { ...right, nbf: now() + 120 })],
    ["from the future", idToken(key, { ...right, iat: now() + 120 })],
    ["for another application", idToken(key, { ...right, aud: "other" })],
    ["for others", idToken(key, { ...right, aud: ["other", "another"] })],
    ["for us and others, by others", idToken(key, { ...right, aud: ["other", "client"] })],
    ["by others", idToken(key, { ...right, azp: "other" })],
    ["for nobody", idToken(key, without("aud"))],
    ["nobody", idToken(key, without("sub"))],
    ["an empty subject", idToken(key, { ...right, sub: "" })],
    ["a subject that is a number", idToken(key, { ...right, sub: 7 })],
    ["a subject that is too long", idToken(key, { ...right, sub: "x".repeat(256) })],
  ]) {
    await refused(enter("oidc2", { idToken: token }), what);
  }
  assert.deepEqual(evilRequests, []);
  for (const algorithm of ["ES256", "EdDSA", "PS256"]) {
    const other = signingKey(algorithm);
    // Keys with one id: another one stands first.
    provider.keys = [key, { jwk: { ...own.jwk, kid: other.kid } }, other];
    const settings = byToken();
    settings.extra.jwksURL += `?${algorithm}`;
    await configure(plain("oidc"), settings, plain("oidc3"));
    const token = idToken(other, right);
    assert.equal((await enter("oidc2", { idToken: token })).record.email, email, algorithm);
  }
  provider.keys = [key];
  await configure();
});

test("keys and documents are asked for seldom, whatever tokens name", async () => {
  const unknown = signingKey();
  const asked = () => provider.requests.filter(({ path }) => path === "/jwks").length;
  const before = asked();
  for (let attempt = 0; attempt < 20; attempt++) {
    const token = idToken(unknown, provider.claims({ sub: "s" }));
    await refused(enter("oidc2", { idToken: token }), "unknown key");
  }
  assert.ok(asked() - before <= 1);
});

test("with discovery, a token answers the very question that was asked", async () => {
  const discovered = { ...plain("oidc2"), authURL: "", tokenURL: "", userInfoURL: "",
    extra: { issuer: provider.issuer } };
  await configure(discovered);
  const [offered] = (await members().listAuthMethods()).oauth2.providers;
  const nonce = new URL(offered.authURL).searchParams.get("nonce");
  const verifier = offered.codeVerifier;
  const email = "nonce@example.com";
  const userInfo = { sub: "n", email, email_verified: true };
  const say = (claims, options) => enter("oidc2", { userInfo, claims }, options);
  await refused(say({}, { verifier }), "no nonce");
  await refused(say({ nonce: "other" }, { verifier }), "another nonce");
  await refused(say({ nonce }), "the nonce of another verifier");
  await refused(say({ nonce }, { verifier: "" }), "no verifier");
  const other = { userInfo: { ...userInfo, sub: "m" }, claims: { sub: "n", nonce } };
  await refused(enter("oidc2", other, { verifier }), "facts of somebody else");
  assert.equal((await say({ nonce }, { verifier })).record.email, email);
  provider.issuer = "http://127.0.0.1:1";
  const elsewhere = { ...discovered, extra: { issuer: `${provider.url}/` } };
  await configure(elsewhere);
  assert.deepEqual((await members().listAuthMethods()).oauth2.providers, []);
  provider.issuer = provider.url;
  await configure();
});

test("facts of somebody else than the ID token's are worth nothing", async () => {
  const userInfo = { sub: "one", ...V };
  await refused(enter("oidc", { userInfo, claims: { sub: "two" } }), "unsigned comparison");
  const both = { ...plain("oidc2"), extra: byToken().extra };
  await configure(plain("oidc"), both, plain("oidc3"));
  await refused(enter("oidc2", { userInfo, claims: { sub: "two" } }), "signed comparison");
  await configure();
});

test("a code is good once, however lenient the provider is", async () => {
  const grant = { userInfo: { sub: "once", email: "once@example.com", email_verified: true } };
  await enter("oidc", grant);
  provider.answers["/token"] = (say) => {
    provider.codes.set("lenient", grant);
    say(200, { access_token: "lenient", token_type: "Bearer" });
  };
  const attempt = () => members().authWithOAuth2Code("oidc", "the-code", "", BACK)
    .then(() => 200, ({ status }) => status);
  const statuses = await Promise.all(Array.from({ length: 50 }, attempt));
  assert.equal(statuses.filter((status) => status === 200).length, 1);
  assert.equal(await attempt(), 400);
  // The same while the account is made.
  const fresh = { userInfo: { sub: "new", email: "new@example.com", email_verified: true } };
  provider.answers["/token"] = (say) => {
    provider.codes.set("fresh", fresh);
    say(200, { access_token: "fresh", token_type: "Bearer" });
  };
  const made = () => members().authWithOAuth2Code("oidc", "another-code", "", BACK)
    .then(() => 200, ({ status }) => status);
  const all = await Promise.all(Array.from({ length: 50 }, made));
  assert.equal(all.filter((status) => status === 200).length, 1);
  delete provider.answers["/token"];
});

test("what a client wants of its record passes the rules", async () => {
  const grant = (sub) => ({ userInfo: { sub, email: `${sub}@example.com`, email_verified: true } });
  const make = (sub, createData) => enter("oidc", grant(sub), { createData });
  await refused(make("t1", { role: "admin" }), "a role that the rule refuses");
  await refused(make("t2", { verified: true }), "verified");
  await refused(make("t2", { password: "short", passwordConfirm: "short" }), "a short password");
  const { record } = await make("t3", { role: "reader", tokenKey: "x", secret: "x" });
  assert.equal(record.role, "reader");
  const stored = await root.collection("members").getOne(record.id);
  assert.equal(stored.secret, "");
  const other = await make("t4", { email: "chosen@example.com" });
  assert.equal(other.record.email, "chosen@example.com");
  assert.equal(other.record.verified, false);
  await register("taken@example.com", { verified: true });
  const taken = await refused(make("t5", { email: "taken@example.com" }), "a taken address");
  assert.equal(taken.data.email.code, "validation_not_unique");
});

test("a provider of the same name that is another one knows nobody", async () => {
  const grant = { userInfo: { sub: "same", email: "same@example.com", email_verified: true } };
  const first = await enter("oidc3", grant);
  const moved = { ...plain("oidc3"), userInfoURL: `${provider.url}/other` };
  provider.answers["/other"] = (say) => say(200, { sub: "same" });
  await configure(plain("oidc"), byToken(), moved);
  const stranger = await refused(enter("oidc3", grant), "the same subject elsewhere");
  assert.equal(stranger.data.email.code, "validation_required");
  const fresh = await enter("oidc3", grant, { createData: { email: "else@example.com" } });
  assert.notEqual(fresh.record.id, first.record.id);
  // Who proves the address is linked anew.
  await configure();
  const again = await enter("oidc3", grant);
  assert.equal(again.record.id, first.record.id);
});

test("who unlinks the last provider keeps the account by its address", async () => {
  const grant = { userInfo: { sub: "last", email: "last@example.com", email_verified: true } };
  const own = new PocketBase(server.url);
  const { record } = await enter("oidc", grant, { client: own.collection("members") });
  await own.collection("members").unlinkExternalAuth(record.id, "oidc");
  assert.deepEqual(await links(record.id), []);
  const again = await enter("oidc", grant);
  assert.equal(again.record.id, record.id);
  const other = new PocketBase(server.url);
  await enter("oidc", { userInfo: { sub: "o", email: "o@example.com", email_verified: true } },
    { client: other.collection("members") });
  const [link] = await links(record.id);
  await refused(other.collection("_externalAuths").delete(link.id), "the link of another", 404);
});

test("answers that are none, too large or from forbidden places sign nobody in", async () => {
  const huge = Buffer.alloc(1 << 20, 32);
  for (const [path, answer] of [
    ["/token", (say) => say(200, Buffer.from("<html>"))],
    ["/token", (say) => say(200, {})],
    ["/token", (say) => say(200, { access_token: "" })],
    ["/token", (say) => say(200, { access_token: ["x"] })],
    ["/token", (say) => say(200, huge)],
    ["/token", (say) => say(302, {}, { location: "/elsewhere" })],
    ["/token", (say) => say(200, { access_token: "x", error: "invalid_grant" })],
    ["/userinfo", (say) => say(200, Buffer.from("[]"))],
    ["/userinfo", (say) => say(200, huge)],
    ["/userinfo", (say) => say(302, {}, { location: "/elsewhere" })],
    ["/userinfo", (say) => say(200, { sub: { nested: true } })],
  ]) {
    provider.answers[path] = answer;
    const grant = { userInfo: { sub: "x", ...V }, idToken: "" };
    await refused(enter("oidc", grant), `${path} ${answer}`);
    delete provider.answers[path];
  }
  assert.ok(!provider.requests.some(({ path }) => path === "/elsewhere"));
  await configure({ ...plain("oidc"), tokenURL: "http://10.0.0.1/token" });
  await refused(enter("oidc", {}), "a private address");
  await configure({ ...plain("oidc"), tokenURL: "http://169.254.169.254/token" });
  await refused(enter("oidc", {}), "the address of a cloud's metadata");
  await configure();
});
