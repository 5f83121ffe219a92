/** What the page of the log makes of its entries. */
import type { LogEntry } from "@luge/client/admin";
import { expect, test } from "vitest";
import { askedOf, both, curlOf, lookOf, sameFilter } from "../src/pages/logs/entry.ts";

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
  expect(sameFilter("url", 'a" || id != "')).toBe('data.url = "a\\" || id != \\""');
  expect(sameFilter("status", 404)).toBe("data.status = 404");
  expect(both("", "a = 1")).toBe("a = 1");
  expect(both("a = 1", "a = 1")).toBe("a = 1");
  expect(both("a = 1 || b = 2", "c = 3")).toBe("(a = 1 || b = 2) && c = 3");
});
