/**
 * Running a server, against one that runs. LUGE_URL names it; LUGE_SUPERUSER_EMAIL and
 * LUGE_SUPERUSER_PASSWORD sign in. Without LUGE_URL these tests are skipped.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createAdminClient, type LogEntry } from "../src/admin/index.js";
import { isNotFound, isValidation } from "../src/index.js";

const url = process.env.LUGE_URL;
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";
const COLLECTION = "sdk_admin";

describe.skipIf(url === undefined)("a server that is run", () => {
  const admin = createAdminClient(url ?? "");
  const guest = createAdminClient(url ?? "");
  const failure = (work: Promise<unknown>) =>
    work.then(() => expect.unreachable(), (error: unknown) => error);

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await remove();
    await admin.collections.create({
      name: COLLECTION,
      type: "base",
      fields: [{ name: "title", type: "text" }],
      listRule: "title != ''",
    });
  });
  afterAll(remove);

  async function remove(): Promise<void> {
    await admin.collections.delete(COLLECTION).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  test("guests run nothing", async () => {
    const all = [
      guest.settings.get(),
      guest.logs.list(),
      guest.backups.list(),
      guest.storage.read(),
      guest.storage.survey(),
      guest.collections.readPocketBase(new Blob(["x"])),
      guest.mails.list(),
      guest.webhooks.list(),
      guest.operations.crons(),
      guest.operations.jobs(),
      guest.backups.status(),
      guest.operations.metrics(),
      guest.collections.plan(COLLECTION, {}),
    ];
    for (const error of await Promise.all(all.map(failure))) {
      expect(error).toMatchObject({ status: 401 });
    }
  });

  test("settings are changed in part, and say where they come from", async () => {
    const { meta } = await admin.settings.get();
    const changed = await admin.settings.update({ meta: { ...meta, appName: "Sled" } });
    expect(changed.meta).toEqual({ ...meta, appName: "Sled" });
    expect((await admin.settings.sources())["meta.appName"]).toEqual({ source: "stored" });
    const error = await failure(admin.settings.update({ meta: { ...meta, accentColor: "red" } }));
    expect(isValidation(error) && error.fields["meta.accentColor"]).toBeTruthy();
    expect((await admin.settings.update({ meta })).meta).toEqual(meta);
  });

  test("a mail that is tried out is kept to be read", async () => {
    await admin.mails.clear();
    await admin.settings.testEmail("ada@example.com", "verification");
    // Mails of the other tests come at the same time.
    const kept = await vi.waitFor(async () => {
      const { items } = await admin.mails.list({ state: "kept" });
      return items.find(({ to }) => to === "ada@example.com") ?? expect.fail("no mail");
    });
    const mail = await admin.mails.get(kept.id);
    expect(mail.html).toContain("<p>");
    await admin.mails.delete(mail.id);
    expect(isNotFound(await failure(admin.mails.get(mail.id)))).toBe(true);
  });

  test("what is asked is logged, and told to who follows", async () => {
    const stop = new AbortController();
    const told = new Promise<LogEntry>((resolve) => {
      const filter = `data.url ~ "${COLLECTION}_missing"`;
      const tail = admin.logs.tail({ signal: stop.signal, filter, onEntry: resolve });
      tail.catch(() => {});
    });
    const ask = setInterval(() => {
      guest.from(`${COLLECTION}_missing`).page(1).catch(() => {});
    }, 200);
    const entry = await told.finally(() => clearInterval(ask));
    stop.abort();
    expect(entry.data).toMatchObject({ status: 404, method: "GET" });
    const filter = `id = "${entry.id}"`;
    expect((await admin.logs.list({ filter })).items).toMatchObject([{ id: entry.id }]);
    expect(await admin.logs.get(entry.id)).toEqual(entry);
    expect((await admin.logs.stats({ filter }))[0]?.total).toBe(1);
    expect(isNotFound(await failure(admin.logs.get("nothing")))).toBe(true);
  });

  test("a trial of a list tells its plan, and the log by which rule it was judged", async () => {
    const trial = { collection: COLLECTION, action: "list" } as const;
    const { plan } = await admin.rules.test({ ...trial, principal: "superuser" });
    expect(plan).toMatchObject({ source: { kind: "scan" }, filter: false });
    expect((await admin.rules.test({ ...trial, rule: null })).plan).toBeNull();
    expect((await admin.rules.test({ ...trial, visible: false })).plan).toBeNull();
    await admin.from(COLLECTION).page(1);
    const filter = `data.query.collection = "${COLLECTION}" && data.rule.verdict = "superuser"`;
    const { data } = await vi.waitFor(
      async () => (await admin.logs.list({ filter })).items[0] ?? expect.fail("not logged yet"),
      { timeout: 10_000, interval: 200 },
    );
    expect(data.rule).toMatchObject({ action: "list", verdict: "superuser" });
    expect(data.query).toMatchObject({ plan: "scan" });
    expect(data.audit).toBeUndefined();
  });

  test("a backup is made, fetched by its address alone, brought back, and removed", async () => {
    await admin.backups.create({ name: "sdk_admin.zip" });
    const found = async (key: string) =>
      (await admin.backups.list()).find((backup) => backup.key === key);
    const { size } = (await found("sdk_admin.zip")) ?? {};
    expect(size).toBeGreaterThan(0);
    const status = await admin.backups.status();
    expect(status).toMatchObject({ running: null, lastSuccess: { key: "sdk_admin.zip", size } });
    expect((await admin.backups.verify("sdk_admin.zip")).valid).toBe(true);
    const missing = admin.backups.restore("nothing.zip", { backupFirst: true });
    expect(await failure(missing)).toMatchObject({ status: 400 });
    const answer = await fetch(await admin.backups.url("sdk_admin.zip"));
    const bytes = await answer.blob();
    expect(answer.status).toBe(200);
    const file = new File([bytes], "sdk_again.zip", { type: "application/zip" });
    await admin.backups.upload(file);
    expect((await found("sdk_again.zip"))?.size).toBe(bytes.size);
    for (const key of ["sdk_admin.zip", "sdk_again.zip"]) await admin.backups.delete(key);
    expect(await found("sdk_admin.zip")).toBe(undefined);
  });

  test("a webhook shows its secret once, and may not reach a network of its own", async () => {
    const made = await admin.webhooks.create({
      collection: COLLECTION,
      actions: ["create"],
      url: "https://example.com/hook",
      headers: { "X-Key": "k" },
    });
    expect(made.secret).toMatch(/^whsec_/);
    const shown = await admin.webhooks.get(made.id);
    expect(shown).toMatchObject({ headers: { "X-Key": null }, collectionName: COLLECTION });
    expect(shown.secret).toBe(undefined);
    expect((await admin.webhooks.rotateSecret(made.id)).secret).not.toBe(made.secret);
    const off = await admin.webhooks.update(made.id, { enabled: false, name: "off" });
    expect(off).toMatchObject({ enabled: false, name: "off" });
    expect((await admin.webhooks.deliveries(made.id)).items).toEqual([]);
    const url = "https://10.1.2.3/hook";
    expect(isValidation(await failure(admin.webhooks.update(made.id, { url })))).toBe(true);
    await admin.webhooks.delete(made.id);
    expect((await admin.webhooks.list()).map(({ id }) => id)).not.toContain(made.id);
  });

  test("jobs are started, measurements and health are told", async () => {
    const jobs = await admin.operations.crons();
    expect(jobs.length).toBeGreaterThan(0);
    await admin.operations.runCron(jobs[0]?.id ?? "");
    expect(isNotFound(await failure(admin.operations.runCron("nothing")))).toBe(true);
    const all = await admin.operations.jobs();
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(jobs.map(({ id }) => id)));
    expect(all.length).toBeGreaterThan(jobs.length);
    const { step, samples } = await admin.operations.metrics({ step: 600 });
    expect([step, Array.isArray(samples)]).toEqual([600, true]);
    expect((await admin.operations.health()).realIP).not.toBe("");
    expect(Array.isArray((await admin.operations.searchStatus()).collections)).toBe(true);
  });

  test("preferences are the superuser's own", async () => {
    const kept = await admin.operations.preferences();
    await admin.operations.setPreferences({ pinned: [COLLECTION] });
    expect(await admin.operations.preferences()).toEqual({ pinned: [COLLECTION] });
    await admin.operations.setPreferences(kept ?? {});
    expect(await failure(guest.operations.preferences())).toMatchObject({ status: 401 });
  });

  test("a plan says what a rename breaks, and changes nothing", async () => {
    const { fields } = await admin.collections.get(COLLECTION);
    const renamed = fields.map((field) =>
      field.name === "title" ? { ...field, name: "heading" } : field,
    );
    const plan = await admin.collections.plan(COLLECTION, { fields: renamed });
    expect(plan).toMatchObject({ valid: false, fields: { renamed: [{ to: "heading" }] } });
    expect(plan.references).toMatchObject([{ place: "listRule", becomes: "heading" }]);
    const rewritten = { fields: renamed, rewriteReferences: true };
    expect(await admin.collections.plan(COLLECTION, rewritten)).toMatchObject({
      valid: true,
      rewritten: [{ place: "listRule", to: "heading != ''" }],
    });
    expect((await admin.collections.get(COLLECTION)).listRule).toBe("title != ''");
  });
});
