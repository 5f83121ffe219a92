/** Searches against a running server; see `server.test.ts`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { createClient, filter, isNotFound, safe } from "../src/index.js";
import { live } from "../src/live/index.js";
import { faceted, searchAll, suggest } from "../src/search/index.js";
import { until } from "./stream.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Schema {
  sdk_books: {
    record: { title: string; genre: string[]; price: number; released: string; secret: string };
  };
  sdk_notes: { record: { text: string } };
  _superusers: { record: { email: string } };
}

describe.skipIf(url === "")("searches of a server", () => {
  const admin = createAdminClient<Schema>(url);
  const guest = createClient<Schema>(url);
  const all = admin.from("sdk_books");
  const books = guest.from("sdk_books");

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    await admin.collections.create({
      name: "sdk_books",
      listRule: "",
      fields: [
        { name: "title", type: "text" },
        { name: "genre", type: "select", values: ["Drama", "Comedy"], maxSelect: 2 },
        { name: "price", type: "number" },
        { name: "released", type: "date" },
        { name: "secret", type: "text", hidden: true },
      ],
      search: {
        fields: {
          title: { weight: 5, language: "en" },
          genre: { facet: true },
          price: { facet: true },
          released: { facet: true },
          secret: {},
        },
      },
    });
    await admin.collections.create({
      name: "sdk_notes",
      listRule: "",
      fields: [{ name: "text", type: "text" }],
      search: { fields: { text: {} } },
    });
    for (const [title, genre, price, released] of [
      ["The sleds of winter", ["Drama"], 5, "1999-01-01"],
      ["A sled & a dog", ["Drama", "Comedy"], 15, "1999-07-01"],
      ["Summer", ["Comedy"], 25, "2004-01-01"],
    ] as const) {
      const secret = `hush${price}`;
      await all.create({ title, genre: [...genre], price, released, secret });
    }
    await admin.from("sdk_notes").create({ text: "Wax the sled" });
  });
  afterAll(clean);

  async function clean() {
    for (const name of ["sdk_books", "sdk_notes"] as const) {
      const { error } = await safe(admin.collections.delete(name));
      if (error && !isNotFound(error)) throw error;
    }
  }

  const fresh = { fresh: true };

  test("find what was written just before, and show where", async () => {
    const query = books.search("sled", { highlight: ["title"], total: "exact", fresh: true });
    const { items, totalItems, totalIsLeast } = await query.select("title").page();
    expect([totalItems, totalIsLeast]).toEqual([2, undefined]);
    expect(items[0]!["@search"].score).toBeGreaterThan(0);
    const shown = items.map((item) => item["@search"].highlights.title);
    expect(shown).toContain("A <mark>sled</mark> &amp; a dog");
    expect(shown).toContain("The <mark>sleds</mark> of winter");
    expect(await books.search("sled", fresh).count()).toBe(2);
    expect(await books.where(filter`price > ${10}`).search("sled", fresh).first()).toMatchObject({
      title: "A sled & a dog",
    });
    const made = await all.create({ title: "Sled three" });
    expect(await books.search("three", fresh).count()).toBe(1);
    await all.delete(made.id);
    expect(await books.search("three", fresh).first()).toBeNull();
  });

  test("find nothing hidden, and go on by cursor where they are sorted", async () => {
    expect(await books.search("hush5", fresh).count()).toBe(0);
    expect(await all.search("hush5", fresh).count()).toBe(1);
    const titles: string[] = [];
    const sorted = books.search("sled", fresh).orderBy("title");
    for await (const { title } of sorted.all({ perPage: 1 })) titles.push(title);
    expect(titles).toEqual(["A sled & a dog", "The sleds of winter"]);
    const { error } = await safe(books.search("sled").slice());
    expect(error).toMatchObject({ status: 400, message: expect.stringContaining("sort them") });
    const shown = await books.search("sled", { highlight: ["*"], fresh: true }).first();
    const names = Object.keys(shown?.["@search"].highlights ?? {});
    expect(names).toContain("title");
    expect(names).not.toContain("secret");
  });

  test("are followed by a live list", async () => {
    const list = live(books.search("sled", fresh).orderBy("title"));
    const leave = list.subscribe(() => {});
    const titles = () => list.current.items.map(({ title }) => title);
    await until(() => titles().length === 2);
    const made = await all.create({ title: "An old sled" });
    await until(() => titles().includes("An old sled"));
    await all.update(made.id, { title: "No more" });
    await until(() => titles().length === 2);
    await all.delete(made.id);
    leave();
  });

  test("count values, complete words, and go through all collections", async () => {
    await books.search("sled", fresh).first();
    const { items, facets } = await faceted(
      books,
      ["genre", "price:..10|10..20|20..", "released:year"],
      { perPage: 1 },
    );
    expect(items).toHaveLength(1);
    expect(facets).toEqual({
      genre: {
        values: [
          { value: "Comedy", count: 2 },
          { value: "Drama", count: 2 },
        ],
        more: false,
      },
      price: {
        ranges: [
          { from: null, to: 10, count: 1 },
          { from: 10, to: 20, count: 1 },
          { from: 20, to: null, count: 1 },
        ],
      },
      released: {
        values: [
          { value: "1999", count: 2 },
          { value: "2004", count: 1 },
        ],
        more: false,
      },
    });
    const narrowed = await faceted(books.search("dog", fresh), ["genre"]);
    expect(narrowed.facets.genre.values.map(({ count }) => count)).toEqual([1, 1]);
    expect((await safe(faceted(books, ["secret"]))).error?.status).toBe(400);

    const words = await suggest(books, "a sle");
    expect(words[0]).toEqual({ word: "sled", text: "a sled" });
    expect(await suggest(books, "hus")).toEqual([]);

    const collections = ["sdk_books", "sdk_notes"] as const;
    const found = await searchAll(guest, "sled", { collections, highlight: ["*"], ...fresh });
    const totals = found.groups.map((group) => [group.collectionName, group.totalItems]);
    expect(Object.fromEntries(totals)).toEqual({ sdk_books: 2, sdk_notes: 1 });
    const notes = found.groups.find((group) => group.collectionName === "sdk_notes");
    expect(notes?.items[0]?.["@search"].highlights?.text).toBe("Wax the <mark>sled</mark>");
    const one = await searchAll(guest, "sled", { collections: ["sdk_books"], perCollection: 1 });
    expect(one.groups.map(({ items }) => items.length)).toEqual([1]);
  });
});
