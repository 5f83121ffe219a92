/** Realtime, live lists and channels against a running server; see `server.test.ts`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { join, type Member } from "../src/channels/index.js";
import { createClient, isForbidden, isNotFound, safe } from "../src/index.js";
import { live } from "../src/live/index.js";
import { until } from "./stream.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Schema {
  sdk_tasks: { record: { title: string; open: boolean; place: number } };
  _superusers: { record: { email: string } };
}

/** A client whose connections can be cut. */
function cuttable() {
  const cuts: (() => void)[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    if (init?.method === "POST" || !String(input).includes("/realtime?")) {
      return fetch(input, init);
    }
    const controller = new AbortController();
    init?.signal?.addEventListener("abort", () => controller.abort());
    cuts.push(() => controller.abort());
    return fetch(input, { ...init, signal: controller.signal });
  };
  const client = createClient<Schema>(url, { fetch: fetcher });
  return { client, cut: () => cuts.at(-1)?.(), connections: () => cuts.length };
}

describe.skipIf(url === "")("realtime of a server", () => {
  const admin = createAdminClient<Schema>(url);
  const tasks = admin.from("sdk_tasks");

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    await admin.collections.create({
      name: "sdk_tasks",
      listRule: "title != 'secret'",
      viewRule: "",
      fields: [
        { name: "title", type: "text" },
        { name: "open", type: "bool" },
        { name: "place", type: "number" },
      ],
    });
    const channels = [{ name: "sdk-{id}", joinRule: "id != 'no'", sendRule: "", presence: true }];
    await admin.transport.send("/api/settings", { method: "PATCH", body: { channels } });
  });
  afterAll(clean);

  async function clean() {
    const { error } = await safe(admin.collections.delete("sdk_tasks"));
    if (error && !isNotFound(error)) throw error;
    await admin.transport.send("/api/settings", { method: "PATCH", body: { channels: [] } });
  }

  test("matching changes are told, and those of a break too, once and in order", async () => {
    const { client, cut, connections } = cuttable();
    const heard: string[] = [];
    const leave = await client
      .from("sdk_tasks")
      .where((task) => task.open.is(true))
      .select("title")
      .subscribe(({ action, record }) => heard.push(`${action} ${record.title}`));
    const first = await tasks.create({ title: "1", open: true });
    await tasks.create({ title: "hidden", open: false });
    await tasks.create({ title: "secret", open: true });
    await until(() => heard.length === 1);
    cut();
    await until(() => client.realtime.state === "stale");
    for (let at = 2; at < 8; at += 1) await tasks.create({ title: `${at}`, open: true });
    await tasks.update(first.id, { title: "1b" });
    await tasks.delete(first.id);
    await until(() => heard.length === 9);
    expect(heard).toEqual([
      "create 1",
      ...[2, 3, 4, 5, 6, 7].map((at) => `create ${at}`),
      "update 1b",
      "delete 1b",
    ]);
    expect(connections()).toBe(2);
    leave();
    await until(() => client.realtime.state === "closed");
  });

  test("one record, and a topic that makes no sense", async () => {
    const { client } = cuttable();
    const made = await tasks.create({ title: "one", open: true });
    const heard: string[] = [];
    const one = client.from("sdk_tasks");
    const leave = await one.subscribe(({ action }) => heard.push(action), { id: made.id });
    const wrong = client.realtime.subscribe('sdk_tasks/*?options={"query":[', () => {});
    expect((await safe(wrong)).error?.status).toBe(400);
    await tasks.create({ title: "other" });
    await tasks.update(made.id, { title: "changed" });
    await tasks.delete(made.id);
    await until(() => heard.length === 2);
    expect(heard).toEqual(["update", "delete"]);
    leave();
  });

  test("a live list is what a list would be, whatever random changes and breaks", async () => {
    await admin.collections.truncate("sdk_tasks");
    const { client, cut } = cuttable();
    const query = client
      .from("sdk_tasks")
      .where((task) => task.open.is(true))
      .orderBy("-place", "title");
    const list = live(query, { perPage: 10 });
    const leave = list.subscribe(() => {});
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const ids: string[] = [];
    for (let round = 0; round < 300; round += 1) {
      const id = ids[random(ids.length + 4)];
      const values = { title: `t${random(9)}`, open: random(3) > 0, place: random(5) };
      if (id === undefined) ids.push((await tasks.create(values)).id);
      else if (random(4) > 0) await tasks.update(id, values);
      else await tasks.delete(ids.splice(ids.indexOf(id), 1)[0]!);
      if (round % 100 === 50) cut();
    }
    const wanted = (await query.page(1, 10)).items;
    await until(() => JSON.stringify(list.current.items) === JSON.stringify(wanted));
    expect(wanted.length).toBeGreaterThan(3);
    leave();
  });

  test("channels carry messages and know who is there", async () => {
    const heard: unknown[] = [];
    const seen: Member<{ name: string }>[][] = [];
    const ann = cuttable();
    const bob = cuttable();
    const first = await join(ann.client, "sdk-1", {
      presence: { name: "Ann" },
      onMessage: ({ event, payload }) => heard.push([event, payload]),
      onMembers: (members) => seen.push(members),
    });
    const second = await join(bob.client, "sdk-1", { presence: { name: "Bob" } });
    await until(() => first.members.length === 2);
    await second.send("hello", { at: 1 });
    await until(() => heard.length === 1);
    expect(heard).toEqual([["hello", { at: 1 }]]);
    await first.send("own");
    await first.send("self", 2, { self: true });
    await until(() => heard.length === 2);
    expect(heard.at(-1)).toEqual(["self", 2]);
    await second.announce({ name: "Robert" });
    await until(() => first.members.some(({ state }) => state.name === "Robert"));
    bob.cut();
    await until(() => bob.client.realtime.state === "stale");
    await until(() => bob.client.realtime.state === "open");
    await until(() =>
      first.members.some(({ id, state }) => id === second.member && state.name === "Robert"),
    );
    second.leave();
    await until(() => first.members.length === 1);
    first.leave();
    await until(() => ann.client.realtime.state === "closed");
  });

  test("a channel that lets nobody in says so", async () => {
    const { client } = cuttable();
    for (const name of ["sdk-no", "none"]) {
      const { error } = await safe(join(client, name));
      expect(isForbidden(error)).toBe(true);
    }
    await until(() => client.realtime.state === "closed");
  });
});
