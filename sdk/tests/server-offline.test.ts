/** Kept records and the outbox against a running server, in a browser in memory. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { createClient, filter, isConflict, isNotFound, memoryStore, safe } from "../src/index.js";
import {
  openOffline,
  type Conflict,
  type Offline,
  type OfflineOptions,
  type Resolution,
} from "../src/offline/index.js";
import { until } from "./stream.js";
import { browser } from "./surroundings.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Schema {
  sdk_notes: { record: { title: string; done: boolean; count: number; parent: string } };
  sdk_people: { record: { email: string } };
  _superusers: { record: { email: string } };
}
const PERSON = { email: "kit@example.com", password: "sled-dog-45" };

describe.skipIf(url === "")("records that are kept", () => {
  const admin = createAdminClient<Schema>(url);
  const notes = admin.from("sdk_notes");
  const opened: Offline<Schema>[] = [];
  const sent: string[] = [];
  const net = { down: false, lossy: false };
  let store = memoryStore();

  /** Can be down, and can lose answers to writes that have arrived. */
  const fetcher: typeof fetch = async (input, init) => {
    if (net.down) throw new TypeError("down");
    const answer = await fetch(input, init);
    const method = init?.method ?? "GET";
    const path = new URL(String(input)).pathname;
    if (method !== "GET" && path.includes("/records")) {
      sent.push(`${method} ${answer.status}`);
      // Every other answer.
      if (net.lossy && sent.length % 2 === 1) throw new TypeError("cut");
    }
    return answer;
  };

  const client = () => createClient<Schema>(url, { fetch: fetcher, store, timeout: 5000 });
  const conflicts: Conflict[] = [];
  let resolutions: Resolution[] = [];
  const page = async (
    where = browser(),
    options: Partial<OfflineOptions<Schema>> = {},
    db = client(),
  ) => {
    const onConflict = (conflict: Conflict) => {
      conflicts.push(conflict);
      return resolutions.shift() ?? "keep";
    };
    const keep = [db.from("sdk_notes")];
    const made = await openOffline(db, { keep, onConflict, ...options }, where.page());
    opened.push(made);
    return { kept: made, list: made.from("sdk_notes"), where, db };
  };
  const open = ({ kept }: { kept: Offline<Schema> }) =>
    until(() => kept.status.state === "open");
  const synced = async (each: Awaited<ReturnType<typeof page>>) => {
    await open(each);
    const total = await notes.count();
    await until(() => Object.keys(each.where.contents().facts.read).length > 0);
    await until(() => each.where.contents().records.length >= total);
  };
  const titles = async () =>
    (await notes.page(1, 100)).items.map(({ title }) => title).join();

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    await admin.collections.create({ name: "sdk_people", type: "auth", createRule: "" });
    await admin.from("sdk_people").create({ ...PERSON, passwordConfirm: PERSON.password } as never);
    const rule = "@request.auth.id != '' && title != 'secret'";
    const made = await admin.collections.create({
      name: "sdk_notes",
      listRule: rule,
      viewRule: rule,
      createRule: rule,
      updateRule: "title != 'locked'",
      deleteRule: "title != 'locked'",
      fields: [
        { name: "title", type: "text", required: true },
        { name: "done", type: "bool" },
        { name: "count", type: "number" },
      ],
    });
    const parent = { name: "parent", type: "relation", collectionId: made.id } as const;
    await admin.collections.update("sdk_notes", { fields: [...made.fields, parent] });
  });
  beforeEach(async () => {
    await admin.collections.truncate("sdk_notes");
    Object.assign(net, { down: false, lossy: false });
    sent.length = 0;
    conflicts.length = 0;
    resolutions = [];
    store = memoryStore();
    await client().auth("sdk_people").password(PERSON.email, PERSON.password);
  });
  afterEach(() => opened.splice(0).forEach((each) => each.close()));
  afterAll(clean);

  async function clean() {
    for (const name of ["sdk_notes", "sdk_people"] as const) {
      const { error } = await safe(admin.collections.delete(name));
      if (error && !isNotFound(error)) throw error;
    }
  }

  test("reads are answered here, filtered, ordered, and follow the server", async () => {
    for (let count = 1; count <= 5; count += 1) await notes.create({ title: `n${count}`, count });
    const here = await page();
    await synced(here);
    const { list } = here;
    const big = list.where(filter`count > ${2}`).orderBy("-count");
    expect((await big.page(1, 2)).items.map(({ title }) => title)).toEqual(["n5", "n4"]);
    expect(await big.count()).toBe(3);
    const five = (await big.first())!;
    expect((await list.get(five.id)).title).toBe("n5");
    const seen: string[] = [];
    const leave = big.live().subscribe(({ items }) => seen.push(items.map((i) => i.title).join()));
    await notes.update(five.id, { count: 0 });
    await notes.create({ title: "n6", count: 6 });
    await until(() => seen.at(-1) === "n6,n4,n3");
    leave();
    await notes.delete(five.id);
    await until(() => here.where.contents().records.length === 5);
    expect(isNotFound((await safe(list.get(five.id))).error)).toBe(true);
    await expect(list.where(filter`parent.title = 'x'`).list()).resolves.toEqual([]);
    expect(() => here.kept.from("sdk_people")).toThrow("kept");
    expect(sent).toEqual([]);
  });

  test("a page that comes back is told only what happened meanwhile", async () => {
    for (let at = 0; at < 3; at += 1) await notes.create({ title: `n${at}` });
    const first = await page();
    await synced(first);
    first.kept.close();
    const [gone] = (await notes.page(1, 1)).items;
    await notes.delete(gone!.id);
    await notes.create({ title: "new" });
    net.down = true;
    const second = await page(first.where);
    expect((await second.list.list()).map(({ title }) => title)).toEqual(["n0", "n1", "n2"]);
    net.down = false;
    await open(second);
    await until(() => second.where.contents().records.length === 3
      && second.where.contents().records.at(-1)!.record.title === "new");
    expect((await second.list.list()).map(({ title }) => title)).toEqual(["n1", "n2", "new"]);
  });

  test("unsent writes arrive once and in order, over a reload and lost answers", async () => {
    const old = await notes.create({ title: "old", count: 1 });
    const first = await page();
    await synced(first);
    net.down = true;
    const parent = await first.list.create({ title: "parent" });
    expect(parent).toMatchObject({ $pending: true, title: "parent" });
    expect(parent.id).toMatch(/^[a-z0-9]{15}$/);
    await first.list.create({ title: "child", parent: parent.id });
    await first.list.update(old.id, { title: "older" });
    expect(await first.list.update(old.id, { "count+": 2 } as never)).toMatchObject({
      title: "older",
      count: 3,
      $pending: true,
    });
    await first.list.update(parent.id, { done: true });
    first.kept.close();

    const second = await page(first.where);
    expect(second.kept.status).toMatchObject({ pending: 5, problem: undefined });
    expect((await second.list.list()).map((note) => [note.title, note.$pending])).toEqual([
      ["older", true],
      ["parent", true],
      ["child", true],
    ]);
    net.lossy = true;
    net.down = false;
    second.kept.flush();
    await second.kept.settled();
    // The server repeats the answer of a create; an update is refused, or not sent again at all.
    expect(sent.slice(0, 4)).toEqual(["POST 200", "POST 200", "POST 200", "POST 200"]);
    expect(sent.slice(4).filter((each) => each === "PATCH 200")).toHaveLength(3);
    expect(await titles()).toBe("older,parent,child");
    expect(await notes.get(old.id)).toMatchObject({ count: 3, title: "older" });
    const child = await notes.where(filter`title = 'child'`).first();
    expect(child?.parent).toBe(parent.id);
    expect((await notes.get(parent.id)).done).toBe(true);
    expect(conflicts).toEqual([]);
    await until(() => second.where.contents().records.length === 3);
    expect((await second.list.list()).some(({ $pending }) => $pending)).toBe(false);
  }, 30_000);

  test("what others changed meanwhile is a conflict, and the callback decides", async () => {
    const made = [];
    for (const title of ["drop", "retry", "body", "keep", "gone"]) {
      made.push(await notes.create({ title, count: 1 }));
    }
    const here = await page();
    await synced(here);
    net.down = true;
    for (const { id, title } of made) await here.list.update(id, { title: `${title} mine` });
    for (const { id } of made.slice(0, 4)) await notes.update(id, { count: 2 });
    await notes.delete(made[4]!.id);
    resolutions = ["drop", "retry", { body: { title: "merged" } }, "keep"];
    net.down = false;
    here.kept.flush();
    await until(() => here.kept.status.problem !== undefined);
    expect(conflicts.map(({ error, current, mutation }) => [
      isConflict(error), current?.count, mutation.body.title,
    ])).toEqual(["drop", "retry", "body", "keep"].map((name) => [true, 2, `${name} mine`]));
    expect(await titles()).toBe("drop,retry mine,merged,keep");
    expect(here.kept.status).toMatchObject({ pending: 2, problem: { code: "conflict" } });
    resolutions = ["drop", "drop"];
    here.kept.flush();
    await here.kept.settled();
    expect([isNotFound(conflicts.at(-1)!.error), conflicts.at(-1)!.current]).toEqual([true, null]);
    expect((await here.list.list()).map(({ title }) => title).join()).toBe(await titles());
  }, 30_000);

  test("refusals are handed over too: invalid, forbidden, gone", async () => {
    const locked = await notes.create({ title: "locked" });
    const here = await page();
    await synced(here);
    net.down = true;
    await here.list.create({ title: "" });
    await here.list.create({ title: "secret" });
    await here.list.update(locked.id, { done: true });
    await here.list.delete(locked.id);
    resolutions = [{ body: { title: "mended" } }, "drop", "drop", "drop"];
    net.down = false;
    here.kept.flush();
    await here.kept.settled();
    expect(conflicts.map(({ error }) => error.status)).toEqual([400, 400, 404, 404]);
    expect(conflicts[0]!.error.fields.title?.code).toBe("validation_required");
    expect(await titles()).toBe("locked,mended");
    expect((await here.list.list()).map(({ title }) => title)).toEqual(["locked", "mended"]);
  }, 30_000);

  test("with a server, a write is the server's answer or rejects", async () => {
    const here = await page();
    await synced(here);
    const made = await here.list.create({ title: "now" });
    expect([made.$pending, await titles()]).toEqual([undefined, "now"]);
    expect((await safe(here.list.create({ title: "" }))).error?.status).toBe(400);
    expect((await here.list.update(made.id, { title: "then" })).title).toBe("then");
    expect((await safe(here.list.update("missing00000000", {}))).error?.code).toBe("not_kept");
    sent.length = 0;
    net.lossy = true;
    expect(await here.list.create({ title: "lost answer" })).toMatchObject({ $pending: true });
    await here.kept.settled();
    expect(sent).toEqual(["POST 200", "POST 200"]);
    net.lossy = false;
    await here.list.delete(made.id);
    expect(await titles()).toBe("lost answer");
    expect(conflicts).toEqual([]);
  });

  test("tabs see the same, one sends, and another goes on when it closes", async () => {
    const first = await page(browser(), { always: true });
    await synced(first);
    const second = await page(first.where, { always: true });
    await until(() => second.kept.status.state === "open");
    net.down = true;
    await second.list.create({ title: "of the second" });
    await until(() => first.kept.status.pending === 1);
    expect((await first.list.list()).map(({ title }) => title)).toEqual(["of the second"]);
    net.down = false;
    second.kept.flush();
    await second.kept.settled();
    expect(sent).toEqual(["POST 200"]);
    first.kept.close();
    await until(() => second.kept.status.state === "open");
    await second.list.create({ title: "after" });
    await second.kept.settled();
    await notes.create({ title: "of others" });
    await until(() => second.where.contents().records.length === 3);
    expect(await titles()).toBe("of the second,after,of others");
  });

  test("signing out removes what was kept, and never loses writes silently", async () => {
    await notes.create({ title: "private" });
    const here = await page();
    await synced(here);
    net.down = true;
    await here.list.create({ title: "unsent" });
    expect((await safe(here.kept.signOut())).error?.code).toBe("unsent");
    // Signing out past us keeps only what would be lost.
    await safe(here.db.signOut());
    await until(() => here.kept.status.state === "closed");
    await until(() => here.where.contents().records.length === 0);
    expect(here.where.contents().outbox).toHaveLength(1);
    expect((await safe(here.list.list())).error?.code).toBe("closed");
    net.down = false;
    await client().auth("sdk_people").password(PERSON.email, PERSON.password);
    const again = await page(here.where);
    await again.kept.settled();
    expect(await titles()).toBe("private,unsent");
    await synced(again);
    net.down = true;
    await again.list.create({ title: "given up" });
    net.down = false;
    const lost = await again.kept.signOut({ force: true });
    expect(lost.map(({ body }) => body.title)).toEqual(["given up"]);
    expect(again.where.contents()).toMatchObject({ records: [], outbox: [] });
    expect(again.db.session.current).toBeNull();
  }, 20_000);

  test("writes of a session that has ended wait for the next one", async () => {
    const here = await page(browser(), { always: true });
    await synced(here);
    net.down = true;
    await here.list.create({ title: "patient" });
    const { id } = here.db.session.record!;
    await admin.auth("sdk_people").sessions.endAll({ record: id });
    net.down = false;
    here.kept.flush();
    await until(() => here.kept.status.state === "signed-out");
    expect([conflicts.length, here.kept.status.pending]).toEqual([0, 1]);
    await here.db.auth("sdk_people").password(PERSON.email, PERSON.password);
    await here.kept.settled();
    expect(await titles()).toBe("patient");
  }, 20_000);

  test("a full storage is said, not passed over", async () => {
    const errors: string[] = [];
    const here = await page(browser(), { onError: ({ code }) => errors.push(code), always: true });
    await synced(here);
    here.where.kept.full = true;
    await expect(here.list.create({ title: "x" })).rejects.toMatchObject({ code: "storage_full" });
    expect(here.kept.status.pending).toBe(0);
  });
});
