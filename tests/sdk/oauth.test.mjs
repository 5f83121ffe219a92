// Sign-in through a certified OpenID provider with the unmodified `pocketbase` package, against
// Luge (LUGE_BIN) and the real PocketBase (POCKETBASE_BIN, when set): by code, and in a window that
// the package opens. By plain redirects and with discovery against Luge alone.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";
import { Browser, startOpenIdProvider } from "./oidc.mjs";
import { AVATAR, startProvider } from "./provider.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

globalThis.EventSource = EventSource;
// The provider is on this machine, which outbound requests do not reach by themselves.
process.env.LUGE_OUTBOUND_ALLOW = "127.0.0.1";

const APP = "http://127.0.0.1:9/back";
const PASSWORD = "correct horse battery";
const ACCOUNTS = Object.fromEntries(["ann", "bob", "cat", "dan", "eva", "flo"].map((name) =>
  [name, { email: `${name}@example.com`, email_verified: true, name: name.toUpperCase() }]));
ACCOUNTS.bob.email_verified = false;

const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);

for (const [product, binary] of binaries) {
  describe(product, () => {
    let server, root, provider;

    before(async () => {
      server = await startServer(binary);
      root = new PocketBase(server.url);
      await root.collection("_superusers").authWithPassword(...SUPERUSER);
      const redirects = [APP, `${server.url}/api/oauth2-redirect`,
        `${server.url}/api/oauth2-callback`];
      provider = await startOpenIdProvider(redirects, ACCOUNTS);
      await root.settings.update({ meta: { appURL: server.url } });
      await configure({});
    });
    after(async () => {
      await server?.stop();
      await provider?.stop();
    });

    const configure = (changes, users = {}) => root.collections.update("users", {
      ...users,
      oauth2: {
        enabled: true,
        providers: [{
          name: "oidc", clientId: provider.client.client_id,
          clientSecret: provider.client.client_secret,
          authURL: `${provider.issuer}/auth`, tokenURL: `${provider.issuer}/token`,
          userInfoURL: `${provider.issuer}/me`, ...changes,
        }],
        ...users.oauth2,
      },
    });

    // The code that the provider gives to a person for the package's own address.
    const fetchCode = async (login, offered) => {
      const url = offered.authURL + encodeURIComponent(APP);
      const back = await new Browser().follow(url, login, (next) => next.startsWith(APP));
      assert.equal(back.searchParams.get("state"), offered.state);
      return back.searchParams.get("code");
    };

    const enter = async (login, client = new PocketBase(server.url), createData = undefined) => {
      const methods = await client.collection("users").listAuthMethods();
      const [offered] = methods.oauth2.providers;
      const code = await fetchCode(login, offered);
      const users = client.collection("users");
      const args = ["oidc", code, offered.codeVerifier, APP];
      const answer = await users.authWithOAuth2Code(...args, createData);
      return { ...answer, code, again: () => users.authWithOAuth2Code(...args, createData) };
    };

    const refused = async (promise, status = 400) => {
      const error = await promise.then(() => undefined, (error) => error);
      assert.equal(error?.status, status, JSON.stringify(error?.response));
      return error.response;
    };

    test("the ways to sign in name the provider as the contract has it", async () => {
      const path = `${server.url}/api/collections/users/auth-methods`;
      const methods = await fetch(path).then((answer) => answer.json());
      assert.equal(methods.oauth2.enabled, true);
      const [offered] = methods.oauth2.providers;
      assert.deepEqual(Object.keys(offered), ["name", "displayName", "logo", "state", "authURL",
        "authUrl", "codeVerifier", "codeChallenge", "codeChallengeMethod"]);
      const challenge = createHash("sha256").update(offered.codeVerifier).digest("base64url");
      assert.equal(offered.codeChallenge, challenge);
      const url = new URL(offered.authURL);
      assert.deepEqual([...url.searchParams.keys()], ["client_id", "code_challenge",
        "code_challenge_method", "response_type", "scope", "state", "redirect_uri"]);
      assert.ok(offered.authURL.endsWith("&redirect_uri="));
      assert.equal(methods.authProviders[0].logo, "");
      const shown = await root.collections.getOne("users");
      assert.equal(shown.oauth2.providers[0].clientSecret, undefined);
    });

    test("a code makes an account the first time, and leads to it later", async () => {
      const first = await enter("ann", undefined, { emailVisibility: true });
      assert.equal(first.meta.isNew, true);
      assert.equal(first.meta.id, "ann");
      assert.equal(first.meta.rawUser.email, "ann@example.com");
      assert.equal(first.record.email, "ann@example.com");
      assert.equal(first.record.verified, true);
      assert.equal(first.record.name, "ANN");
      const second = await enter("ann");
      assert.equal(second.meta.isNew, false);
      assert.equal(second.record.id, first.record.id);
      await refused(second.again());
      const ann = new PocketBase(server.url);
      ann.authStore.save(second.token, second.record);
      const links = await ann.collection("users").listExternalAuths(second.record.id);
      assert.deepEqual(links.map(({ provider, providerId }) => [provider, providerId]),
        [["oidc", "ann"]]);
    });

    test("an address that the provider did not prove makes no account by itself", async () => {
      const answer = await refused(enter("bob"));
      assert.equal(answer.data.email.code, "validation_required");
      const own = await enter("bob", undefined, { email: "bob@example.org" });
      assert.equal(own.record.email, "bob@example.org");
      assert.equal(own.record.verified, false);
    });

    test("somebody who is signed in links the provider, once", async () => {
      const email = "cat@example.org";
      const users = root.collection("users");
      const made = await users.create({ email, password: PASSWORD, passwordConfirm: PASSWORD,
        verified: true });
      const cat = new PocketBase(server.url);
      await cat.collection("users").authWithPassword(email, PASSWORD);
      const linked = await enter("cat", cat);
      assert.equal(linked.record.id, made.id);
      assert.equal(linked.record.email, email);
      await cat.collection("users").authWithPassword(email, PASSWORD);
      const other = await refused(enter("dan", cat));
      assert.deepEqual(Object.keys(other.data).sort(), ["collectionRef", "provider", "recordRef"]);
      await cat.collection("users").unlinkExternalAuth(made.id, "oidc");
      const own = await enter("cat");
      assert.notEqual(own.record.id, made.id);
    });

    test("an account that nobody proved is taken over by who proves its address", async () => {
      const body = { email: "dan@example.com", password: PASSWORD, passwordConfirm: PASSWORD };
      const attacker = new PocketBase(server.url);
      const made = await attacker.collection("users").create(body);
      await attacker.collection("users").authWithPassword(body.email, PASSWORD);
      const proved = await enter("dan");
      assert.equal(proved.record.id, made.id);
      assert.equal(proved.record.verified, true);
      await refused(attacker.collection("users").authWithPassword(body.email, PASSWORD));
      await refused(attacker.collection("users").authRefresh(), 401);
    });

    test("the package's window ends with a sign-in, or with an error", async () => {
      const client = new PocketBase(server.url);
      let ended;
      const signedIn = await client.collection("users").authWithOAuth2({
        provider: "oidc",
        urlCallback: (url) => {
          const there = (next) => next.includes("oauth2-redirect-");
          ended = new Browser().follow(url, "eva", there);
        },
      });
      assert.equal(signedIn.record.email, "eva@example.com");
      assert.equal((await ended).hash, "#/auth/oauth2-redirect-success");
      const failing = client.collection("users").authWithOAuth2({
        provider: "oidc",
        urlCallback: (url) => {
          const back = new URL(`${server.url}/api/oauth2-redirect`);
          back.searchParams.set("state", new URL(url).searchParams.get("state"));
          back.searchParams.set("error", "access_denied");
          ended = fetch(back, { redirect: "manual" });
        },
      });
      await assert.rejects(failing);
      const location = (await ended).headers.get("location");
      assert.equal(location, "../_/#/auth/oauth2-redirect-failure");
      client.realtime.unsubscribe();
    });

    test("who has no client waiting for it is told that it failed", async () => {
      for (const [method, query, status] of [
        ["GET", "", 307], ["GET", "?state=nobody&code=x", 307], ["GET", "?code=x", 307],
        ["POST", "?state=nobody&code=x", 303],
      ]) {
        const url = `${server.url}/api/oauth2-redirect${query}`;
        const answer = await fetch(url, { method, redirect: "manual" });
        assert.equal(answer.status, status);
        assert.equal(answer.headers.get("location"), "../_/#/auth/oauth2-redirect-failure");
      }
    });

    if (product !== "luge") return;

    const discover = () => configure({ authURL: "", tokenURL: "", userInfoURL: "",
      extra: { issuer: provider.issuer } }, { oauth2: { redirectURLs: [APP] } });

    test("with discovery the ID token is demanded, and answers this very sign-in", async () => {
      await discover();
      const client = new PocketBase(server.url);
      const found = await client.collection("users").listAuthMethods();
      const [offered] = found.oauth2.providers;
      assert.ok(new URL(offered.authURL).searchParams.get("nonce"));
      const entered = await enter("flo");
      assert.equal(entered.record.email, "flo@example.com");
      const code = await fetchCode("flo", offered);
      const other = randomBytes(30).toString("base64url");
      const users = client.collection("users");
      await refused(users.authWithOAuth2Code("oidc", code, other, APP));
    });

    // From the application's page to its code.
    const depart = async (verifier, options = {}) => {
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const begin = new URL(`${server.url}/api/collections/users/oauth2/oidc/start`);
      begin.searchParams.set("redirectURL", options.redirectURL ?? APP);
      begin.searchParams.set("codeChallenge", options.challenge ?? challenge);
      return begin.href;
    };
    const fetchToken = (code, codeVerifier, collection = "users") =>
      fetch(`${server.url}/api/collections/${collection}/auth-with-code`, {
        method: "POST", headers: { "content-type": "application/json" },
        body: JSON.stringify({ code, codeVerifier }),
      });

    test("an application without the package is signed in by redirects", async () => {
      await discover();
      const verifier = randomBytes(32).toString("base64url");
      const browser = new Browser();
      const begin = await depart(verifier);
      const back = await browser.follow(begin, "flo", (next) => next.startsWith(APP));
      assert.deepEqual([...back.searchParams.keys()], ["code"]);
      const code = back.searchParams.get("code");
      assert.equal((await fetchToken(code, "wrong".repeat(9))).status, 400);
      assert.equal((await fetchToken(`${code}A`, verifier)).status, 400);
      assert.equal((await fetchToken(code, verifier, "_superusers")).status, 400);
      const all = await Promise.all(Array.from({ length: 50 }, () => fetchToken(code, verifier)));
      assert.equal(all.filter(({ status }) => status === 200).length, 1);
      const signedIn = await all.find(({ status }) => status === 200).json();
      assert.equal(signedIn.record.email, "flo@example.com");
      assert.equal((await fetchToken(code, verifier)).status, 400);
    });

    test("only the browser that was sent away comes back, once", async () => {
      const there = (next) => next.includes("/api/oauth2-callback");
      const failed = async (browser, url) => {
        const answer = await browser.ask(url);
        assert.equal(answer.status, 303);
        return answer.headers.get("location").endsWith("#/auth/oauth2-redirect-failure");
      };
      const begin = await depart("verifier");
      const browser = new Browser();
      const back = await browser.follow(begin, "flo", there);
      assert.ok(await failed(new Browser(), back.href), "another browser");
      assert.ok(await failed(browser, back.href), "the state was used by the other browser");
      const again = await browser.follow(begin, "flo", there);
      for (const [change, value] of [["state", "x"], ["state", ""]]) {
        const other = new URL(again);
        other.searchParams.set(change, value);
        assert.ok(await failed(browser, other.href), `${change} ${value}`);
      }
      const mixedUp = new URL(again);
      mixedUp.searchParams.set("iss", "https://evil.test");
      const refused = new URL((await browser.ask(mixedUp.href)).headers.get("location"));
      assert.equal(refused.searchParams.get("error"), "invalid_request");
      assert.ok(await failed(browser, again.href), "the state was used");
      const denied = new URL(await browser.follow(begin, "flo", there));
      denied.searchParams.delete("code");
      denied.searchParams.set("error", "access_denied\r\nx: y");
      const told = new URL((await browser.ask(denied.href)).headers.get("location"));
      assert.equal(told.searchParams.get("error"), "access_denied");
    });

    test("browsers are sent to known addresses only", async () => {
      for (const redirectURL of ["", "//evil.test", "/\\evil.test", "https:evil.test",
        "http://127.0.0.1:9/back/more", "http://127.0.0.1:9@evil.test/back",
        "http://127.0.0.1.evil.test/back", "javascript:alert(1)", `${APP}#x`, ` ${APP}`]) {
        const answer = await fetch(await depart("v", { redirectURL }), { redirect: "manual" });
        assert.equal(answer.status, 400, redirectURL);
        assert.ok((await answer.json()).data.redirectURL, redirectURL);
      }
      for (const challenge of ["", "short", "x".repeat(44), "=".repeat(43)]) {
        const answer = await fetch(await depart("v", { challenge }), { redirect: "manual" });
        assert.equal(answer.status, 400, challenge);
      }
      const unknown = await fetch(
        (await depart("v")).replace("/oidc/", "/google/"), { redirect: "manual" });
      assert.equal(unknown.status, 400);
      const answer = await fetch(await depart("v"), { redirect: "manual" });
      assert.equal(answer.status, 303);
      const cookie = answer.headers.get("set-cookie");
      assert.match(cookie, /^luge-oauth2=\w{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/u);
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      for (const redirectURLs of [["javascript:x"], ["https://x y"], ["x"], ["https://a.b/#c"]]) {
        await refused(configure({}, { oauth2: { redirectURLs } }));
      }
    });

    test("a superuser tries the provider out without anything being written", async () => {
      await discover();
      const path = "/api/collections/users/oauth2/oidc/try";
      const begun = await root.send(path, {});
      assert.deepEqual(begun.redirectURLs, [`${server.url}/api/oauth2-redirect`,
        `${server.url}/api/oauth2-callback`]);
      assert.equal(begun.tokenURL, `${provider.issuer}/token`);
      const { url, codeVerifier, redirectURL } = begun.trial;
      const there = (next) => next.startsWith(`${server.url}/api/oauth2-redirect`);
      const back = await new Browser().follow(url, "ann", there);
      const before = await root.collection("users").getFullList();
      const code = back.searchParams.get("code");
      const body = { code, codeVerifier, redirectURL };
      const told = await root.send(path, { method: "POST", body });
      assert.equal(told.claims.email, "ann@example.com");
      assert.equal(told.person.emailProved, true);
      assert.equal(told.issuer, provider.issuer);
      assert.match(told.outcome, /another issuer|signs in/u);
      assert.deepEqual(told.mapped, { email: "ann@example.com", verified: true, name: "ANN" });
      assert.deepEqual(await root.collection("users").getFullList(), before);
      const wrong = { method: "POST", body: { code: "x", codeVerifier, redirectURL } };
      assert.match((await refused(root.send(path, wrong))).message, /invalid_grant/u);
      const guest = new PocketBase(server.url);
      await refused(guest.send(path, {}), 401);
      await refused(guest.send(path, wrong), 401);
      const ann = await enter("ann");
      guest.authStore.save(ann.token, ann.record);
      await refused(guest.send(path, {}), 403);
    });

    test("a picture comes along where it is one that the field takes", async () => {
      const pictures = await startProvider();
      after(() => pictures.stop());
      const at = (path) => `${pictures.url}${path}`;
      pictures.answers["/moved"] = (say) => say(302, {}, { location: "/avatar.png" });
      pictures.answers["/endless"] = (say) => say(302, {}, { location: "/endless" });
      pictures.answers["/away"] = (say) => say(302, {}, { location: "http://10.0.0.1/x.png" });
      pictures.answers["/text"] = (say) => say(200, Buffer.from("no picture"));
      for (const [path, kept] of [["/avatar.png", true], ["/moved", true], ["/endless", false],
        ["/away", false], ["/text", false], ["/missing", false]]) {
        const sub = path.slice(1);
        ACCOUNTS[sub] = { email: `${sub}@example.com`, email_verified: true, picture: at(path) };
        pictures.user = undefined;
        await root.collections.update("users", { oauth2: { providers: [{
          name: "oidc2", clientId: pictures.clientId, clientSecret: pictures.clientSecret,
          authURL: at("/authorize"), tokenURL: at("/token"), userInfoURL: at("/userinfo") }] } });
        const code = pictures.code({ userInfo: { sub, ...ACCOUNTS[sub] } });
        const users = new PocketBase(server.url).collection("users");
        const { record } = await users.authWithOAuth2Code("oidc2", code, "", APP);
        assert.equal(record.avatar !== "", kept, path);
        if (!kept) continue;
        const file = await fetch(root.files.getURL(record, record.avatar));
        assert.deepEqual(Buffer.from(await file.arrayBuffer()), AVATAR);
      }
    });
  });
}
