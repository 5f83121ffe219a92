/**
 * API keys, against a running server. LUGE_URL names it; LUGE_SUPERUSER_EMAIL and
 * LUGE_SUPERUSER_PASSWORD sign in. Without LUGE_URL these tests are skipped.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { apiKeys, withKey } from "../src/api-keys/index.js";
import { createClient, isForbidden } from "../src/index.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";
const NOTES = "sdk_key_notes";

describe.skipIf(url === "")("a machine with a key", () => {
  const admin = createAdminClient(url);
  const keys = apiKeys(admin, "_superusers");
  const machine = (key: string) => createClient(url, { fetch: withKey(key) });
  const failure = (work: Promise<unknown>) =>
    work.then(() => expect.unreachable(), (error: unknown) => error);

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await admin.collections.delete(NOTES).catch(() => {});
    const fields = [{ name: "text", type: "text" as const }];
    await admin.collections.create({ name: NOTES, type: "base", fields });
  });
  afterAll(() => admin.collections.delete(NOTES));

  test("does what its scope says and nothing else, until it is revoked", async () => {
    const scopes = [{ collections: [NOTES], actions: ["list" as const, "create" as const] }];
    const { id, key } = await keys.create({ name: "sdk", scopes });
    const db = machine(key);
    await db.from(NOTES).create({ text: "by a machine" });
    const { items } = await db.from(NOTES).page(1);
    expect(items).toMatchObject([{ text: "by a machine" }]);
    const refused = await failure(db.from(NOTES).update(items[0]?.id ?? "", { text: "x" }));
    expect(isForbidden(refused)).toBe(true);
    const shown = (await keys.list()).find((each) => each.id === id);
    expect(shown).toMatchObject({ name: "sdk", scopes });
    await keys.revoke(id);
    expect(isForbidden(await failure(db.from(NOTES).page(1)))).toBe(true);
    expect((await keys.list()).map((each) => each.id)).not.toContain(id);
  });

  test("a key that is none is a guest", async () => {
    expect(isForbidden(await failure(machine("luge_x").from(NOTES).page(1)))).toBe(true);
  });
});
