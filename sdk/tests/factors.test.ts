/** Second factors: over a server in memory, and with a running one. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { createClient, isAuth, isNotFound, MfaRequiredError, safe } from "../src/index.js";
import { factors, isMfaRequired } from "../src/factors/index.js";

test.each([
  [{ mfaId: "m1", methods: ["totp"] }, ["totp"]],
  [{ mfaId: "m1" }, []],
])("%j is a first factor that was right", async (body, methods) => {
  const fetcher: typeof fetch = async () => Response.json(body, { status: 401 });
  const db = createClient("http://server", { fetch: fetcher });
  const { error } = await safe(db.auth("users").password("a", "b"));
  expect(isMfaRequired(error) && [error.mfaId, error.methods]).toEqual(["m1", methods]);
  expect([error?.code, isAuth(error), db.session.current]).toEqual(["mfa_required", true, null]);
});

test.each([{}, { mfaId: 1 }, { data: { mfaId: "m1" } }])("%j is none", async (body) => {
  const fetcher: typeof fetch = async () => Response.json(body, { status: 401 });
  const db = createClient("http://server", { fetch: fetcher });
  const { error } = await safe(db.auth("users").password("a", "b"));
  expect([isAuth(error), isMfaRequired(error)]).toEqual([true, false]);
});

const url = process.env.LUGE_URL ?? "";

describe.skipIf(url === "")("a server", () => {
  test("asks for the app, and takes a recovery code once", async () => {
    const admin = createAdminClient(url);
    const { LUGE_SUPERUSER_EMAIL = "", LUGE_SUPERUSER_PASSWORD = "" } = process.env;
    await admin.auth("_superusers").password(LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD);
    await admin.collections.create({
      name: "sdk_careful",
      type: "auth",
      createRule: "",
      otp: { enabled: true, duration: 300, length: 8 },
      magicLink: { enabled: true },
      anonymous: { enabled: true },
    });
    try {
      const db = createClient(url);
      const [email, password] = ["careful@example.com", "sled-dog-45"];
      await db.from("sdk_careful").create({ email, password, passwordConfirm: password });
      const careful = factors(db, "sdk_careful");
      await db.auth("sdk_careful").password(email, password);
      const { secret, uri } = await careful.beginApp();
      expect(uri).toContain("otpauth://");
      expect((await safe(careful.confirmApp("000000"))).error?.status).toBe(400);
      const codes = await careful.confirmApp(codeOf(secret));
      expect(await careful.appState()).toMatchObject({ enabled: true, recoveryCodes: 10 });
      const first = (await safe(db.auth("sdk_careful").password(email, password))).error;
      expect(first).toBeInstanceOf(MfaRequiredError);
      const { mfaId, methods } = first as MfaRequiredError;
      expect(methods).toEqual(["totp", "recoveryCode"]);
      expect(isAuth((await safe(careful.app(mfaId, "000000"))).error)).toBe(true);
      await careful.recoveryCode(mfaId, codes[0] ?? "");
      expect(await careful.appState()).toMatchObject({ recoveryCodes: 9 });
      expect(await careful.renewRecoveryCodes()).toHaveLength(10);
      await careful.removeApp();
      expect(await careful.appState()).toMatchObject({ enabled: false });
      await db.signOut();

      const otpId = await careful.requestCode("nobody@example.com");
      expect(isAuth((await safe(careful.code(otpId, "00000000"))).error)).toBe(true);
      await careful.requestLink("nobody@example.com");
      expect(isAuth((await safe(careful.link("no.link.atall"))).error)).toBe(true);
      expect(db.session.current).toBeNull();
      const { record } = await careful.anonymous();
      expect(db.session.record?.id).toBe(record.id);
    } finally {
      const { error } = await safe(admin.collections.delete("sdk_careful"));
      if (error && !isNotFound(error)) throw error;
    }
  });
});

/** What an app shows now (RFC 6238). */
function codeOf(secret: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const five = (letter: string) => letters.indexOf(letter).toString(2).padStart(5, "0");
  const bits = [...secret].map(five).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return `${(digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000}`.padStart(6, "0");
}
