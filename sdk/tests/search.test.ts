/** What searches send, and the types of what they give. */
import { describe, expect, expectTypeOf, test } from "vitest";
import { createClient, filter, type Hit, type Page, type Query } from "../src/index.js";
import { live } from "../src/live/index.js";
import { faceted, searchAll, suggest } from "../src/search/index.js";
import { streaming, until } from "./stream.js";

interface Movie {
  title: string;
  genre: ("Drama" | "Comedy")[];
  price: number;
  released: string;
}
interface Schema {
  movies: { record: Movie };
  people: { record: { name: string } };
}

function client(answer: object = { items: [] }) {
  const seen: { path: string; query: Record<string, string> }[] = [];
  const fetcher: typeof fetch = async (input) => {
    const { pathname, searchParams } = new URL(String(input));
    seen.push({ path: pathname, query: Object.fromEntries(searchParams) });
    return Response.json(answer);
  };
  const made = createClient<Schema>("http://server", { fetch: fetcher });
  return { client: made, movies: made.from("movies"), seen };
}

describe("a search", () => {
  test("goes with every list, and shows what it found beside chosen fields", async () => {
    const { movies, seen } = client();
    const found = movies
      .where(filter`price < ${5}`)
      .search('big "two words" -not', { highlight: ["title", "*"], total: "exact", fresh: true })
      .select("title");
    await found.page(2, 5);
    expect(seen[0]?.query).toEqual({
      page: "2",
      perPage: "5",
      filter: "price < 5",
      search: 'big "two words" -not',
      highlight: "title,*",
      searchTotal: "exact",
      wait: "true",
      fields: "title,@search",
    });
    await movies.search("x").orderBy("title").slice();
    expect(seen[1]?.query).toEqual({ cursor: "", perPage: "30", sort: "title", search: "x" });
    await movies.search("").first();
    expect(seen[2]?.query.search).toBe("");
  });

  test("is counted exactly", async () => {
    const { movies, seen } = client({ items: [], totalItems: 1234 });
    expect(await movies.search("x").count()).toBe(1234);
    expect(seen[0]?.query).toMatchObject({ search: "x", searchTotal: "exact" });
    await movies.count();
    expect(seen[1]?.query).toEqual({ page: "1", perPage: "1", fields: "id" });
  });

  test("is never left out where it would not narrow", async () => {
    const { movies, seen } = client();
    const found = movies.where(filter`price = ${1}`).search("x");
    await expect((async () => found.aggregate())()).rejects.toThrow("Only lists");
    await expect(found.deleteAll()).rejects.toThrow("Only lists");
    await expect(found.updateAll({ price: 2 })).rejects.toThrow("Only lists");
    await expect((async () => found.subscribe(() => {}))()).rejects.toThrow("Only lists");
    expect(seen).toEqual([]);
  });

  test("is followed by a live list", async () => {
    const server = streaming();
    const list = live(server.client.from("movies").search("x"));
    const leave = list.subscribe(() => {});
    await until(() => list.current.state === "open");
    expect(server.requests[0]?.url.searchParams.get("search")).toBe("x");
    leave();
  });
});

test("facets, suggestions and a search of all", async () => {
  const suggestions = [{ word: "movie", text: "a movie" }];
  const { client: db, movies, seen } = client({ suggestions });
  const query = movies.search("x");
  await faceted(query, ["genre", "price:0..10|10..", "released:year"], { perPage: 2 });
  expect(seen[0]?.query).toEqual({
    page: "1",
    perPage: "2",
    search: "x",
    facets: "genre,price:0..10|10..,released:year",
  });
  const words = await suggest(movies.select("title"), "a mov");
  expect(words).toEqual(suggestions);
  expect(seen[1]?.query).toEqual({
    perPage: "1",
    skipTotal: "true",
    suggest: "a mov",
    fields: "title",
  });
  const collections = ["movies", "people"] as const;
  await searchAll(db, "x", { collections, perCollection: 3, highlight: ["*"], fields: ["id"] });
  expect(seen[2]).toEqual({
    path: "/api/search",
    query: {
      search: "x",
      collections: "movies,people",
      perCollection: "3",
      highlight: "*",
      fields: "id,@search",
    },
  });
});

test("types", () => {
  const { client: db, movies } = client();
  type Read<Q> = Q extends Query<Schema, "movies", infer R> ? R : never;
  const plain = movies.search("x");
  expectTypeOf<Read<typeof plain>["@search"]["score"]>().toEqualTypeOf<number>();
  expectTypeOf<Read<typeof plain>["@search"]["highlights"]>().toEqualTypeOf<undefined>();
  const shown = movies.search("x", { highlight: ["title"] }).select("price");
  type Shown = NonNullable<Read<typeof shown>["@search"]["highlights"]>;
  expectTypeOf<Shown>().toEqualTypeOf<{ title?: string }>();
  expectTypeOf<Read<typeof shown>["price"]>().toEqualTypeOf<number>();
  const all = movies.search("x", { highlight: ["*"] });
  type All = NonNullable<Read<typeof all>["@search"]["highlights"]>;
  expectTypeOf<All["author.name"]>().toEqualTypeOf<string | undefined>();
  // @ts-expect-error: not a field
  movies.search("x", { highlight: ["missing"] });
  expectTypeOf<Page<Movie>["totalIsLeast"]>().toEqualTypeOf<boolean | undefined>();

  const ask = () => faceted(movies, ["genre", "price:0..10", "released:year", "author.name"]);
  type Facets = Awaited<ReturnType<typeof ask>>["facets"];
  type Genre = Facets["genre"]["values"][number]["value"];
  expectTypeOf<Genre>().toEqualTypeOf<"Drama" | "Comedy">();
  expectTypeOf<Facets["price"]["ranges"][number]["from"]>().toEqualTypeOf<number | null>();
  expectTypeOf<Facets["released"]["values"][number]["value"]>().toEqualTypeOf<string>();
  expectTypeOf<Facets["author.name"]["more"]>().toEqualTypeOf<boolean>();
  // @ts-expect-error: not a field
  const refused = () => faceted(movies, ["missing"]);
  void refused;

  const everything = async () => {
    const { groups } = await searchAll(db, "x");
    for (const group of groups) {
      if (group.collectionName !== "people") continue;
      expectTypeOf<(typeof group.items)[number]["name"]>().toEqualTypeOf<string>();
      expectTypeOf<(typeof group.items)[number]>().toExtend<Hit<string>>();
    }
  };
  void everything;
});
