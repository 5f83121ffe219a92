/**
 * Sign-in through providers; against a running server with a provider in this process, which the
 * server must be allowed to reach (`LUGE_OUTBOUND_ALLOW=127.0.0.1`).
 */
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
// @ts-expect-error: plain JavaScript
import { startProvider } from "../../tests/sdk/provider.mjs";
import { createAdminClient } from "../src/admin/index.js";
import { createClient, isAborted, isAuth, isNotFound, safe } from "../src/index.js";
import { answerPopup, oauth } from "../src/oauth/index.js";

const PAGE = "http://127.0.0.1:9/back";
const record = { id: "u", collectionId: "c", collectionName: "users" };

function place() {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}

function client(status = 200) {
  const seen: { url: string; body: any }[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    seen.push({ url: String(input), body: JSON.parse(String(init?.body)) });
    return Response.json(status === 200 ? { token: "t", record } : { message: "No." }, { status });
  };
  const db = createClient("http://server", { fetch: fetcher });
  return { db, users: oauth(db, "users"), seen };
}

describe("a redirect", () => {
  test("takes the challenge along, and comes back to the secret once", async () => {
    const { db, users, seen } = client();
    const storage = place();
    let gone = "";
    await users.redirect("git hub", PAGE, storage, (url) => (gone = url));
    const { pathname, searchParams } = new URL(gone);
    expect(pathname).toBe("/api/collections/users/oauth2/git%20hub/start");
    expect(searchParams.get("redirectURL")).toBe(PAGE);
    expect(await users.returned({}, PAGE, storage)).toBeNull();
    const createData = { name: "Ann" };
    await users.returned({ createData }, `${PAGE}?code=c%2B1`, storage);
    const { codeVerifier } = seen[0]!.body;
    const challenge = createHash("sha256").update(codeVerifier).digest("base64url");
    expect(searchParams.get("codeChallenge")).toBe(challenge);
    expect(seen).toMatchObject([
      {
        url: "http://server/api/collections/users/auth-with-code",
        body: { code: "c+1", createData },
      },
    ]);
    expect(db.session.token).toBe("t");
    expect(await users.returned({}, `${PAGE}?code=c1`, storage)).toBeNull();
  });

  const DECLINED = ["?error=access_denied", "", "?state=x"];
  test.each(DECLINED)("back at %j it is declined", async (query) => {
    const { users, seen } = client();
    const { error } = await safe(users.finish(PAGE + query, "v"));
    expect(isAuth(error) && error.code).toBe("oauth_declined");
    expect(seen).toEqual([]);
  });

  test("a code that is refused is no sign-in", async () => {
    const { db, users } = client(400);
    expect(isAuth((await safe(users.finish(`${PAGE}?code=c`, "v"))).error)).toBe(true);
    expect(db.session.current).toBeNull();
  });
});

describe("a window", () => {
  afterEach(() => vi.unstubAllGlobals());

  function windows() {
    const opened = { closed: false, location: { href: "" }, close: () => (opened.closed = true) };
    vi.stubGlobal("open", () => opened);
    vi.stubGlobal("close", () => (opened.closed = true));
    return opened;
  }

  test("signs in when its page answers", async () => {
    const opened = windows();
    const { db, users } = client();
    const signing = users.popup("github", PAGE);
    await vi.waitFor(() => expect(opened.location.href).toContain("/oauth2/github/start"));
    answerPopup(`${PAGE}?code=c`);
    expect((await signing).record.id).toBe("u");
    expect([opened.closed, db.session.token]).toEqual([true, "t"]);
  });

  test("that is closed, or not opened, signs nobody in", async () => {
    const opened = windows();
    const { users } = client();
    const signing = safe(users.popup("github", PAGE));
    opened.close();
    expect(isAborted((await signing).error)).toBe(true);
    vi.stubGlobal("open", () => null);
    expect((await safe(users.popup("github", PAGE))).error?.code).toBe("popup_blocked");
  });
});

const url = process.env.LUGE_URL ?? "";

describe.skipIf(url === "" || !process.env.LUGE_OUTBOUND_ALLOW)("a server", () => {
  test("signs in whom the provider knows, once, with the right secret", async () => {
    const admin = createAdminClient(url);
    const { LUGE_SUPERUSER_EMAIL = "", LUGE_SUPERUSER_PASSWORD = "" } = process.env;
    await admin.auth("_superusers").password(LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD);
    const provider = await startProvider();
    const { clientId, clientSecret } = provider;
    const providers = [
      {
        name: "oidc",
        clientId,
        clientSecret,
        authURL: `${provider.url}/authorize`,
        tokenURL: `${provider.url}/token`,
        userInfoURL: `${provider.url}/userinfo`,
      },
    ];
    const oauth2 = { enabled: true, providers, redirectURLs: [PAGE] };
    await admin.collections.create({ name: "sdk_people", type: "auth", createRule: "", oauth2 });
    try {
      const db = createClient(url);
      const people = oauth(db, "sdk_people");
      const { url: start, verifier } = await people.begin("oidc", PAGE);
      const left = await fetch(start, { redirect: "manual" });
      expect(left.status).toBe(303);
      const state = new URL(left.headers.get("location") ?? "").searchParams.get("state") ?? "";
      const userInfo = { sub: "1", email: "ann@example.com", email_verified: true };
      const callback = new URL(`${url}/api/oauth2-callback`);
      callback.searchParams.set("state", state);
      callback.searchParams.set("code", provider.code({ userInfo }));
      const cookie = left.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
      const back = await fetch(callback, { redirect: "manual", headers: { cookie } });
      const address = back.headers.get("location") ?? "";
      expect(isAuth((await safe(people.finish(address, "x".repeat(43)))).error)).toBe(true);
      const { record } = await people.finish(address, verifier);
      expect((record as { email?: string }).email).toBe("ann@example.com");
      expect(db.session.looksValid).toBe(true);
      expect(isAuth((await safe(people.finish(address, verifier))).error)).toBe(true);
    } finally {
      await provider.stop();
      const { error } = await safe(admin.collections.delete("sdk_people"));
      if (error && !isNotFound(error)) throw error;
    }
  });
});
