/** Addresses: what a view reads from one, and what it refuses to read. */
import { expect, test, vi } from "vitest";

vi.mock("../src/fields/index.ts", () => ({ kindOf: () => ({ shown: true }) }));
vi.stubGlobal("location", new URL("http://localhost/_/"));
vi.mock("../src/backend.ts", () => ({
  client: { session: { current: null, onChange: () => {} } },
}));

const { nextSort, queryOf, viewOf } = await import("../src/pages/records/view.ts");
const { match } = await import("../src/routes.ts");

const ordinary = { filter: "", sort: "", search: "", columns: "", view: "" };

test.each([
  "",
  "page=3",
  "perPage=7",
  "filter=",
])("%j is the ordinary view", (query) =>
  expect(viewOf(new URLSearchParams(query))).toEqual(ordinary),
);

test("a view survives its address", () => {
  const more = { search: "a b", columns: "id.172.p", view: "mine" };
  const view = { ...more, filter: `title ~ "a&b=c"`, sort: "-views" };
  const query = new URLSearchParams(queryOf(view) as Record<string, string>);
  expect(viewOf(query)).toEqual(view);
  expect(Object.values(queryOf(ordinary)).filter(Boolean)).toEqual([]);
});

test("a header cycles through three orders", () => {
  expect(nextSort("", "a")).toBe("a");
  expect(nextSort("a", "a")).toBe("-a");
  expect(nextSort("-a", "a")).toBe("");
  expect(nextSort("-b", "a")).toBe("a");
});

test.each([
  ["/", "/", {}],
  ["/setup", "/setup", {}],
  ["/collections/new", "/collections/new", {}],
  ["/collections/posts/records", "/collections/:name/records", { name: "posts" }],
  ["/collections/a%2Fb/records", "/collections/:name/records", { name: "a/b" }],
  ["/collections/posts/rules", "/collections/:name/rules", { name: "posts" }],
  ["/collections//rules", "*", {}],
  ["/collections/%E0%A4%A/records", "/collections/:name/records", { name: "%E0%A4%A" }],
  ["/collections//records", "*", {}],
  ["/collections/posts", "*", {}],
  ["/collections/posts/records/x", "/collections/:name/records/:id", { name: "posts", id: "x" }],
  ["/collections/posts/records/x/y", "*", {}],
  ["/setup/x", "*", {}],
  ["/auth/confirm-verification/a.b-c_d", "/auth/confirm-verification/:token", { token: "a.b-c_d" }],
  ["/auth/confirm-verification/", "*", {}],
  ["/auth/confirm-verification/a/b", "*", {}],
  ["/auth/confirm-anything/a", "*", {}],
])("%s leads to %s", (path, pattern, params) => {
  const found = match(path);
  expect(found.route.pattern).toBe(pattern);
  expect(found.params).toEqual(params);
});
