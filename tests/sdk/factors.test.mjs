// One-time codes, second factors and alerts through a real mail server and the unmodified
// `pocketbase` package, on Luge (LUGE_BIN) and on the real PocketBase (POCKETBASE_BIN, when set);
// authenticator apps, links and anonymous accounts, which only Luge has.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";
import { Mailbox } from "./mailbox.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

const PASSWORD = "secret-word";
const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);

const refusal = (promise) => promise.then(() => assert.fail("was not refused"), (error) => {
  assert.ok(error instanceof ClientResponseError, error);
  return error;
});

function unbase32(text) {
  const bits = [...text].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** What an app shows, some steps of 30 s from now. */
function appCode(secret, steps = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", unbase32(secret)).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

for (const [product, binary] of binaries) {
  const isLuge = product === "luge";
  describe(product, () => {
    let server, mailbox, superuser, guest, users;
    let made = 0;
    const received = new Map();

    before(async () => {
      mailbox = await Mailbox.start();
      server = await startServer(binary);
      superuser = client();
      guest = client();
      users = guest.collection("users");
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      await superuser.settings.update({
        smtp: { enabled: true, host: "127.0.0.1", port: mailbox.port },
        meta: { appName: "Sled & Co", appURL: "https://app.test/base" },
      });
      await options({ otp: { enabled: true }, mfa: { enabled: false } });
    });
    after(async () => {
      await server?.stop();
      await mailbox?.stop();
    });

    const client = () => new PocketBase(server.url).autoCancellation(false);
    const options = (changes) => superuser.collections.update("users", changes);
    const user = async (more = {}) => {
      const email = `user${++made}@example.com`;
      const body = { email, password: PASSWORD, passwordConfirm: PASSWORD, ...more };
      const { id } = await superuser.collection("users").create(body);
      return { id, email };
    };
    const post = async (path, body, token, headers = {}) => {
      const answer = await fetch(`${server.url}/api/collections/users/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers,
          ...(token && { authorization: token }) },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    };
    /** The newest mail to an address that was not looked at. */
    const mail = async (email) => {
      const count = (received.get(email) ?? 0) + 1;
      const mails = await mailbox.to(email, count);
      received.set(email, mails.length);
      return mails.at(-1);
    };
    const code = async (email) => {
      const { otpId } = await users.requestOTP(email);
      const [found] = (await mail(email)).text.match(/\b\d{8}\b/);
      return { otpId, code: found };
    };

    test("a mailed code signs in once and verifies", async () => {
      const { id, email } = await user();
      const { otpId, code: right } = await code(email);
      assert.equal((await refusal(users.authWithOTP(otpId, "00000000"))).status, 400);
      const { record, token } = await client().collection("users").authWithOTP(otpId, right);
      assert.deepEqual([record.id, record.verified, typeof token], [id, true, "string"]);
      const again = await refusal(users.authWithOTP(otpId, right));
      assert.equal(again.response.message, "Invalid or expired OTP.");
      // A password that somebody else may have set is worth nothing then.
      await refusal(users.authWithPassword(email, PASSWORD));
      const { otpId: nobody } = await users.requestOTP("nobody@example.com");
      assert.match(nobody, /^[a-z0-9]{15}$/);
    });

    test("wrong codes are refused, and then all", async () => {
      const { email } = await user();
      const { otpId, code: right } = await code(email);
      const statuses = [];
      for (let attempt = 0; attempt < 7; attempt++)
        statuses.push((await refusal(users.authWithOTP(otpId, "0000"))).status);
      assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429, 429]);
      const late = await refusal(users.authWithOTP(otpId, right));
      assert.equal(late.response.message,
        "Too many attempts, please try again later with a new OTP.");
    });

    test("a password and a code are two factors", async () => {
      await options({ mfa: { enabled: true } });
      const { id, email } = await user();
      const own = client().collection("users");
      const first = await refusal(own.authWithPassword(email, PASSWORD));
      assert.equal(first.status, 401);
      const { mfaId } = first.response;
      assert.deepEqual(Object.keys(first.response), ["mfaId"]);
      const same = await refusal(own.authWithPassword(email, PASSWORD, { mfaId }));
      assert.equal(same.response.message, "A different authentication method is required.");
      const { otpId, code: right } = await code(email);
      const { record } = await own.authWithOTP(otpId, right, { mfaId });
      assert.deepEqual([record.id, record.verified], [id, true]);
      // The other way round, and in the query.
      const other = await code(email);
      const begun = await refusal(own.authWithOTP(other.otpId, other.code));
      const both = await own.authWithPassword(email, PASSWORD,
        { query: { mfaId: begun.response.mfaId } });
      assert.equal(both.record.id, id);
      await refusal(own.authWithPassword(email, PASSWORD, { mfaId: begun.response.mfaId }));
      await options({ mfa: { enabled: false } });
    });

    test("the methods say so", async () => {
      await options({ mfa: { enabled: true } });
      const { mfa, otp } = await users.listAuthMethods();
      assert.deepEqual([mfa, otp],
        [{ enabled: true, duration: 600 }, { enabled: true, duration: 180 }]);
      await options({ mfa: { enabled: false } });
    });

    test("a new place is told by mail", async () => {
      const { email } = await user();
      const signIn = (device) => post("auth-with-password",
        { identity: email, password: PASSWORD }, undefined, { "user-agent": device });
      for (const device of ["one", "two", "one"]) assert.equal((await signIn(device)).status, 200);
      const { text, subject } = await mail(email);
      assert.match(text, /\d{4}-\d\d-\d\d [\d:.]+Z - 127\.0\.0\.1 two/);
      assert.ok(subject.length > 0);
      assert.equal((await mailbox.to(email)).length, 1, "once, and not for the first");
      const filter = superuser.filter("fingerprint != {:none}", { none: "" });
      const known = await superuser.collection("_authOrigins").getFullList({ filter });
      assert.ok(known.every(({ fingerprint }) => /^[0-9a-f]{32}$/.test(fingerprint)));
    });

    if (!isLuge) return;

    const withApp = async () => {
      const { id, email } = await user({ verified: true });
      const { token } = await client().collection("users").authWithPassword(email, PASSWORD);
      const { secret, uri } = (await post("totp/begin", {}, token)).body;
      assert.match(uri, /^otpauth:\/\/totp\/Sled%20%26%20Co:user/);
      assert.equal((await post("totp/confirm", { code: "000000" }, token)).status, 400);
      const confirmed = await post("totp/confirm", { code: appCode(secret, -1) }, token);
      assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
      return { id, email, token, secret, recoveryCodes: confirmed.body.recoveryCodes };
    };
    const begun = async (email) => {
      const first = await refusal(client().collection("users").authWithPassword(email, PASSWORD));
      assert.deepEqual(first.response.methods, ["totp", "recoveryCode"]);
      return first.response.mfaId;
    };

    test("an authenticator app completes a sign-in, each code once", async () => {
      const { id, email, secret, recoveryCodes } = await withApp();
      const mfaId = await begun(email);
      assert.equal((await post("auth-with-totp", { mfaId, code: "000000" })).status, 400);
      const right = appCode(secret);
      const signedIn = await post("auth-with-totp", { mfaId, code: right });
      assert.deepEqual([signedIn.status, signedIn.body.record?.id], [200, id]);
      const next = await begun(email);
      assert.equal((await post("auth-with-totp", { mfaId: next, code: right })).status, 400);
      const [first] = recoveryCodes;
      const recover = () => post("auth-with-recovery-code", { mfaId: next, code: first });
      assert.equal((await recover()).status, 200);
      assert.equal((await recover()).status, 400);
    });

    test("a mailed code does not stand for an app", async () => {
      const { email } = await withApp();
      const mfaId = await begun(email);
      const { otpId, code: right } = await code(email);
      assert.equal((await refusal(users.authWithOTP(otpId, right, { mfaId }))).status, 400);
    });

    test("superusers have apps too", async () => {
      const body = { email: "second@example.com", password: PASSWORD, passwordConfirm: PASSWORD };
      await superuser.collection("_superusers").create(body);
      const own = client();
      await own.collection("_superusers").authWithPassword(body.email, PASSWORD);
      const begin = await own.send("/api/collections/_superusers/totp/begin", { method: "POST" });
      await own.send("/api/collections/_superusers/totp/confirm",
        { method: "POST", body: { code: appCode(begin.secret) } });
      const first = await refusal(
        client().collection("_superusers").authWithPassword(body.email, PASSWORD));
      assert.equal(first.status, 401);
      // Another one takes it away.
      await superuser.send(`/api/collections/_superusers/totp?record=${own.authStore.record.id}`,
        { method: "DELETE" });
      await client().collection("_superusers").authWithPassword(body.email, PASSWORD);
    });

    test("a link signs in once", async () => {
      await options({ magicLink: { enabled: true } });
      const { id, email } = await user();
      assert.equal((await post("request-magic-link", { email })).status, 204);
      const [, token] = (await mail(email)).html.match(
        /https:\/\/app\.test\/base\/#\/auth\/magic-link\/(\w+)/);
      const signIn = () => post("auth-with-magic-link", { token });
      const signedIn = await signIn();
      assert.deepEqual([signedIn.body.record.id, signedIn.body.record.verified], [id, true]);
      assert.equal((await signIn()).status, 400);
    });

    test("an anonymous account becomes one like others", async () => {
      await options({ anonymous: { enabled: true } });
      const { status, body } = await post("auth-anonymously", { name: "Somebody" });
      assert.equal(status, 200, JSON.stringify(body));
      const own = client();
      own.authStore.save(body.token, body.record);
      const email = `user${++made}@example.com`;
      await own.collection("users").update(body.record.id,
        { email, password: PASSWORD, passwordConfirm: PASSWORD });
      const { record } = await client().collection("users").authWithPassword(email, PASSWORD);
      assert.deepEqual([record.id, record.name, record.verified],
        [body.record.id, "Somebody", false]);
    });

    test("wrong passwords wait, and never their owner elsewhere", async () => {
      const { email } = await user({ verified: true });
      const { token } = await client().collection("users").authWithPassword(email, PASSWORD);
      const attempt = (password, own, forwarded) => fetch(
        `${server.url}/api/collections/users/auth-with-password`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-real-ip": forwarded,
            ...(own && { authorization: own }) },
          body: JSON.stringify({ identity: email, password }),
        });
      await superuser.settings.update({ trustedProxy: { headers: ["X-Real-IP"] } });
      for (let count = 0; count < 5; count++)
        assert.equal((await attempt("wrong", null, "203.0.113.9")).status, 400);
      const waits = await attempt(PASSWORD, null, "203.0.113.9");
      assert.equal(waits.status, 429);
      assert.ok(Number(waits.headers.get("retry-after")) >= 1);
      assert.equal((await attempt(PASSWORD, token, "203.0.113.9")).status, 200, "a known session");
      assert.equal((await attempt(PASSWORD, null, "198.51.100.1")).status, 200, "elsewhere");
      await superuser.settings.update({ trustedProxy: { headers: [] } });
    });
  });
}
