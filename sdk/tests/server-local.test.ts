/** Random filters and orders, judged by a running server and here; see `server.test.ts`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { filter, isNotFound, safe } from "../src/index.js";
import { condition } from "../src/local/condition.js";
import { orderBy } from "../src/local/order.js";
import type { StoredRecord } from "../src/schema.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Schema {
  sdk_things: { record: Record<string, unknown> };
  _superusers: { record: { email: string } };
}

const TEXTS = ["", "a", "A", "ab", "B", "7", "07", "1.5", "50%", "x_y", "it's", "\\", "ä", "Ä",
  "🐕", "ﾮ"];
const NUMBERS = [-2, 0, 1, 1.5, 7, 50, 1e6];
const TAGS = ["lead", "swing", "wheel"];
const SORTED = ["title", "note", "count", "done", "kind", "day", "title:lower", "tags:length",
  "meta.a", "place.lat", "@rowid"];
const ROUNDS = 400;

describe.skipIf(url === "")("what is judged here is what a server judges", () => {
  const admin = createAdminClient<Schema>(url);
  const things = admin.from("sdk_things");
  let all: (StoredRecord & Record<string, unknown>)[] = [];
  let seed = 11;
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const one = <T>(of: readonly T[]): T => of[below(of.length)]!;

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    await admin.collections.create({
      name: "sdk_things",
      fields: [
        { name: "title", type: "text" },
        { name: "note", type: "text" },
        { name: "count", type: "number" },
        { name: "done", type: "bool" },
        { name: "tags", type: "select", values: TAGS, maxSelect: 3 },
        { name: "kind", type: "select", values: TAGS },
        { name: "place", type: "geoPoint" },
        { name: "meta", type: "json" },
        { name: "day", type: "date" },
      ],
    });
    for (let at = 0; at < 60; at += 1) {
      await things.create({
        title: one(TEXTS),
        note: one(TEXTS),
        count: one(NUMBERS),
        done: below(2) === 0,
        tags: TAGS.filter(() => below(2) === 0),
        kind: one([...TAGS, ""]),
        place: { lon: below(360) - 180, lat: below(180) - 90 },
        meta: one([null, { a: one(NUMBERS) }, { a: one(TEXTS), b: [1, "x"] }]),
        day: one(["", "2026-01-02 03:04:05.000Z", "2025-12-31 00:00:00.000Z"]),
      });
    }
    ({ items: all } = await things.page(1, 100));
  });
  afterAll(clean);

  async function clean() {
    const { error } = await safe(admin.collections.delete("sdk_things"));
    if (error && !isNotFound(error)) throw error;
  }

  const quoted = (text: string) => String(filter`${text}`);
  const constant = () =>
    one([
      () => quoted(one(TEXTS)),
      () => quoted(`${one(TEXTS)}%`),
      () => String(one(NUMBERS).toFixed(1)),
      () => String(below(9)),
      () => one(["null", "true", "false", "''"]),
      () => quoted(one(["2026-01-02 03:04:05.000Z", "2026-01-01", ...TAGS])),
    ])();
  const field = () =>
    one(["title", "note", "count", "done", "kind", "day", "title:lower", "tags:length", "meta.a",
      "meta.b.1", "place.lon", "id", "geoDistance(place.lon, place.lat, 10, 50)"]);
  const operator = () => one(["", "", "", "?"]) + one(["=", "!=", ">", ">=", "<", "<=", "~", "!~"]);
  const comparison = () => {
    const left = field();
    return `${left} ${operator()} ${below(3) === 0 ? field() : constant()}`;
  };
  const each = () => `tags:each ${operator()} ${one([quoted(one(TAGS)), "''", "'ea'"])}`;
  const made = (depth: number): string => {
    if (depth === 0) return comparison();
    const parts = [made(depth - 1), comparison(), ...(depth === 1 ? [] : [comparison()])];
    return `(${parts.join(one([" && ", " || "]))})`;
  };

  test(`${ROUNDS} random filters choose the same`, async () => {
    const wrong: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = round % 5 === 0 ? `${each()} ${one(["&&", "||"])} ${made(1)}` : made(below(3));
      const { items } = await things.where(filter([text] as never)).page(1, 100);
      const here = all.filter(condition(text));
      if (ids(here) === ids(items)) continue;
      wrong.push(`${text}: ${items.length} there, ${here.length} here`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test("random orders are the same", async () => {
    const wrong: string[] = [];
    for (let round = 0; round < ROUNDS / 4; round += 1) {
      const keys = [0, 1, 2].slice(below(3)).map(() => one(["", "-"]) + one(SORTED));
      const { items } = await things.orderBy(...(keys as never[])).page(1, 100);
      if (ids(orderBy(keys.join(","))(all)) !== ids(items)) wrong.push(keys.join(","));
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

function ids(records: { id: string }[]): string {
  return records.map(({ id }) => id).join();
}
