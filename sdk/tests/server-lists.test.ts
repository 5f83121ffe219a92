/** Lists, aggregates, tags and keys against a running server; see `server.test.ts`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import {
  and,
  anyOf,
  distance,
  each,
  eq,
  filter,
  gt,
  isConflict,
  isNotFound,
  lengthOf,
  lower,
  lt,
  notIn,
  safe,
  startsWith,
  tagOf,
} from "../src/index.js";

const url = process.env.LUGE_URL;
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Dog {
  name: string;
  age: number;
  tags: string[];
  place: { lon: number; lat: number };
  team: string;
}
interface Schema {
  sdk_teams: { record: { title: string }; relations: { sdk_dogs_via_team: ["sdk_dogs"] } };
  sdk_dogs: { record: Dog; relations: { team: "sdk_teams" } };
  _superusers: { record: { email: string } };
}

describe.skipIf(url === undefined)("lists of a server", () => {
  const admin = createAdminClient<Schema>(url ?? "");
  const dogs = admin.from("sdk_dogs");
  let team = "";

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    const teams = await admin.collections.create({
      name: "sdk_teams",
      fields: [{ name: "title", type: "text" }],
    });
    await admin.collections.create({
      name: "sdk_dogs",
      fields: [
        { name: "name", type: "text", required: true },
        { name: "age", type: "number" },
        { name: "tags", type: "select", values: ["lead", "swing", "wheel"], maxSelect: 3 },
        { name: "place", type: "geoPoint" },
        { name: "team", type: "relation", collectionId: teams.id, maxSelect: 1 },
      ],
    });
    team = (await admin.from("sdk_teams").create({ title: "North" })).id;
    for (const [name, age, tags, lon] of [
      ["Balto", 6, ["lead"], 1],
      ["Togo", 12, ["lead", "swing"], 2],
      ["Fox_1", 6, [], 50],
    ] as const) {
      await dogs.create({ name, age, tags: [...tags], place: { lon, lat: 0 }, team });
    }
  });
  afterAll(clean);

  async function clean() {
    for (const name of ["sdk_dogs", "sdk_teams"]) {
      const { error } = await safe(admin.collections.delete(name));
      if (error && !isNotFound(error)) throw error;
    }
  }

  test.each([
    [eq(lower("name"), "balto"), ["Balto"]],
    [startsWith("name", "fox_"), ["Fox_1"]],
    [startsWith("name", "fo__"), []],
    [gt(lengthOf("tags"), 1), ["Togo"]],
    [anyOf(each("tags"), "swing"), ["Togo"]],
    [anyOf("team.sdk_dogs_via_team.age", 12, ">="), ["Balto", "Togo", "Fox_1"]],
    [anyOf(each("tags"), "w", "~"), ["Togo"]],
    [notIn("name", ["Balto", "Togo"]), ["Fox_1"]],
    [notIn("name", []), ["Balto", "Togo", "Fox_1"]],
    [lt(distance("place", { lon: 1, lat: 0 }), 200), ["Balto", "Togo"]],
    [and(filter`${gt("age", 6)} || ${eq("name", "Balto")}`, lt("age", 12)), ["Balto"]],
  ])("%s", async (condition, names) => {
    const { items } = await dogs.where(condition).page();
    expect(items.map(({ name }) => name)).toEqual(names);
  });

  test("expand leads forwards and backwards, also beside chosen fields", async () => {
    const dog = await dogs.expand("team").select("name").first();
    expect(dog?.expand?.team?.title).toBe("North");
    expect(Object.keys(dog ?? {}).sort()).toEqual(["expand", "name"]);
    const north = await admin.from("sdk_teams").expand("sdk_dogs_via_team.team").get(team);
    const back = north.expand?.sdk_dogs_via_team ?? [];
    expect(back.map(({ name }) => name)).toEqual(["Balto", "Togo", "Fox_1"]);
    expect(back[0]?.expand?.team?.title).toBe("North");
  });

  test("cursors pass over nothing that stays", async () => {
    const { items, nextCursor } = await dogs.orderBy("name").slice(null, 1);
    expect(items.map(({ name }) => name)).toEqual(["Balto"]);
    const early = await dogs.create({ name: "Aaron" });
    const rest = await dogs.orderBy("name").slice(nextCursor, 5);
    expect(rest.items.map(({ name }) => name)).toEqual(["Fox_1", "Togo"]);
    expect(rest.nextCursor).toBeNull();
    await dogs.delete(early.id);
    const page = await dogs.page(1, 2, { skipTotal: true });
    expect([page.totalItems, page.items.length]).toEqual([-1, 2]);
  });

  test("groups are counted and added up", async () => {
    const { items, totalItems } = await dogs.aggregate({
      group: ["age"],
      sum: ["age"],
      max: ["name"],
      having: filter`count > ${1}`,
      sort: ["-count"],
    });
    expect(totalItems).toBe(1);
    expect(items).toEqual([
      { count: 2, group: { age: 6 }, sum: { age: 12 }, max: { name: "Fox_1" } },
    ]);
    expect(await dogs.where(filter`age > ${100}`).aggregate()).toMatchObject({
      items: [{ count: 0 }],
    });
  });

  test("who writes second is told what the first one wrote", async () => {
    const made = await dogs.create({ name: "Jack", age: 1 });
    const seen = await dogs.get(made.id);
    expect(tagOf(made)).toBe(tagOf(seen));
    expect(await dogs.renew(seen)).toBe(seen);
    const changed = await dogs.update(made.id, { age: 2 }, { ifMatch: seen });
    expect((await dogs.renew(seen)).age).toBe(2);
    const { error } = await safe(dogs.update(made.id, { age: 3 }, { ifMatch: seen }));
    expect(isConflict(error) && error.current?.age).toBe(2);
    const refused = await safe(dogs.delete(made.id, { ifMatch: made }));
    expect(refused.error?.status).toBe(409);
    const slim = dogs.select("id", "age");
    await slim.update(made.id, { age: 4 }, { ifMatch: await slim.get(made.id) });
    await dogs.delete(made.id, { ifMatch: await dogs.get(changed.id) });
  });

  test("a create that is sent twice happens once", async () => {
    const idempotencyKey = crypto.randomUUID();
    const first = await dogs.create({ name: "Once" }, { idempotencyKey });
    const second = await dogs.create({ name: "Once" }, { idempotencyKey });
    expect(second.id).toBe(first.id);
    const { error } = await safe(dogs.create({ name: "Other" }, { idempotencyKey }));
    expect(error).toMatchObject({ status: 422, code: "idempotency_key_used" });
    expect(await dogs.where((dog) => dog.name.is("Once")).deleteAll()).toBe(1);
  });

  test("all matches are changed at once, or none", async () => {
    const young = dogs.where((dog) => dog.age.is(6));
    expect(await young.updateAll({ age: 7 }, { preview: true })).toBe(2);
    expect(await young.count()).toBe(2);
    expect(await young.updateAll({ age: 7 })).toBe(2);
    const { error } = await safe(dogs.where(filter`age = ${7}`).updateAll({ name: "" }));
    expect(error?.status).toBe(400);
    expect(await dogs.where(filter`age = ${7} && name = ${""}`).count()).toBe(0);
  });
});
