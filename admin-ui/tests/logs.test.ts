/** What the page of the log makes of its entries. */
import type { LogEntry } from "@luge/client/admin";
import { expect, test } from "vitest";
import { askedOf, both, curlOf, deedOf, lookOf, sameFilter } from "../src/pages/logs/entry.ts";
import { csvOf, jsonOf } from "../src/pages/logs/export.ts";
import { shapeOf, slowQueries } from "../src/pages/logs/queries.ts";
import { rangeOf, wholeFilter } from "../src/pages/logs/range.ts";
import { bucketsOf, facetsOf, slowRoutes } from "../src/pages/logs/survey.ts";

const entry = (data: Record<string, unknown>, level = 0): LogEntry => ({
  id: "l1",
  created: "",
  level,
  message: "",
  data,
});

test("what an entry lacks is empty, and what has another type is not believed", () => {
  expect(askedOf(entry({ status: "200", method: 3, execTime: null }))).toEqual({
    method: "",
    url: "",
    route: "",
    status: undefined,
    milliseconds: undefined,
    requestId: "",
    who: "",
    error: "",
  });
});

test.each([
  [{ status: 204 }, 0, "good"],
  [{ status: 404 }, 8, "warn"],
  [{ status: 500 }, 8, "bad"],
  [{}, 0, "good"],
  [{}, 4, "warn"],
  [{}, 8, "bad"],
])("%o at level %i looks %s", (data, level, look) => {
  expect(lookOf(entry(data, level))).toBe(look);
});

test("a command cannot be broken out of by an address", () => {
  const asked = entry({ method: "GET", url: "/api/x?a='; rm -rf ~'" });
  expect(curlOf(asked, "http://h")).toBe(
    "curl -X GET 'http://h/api/x?a='\\''; rm -rf ~'\\'''",
  );
});

test("values are quoted in filters, and filters are joined by and", () => {
  expect(sameFilter("data.url", 'a" || id != "')).toBe('data.url = "a\\" || id != \\""');
  expect(sameFilter("data.status", 404)).toBe("data.status = 404");
  expect(both("", "a = 1")).toBe("a = 1");
  expect(both("a = 1", "a = 1")).toBe("a = 1");
  expect(both("a = 1 || b = 2", "c = 3")).toBe("(a = 1 || b = 2) && c = 3");
});

test("a range and leaving out the dashboard narrow a filter", () => {
  const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) };
  expect(wholeFilter("a = 1 || b = 2", range, false)).toBe(
    '(a = 1 || b = 2) && created >= "2026-01-01 00:00:00.000Z" && ' +
      'created <= "2026-01-02 00:00:00.000Z" && data.referer !~ "/_/"',
  );
  expect(wholeFilter("", {}, true)).toBe("");
});

test.each(["", "from=x&to=y", "from=2026-01-02&to=2026-01-01", "from=2026-01-01"])(
  "%j names no range",
  (query) => expect(rangeOf(new URLSearchParams(query))).toBeUndefined(),
);

test("entries are told apart by time, class and speed", () => {
  const at = (seconds: number, data: Record<string, unknown>) => ({
    ...entry(data),
    created: new Date(seconds * 1000).toISOString(),
  });
  const [first, second] = bucketsOf(
    [
      at(1, { status: 200, execTime: 5 }),
      at(2, { status: 500, execTime: 50 }),
      at(3, { status: 404, execTime: 1 }),
      at(99, {}),
    ],
    { from: 0, to: 100_000 },
    2,
  );
  expect(first).toMatchObject({ total: 3, p50: 5, p95: 50 });
  expect(first?.byClass).toEqual({ "2xx": 1, "3xx": 0, "4xx": 1, "5xx": 1, none: 0 });
  expect(second).toMatchObject({ total: 1, p50: null, p95: null });
});

test("values are counted, and empty ones are none", () => {
  const asked = [{ method: "GET", status: 200 }, { method: "GET", status: 404 }, { method: "" }];
  const facets = facetsOf(asked.map((data) => entry(data)));
  expect(facets.find(({ name }) => name === "method")?.values).toEqual([
    { value: "GET", total: 2, filter: 'data.method = "GET"' },
  ]);
  expect(facets.find(({ name }) => name === "authId")?.values).toEqual([]);
});

test("the slowest routes come first", () => {
  const slow = slowRoutes([
    entry({ method: "GET", route: "/a", execTime: 1 }),
    entry({ method: "GET", route: "/b", execTime: 9 }),
    entry({ execTime: 100 }),
  ]);
  expect(slow.map(({ name, p95 }) => [name, p95])).toEqual([
    ["GET /b", 9],
    ["GET /a", 1],
  ]);
});

const listed = (url: string, looked: number, returned: number, more = {}) =>
  entry({
    method: "GET",
    route: "/api/collections/{collection}/records",
    url,
    execTime: 10,
    query: { collection: "posts", plan: "scan", looked, returned, ...more },
  });

test("lists that look at much are put together by what they filter, whatever the values", () => {
  const url = (filter: string) => `/api/x?filter=${encodeURIComponent(filter)}&sort=-created`;
  const found = slowQueries([
    listed(url("author = 'a1' && n > 3"), 600, 5),
    listed(url('author = "b\\"2"  && n > -4.5'), 900, 5, { missingIndex: ["`author`"] }),
    listed(url("title ~ 'x'"), 700, 0),
    // Little, or little in vain.
    listed(url("a = 1"), 499, 0),
    listed(url("a = 1"), 600, 100),
    entry({ method: "GET", route: "/api/health", execTime: 5 }),
  ]);
  expect(found.map(({ shape, total, looked }) => [shape, total, looked])).toEqual([
    ["author = ? && n > ? · sort=-created", 2, 900],
    ["title ~ ? · sort=-created", 1, 700],
  ]);
  expect(found[0]?.missingIndex).toEqual(["`author`"]);
  expect(found[1]?.missingIndex).toBeUndefined();
});

test.each([
  ["/api/x", ""],
  ["/api/x?page=2", ""],
  ["/api/x?filter=", ""],
  ["/api/x?search=secret", "search=?"],
  ["/api/x?filter=a1=1", "a1=?"],
  ["/api/x?filter=@request.auth.id=''", "@request.auth.id=?"],
])("the shape of %s is %j", (url, shape) => {
  expect(shapeOf(url)).toBe(shape);
});

test("what a superuser did is one line, and anything else is none", () => {
  const audit = { action: "settings.update", by: "_superusers/s1", target: "" };
  expect(deedOf(entry({ audit: { ...audit, changed: ["smtp.host", "meta.appName"] } }))).toBe(
    "settings.update: smtp.host, meta.appName (_superusers/s1)",
  );
  const target = "posts";
  expect(deedOf(entry({ audit: { ...audit, action: "collections.delete", target } }))).toBe(
    "collections.delete posts (_superusers/s1)",
  );
  expect(deedOf(entry({ method: "GET" }))).toBe("");
});

test("saved entries keep their cells apart, and start no formula", () => {
  const asked = { method: "GET", url: '/api/x?a="b",c', status: 404, error: "=1+1" };
  const rule = { collection: "posts", action: "view", verdict: "denied", text: "" };
  const [head, line, end] = csvOf([entry({ ...asked, rule })]).split("\r\n");
  expect(head?.split(",").length).toBe(17);
  expect(line).toBe(',GET,"/api/x?a=""b"",c",,404,,,,,posts view,denied,\'=1+1,,,,,');
  expect(end).toBe("");
  expect(csvOf([])).toBe(`${head}\r\n`);
  expect(JSON.parse(jsonOf([entry({ rule })]))[0].data.rule).toEqual(rule);
});
