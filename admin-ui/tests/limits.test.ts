/** Limits of requests, tried on a log: the examples of the server's own tests, and what is told. */
import { describe, expect, test, vi } from "vitest";
import type { RateLimitRule } from "@luge/client/admin";
import { loggedOf } from "../src/pages/settings/limits/hour.ts";
import { labelsOf, ruleFor, tagsOf } from "../src/pages/settings/limits/labels.ts";
import { clientOf, isInAny } from "../src/pages/settings/limits/network.ts";
import { simulate, Windows, type Logged } from "../src/pages/settings/limits/simulate.ts";

vi.mock("../src/backend.ts", () => ({ client: {} }));

type Audience = RateLimitRule["audience"];
const rule = (label: string, audience: Audience = "", duration = 10, maxRequests = 2) => {
  return { label, audience, duration, maxRequests } satisfies RateLimitRule;
};
const POSTS = { id: "pbc_1", name: "Posts" };
const USERS = { id: "pbc_2", name: "users" };

describe("the first label with a rule decides", () => {
  const health = ["GET /api/health", "/api/health"];
  const signIn = ["users:authWithPassword", "users:auth", "*:authWithPassword", "*:auth"];
  test.each([
    [[["/api/"], ["/api/health"]], health, 1, 1],
    [[["GET /api/"], ["/api/health"]], health, 0, 0],
    [[["/api/"], ["/api/health/"]], health, 0, 0],
    [[["/api/health/"]], health, 0, 0],
    [[["POST /api/"], ["/api/heal"], ["/ap/"]], health, -1, -1],
    [[["/api/health", "@auth"], ["/", "@guest"]], health, 1, 0],
    [[["*:auth"], ["users:auth"]], signIn, 1, 1],
    [[["*:auth"], ["*:authWithPassword"]], signIn, 1, 1],
    [[["other:auth"], ["users:list"]], signIn, -1, -1],
  ] as [string[][], string[], number, number][])("%j for %j", (given, labels, guest, member) => {
    const rules = given.map(([label = "", audience]) => rule(label, audience as Audience));
    expect([ruleFor(rules, labels, false), ruleFor(rules, labels, true)]).toEqual([guest, member]);
  });
});

test.each([
  ["GET", "records", ["list"]],
  ["GET", "aggregate", ["list"]],
  ["GET", "records/x", ["view"]],
  ["PATCH", "records/x", ["update"]],
  ["PATCH", "records", ["update"]],
  ["DELETE", "records/x", ["delete"]],
  ["POST", "records", ["create"]],
  ["POST", "auth-with-password", ["authWithPassword", "auth"]],
  ["POST", "auth-with-code", ["authWithOAuth2", "auth"]],
  ["GET", "auth-methods", ["listAuthMethods"]],
  ["POST", "records/x", undefined],
  ["GET", "records/", undefined],
  ["GET", "records/x/y", undefined],
  ["PUT", "records", undefined],
  ["GET", "auth-with-password", undefined],
  ["POST", "toString", undefined],
  ["GET", "", undefined],
])("%s …/%s has the tags of the server", (method, path, tags) => {
  expect(tagsOf(method, `/api/collections/posts/${path}`)?.tags).toEqual(tags);
});

test("files and searches have tags, and what names no collection has none", () => {
  expect(tagsOf("GET", "/api/files/a/b/c")).toEqual({ collection: "a", tags: ["file"] });
  expect(tagsOf("GET", "/api/search")).toEqual({ collection: "", tags: ["list"] });
  for (const path of ["/api/collections/posts", "/api/files/a", "/api/files/a/b", "/api/x"]) {
    expect(tagsOf("GET", path), path).toBeUndefined();
  }
});

test("a collection is itself by its name in any case and by its id; HEAD is a GET", () => {
  for (const name of ["posts", "POSTS", "pbc_1", "%70osts"]) {
    const path = `/api/collections/${name}/records`;
    const labels = ["Posts:list", "*:list", `GET ${path}`, path];
    expect(labelsOf({ method: "HEAD", path }, [POSTS])).toEqual({
      all: labels,
      apart: "Posts:list",
    });
  }
  const path = "/api/collections/%/records";
  expect(labelsOf({ method: "GET", path }, [POSTS]).all).toEqual(["*:list", `GET ${path}`, path]);
});

test("networks hold the addresses that begin like them", () => {
  for (const [network, inside, outside] of [
    ["10.0.0.0/8", "10.255.0.1", "11.0.0.0"],
    ["10.1.2.3", "10.1.2.3", "10.1.2.4"],
    ["10.1.2.3", "::ffff:10.1.2.3", "::10.1.2.3"],
    ["::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.0"],
    ["0.0.0.0/0", "255.255.255.255", "::1"],
    ["::/0", "::1", "1.2.3.4"],
    ["fd00::/8", "fdff::1", "fe00::"],
    ["::1", "::1", "::2"],
    ["192.168.1.77/30", "192.168.1.79", "192.168.1.80"],
  ] as [string, string, string][]) {
    expect([isInAny([network], inside), isInAny([network], outside)], network).toEqual([
      true,
      false,
    ]);
  }
  for (const text of ["", "x", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4/", "/8", "1.2.3.4/-1"]) {
    expect(isInAny([text], "1.2.3.4") || isInAny([text], "::1"), text).toBe(false);
  }
});

test("an IPv6 client is its /64, and every spelling of an address is the same client", () => {
  expect(clientOf("2001:db8::1")).toBe(clientOf("2001:DB8:0:0:ffff::"));
  expect(clientOf("2001:db8::1")).not.toBe(clientOf("2001:db8:0:1::1"));
  expect(clientOf("::ffff:1.2.3.4")).toBe(clientOf("1.2.3.4"));
  expect(clientOf("::FFFF:102:304")).toBe(clientOf("1.2.3.4"));
  for (const text of ["", "x", "1.2.3", "1.2.3.04", "1.2.3.256", ":::", "1::2::3", "1:2", "::g"]) {
    expect(clientOf(text), text).toBeUndefined();
  }
});

test("a window lets as many through as the rule says, and ends", () => {
  const windows = new Windows();
  const times = [500, 1_000, 1_000, 2_499, 2_500, 2_600, 2_700];
  const fits = times.map((at) => windows.count(rule("/api/", "", 2, 2), "one", at));
  expect(fits).toEqual([true, true, false, false, true, true, false]);
  expect(windows.count(rule("/api/", "", 2, 2), "two", 2_700)).toBe(true);
  // Not finished: nothing is limited.
  expect(windows.count(rule("/api/", "", NaN, 0), "two", 2_700)).toBe(true);
});

describe("a log of requests", () => {
  const asked = (more: Partial<Logged> = {}): Logged => ({
    at: 0,
    method: "GET",
    path: "/api/collections/posts/records",
    auth: "",
    address: "10.0.0.1",
    route: "GET /api/collections/{c}/records",
    ...more,
  });
  const run = (rules: RateLimitRule[], requests: Logged[], excludedIPs: string[] = []) =>
    simulate({ rules, excludedIPs }, requests, [POSTS, USERS]);

  test("is refused by client, in the order of time", () => {
    const late = [asked({ at: 30_000 }), asked({ at: 20 }), asked({ at: 10 }), asked()];
    const outcome = run([rule("/api/")], [...late, asked({ address: "10.0.0.2" })]);
    expect(outcome).toEqual({
      requests: 5,
      refused: 1,
      free: 0,
      unknown: 0,
      rules: [
        {
          requests: 5,
          refused: 1,
          routes: [{ route: "GET /api/collections/{c}/records", requests: 5, refused: 1 }],
        },
      ],
    });
  });

  test("counts what is done with each collection apart, and all else of a rule together", () => {
    const other = asked({ path: "/api/collections/users/records" });
    expect(run([rule("*:list")], [asked(), asked(), other, other]).refused).toBe(0);
    expect(run([rule("*:list")], [asked(), asked(), asked(), other]).refused).toBe(1);
    const plain = [asked({ path: "/api/health" }), asked({ path: "/api/settings" })];
    expect(run([rule("/api/")], [...plain, ...plain]).refused).toBe(2);
  });

  test("counts a request by one rule alone, for whom it is", () => {
    const member = asked({ auth: "users" });
    const rules = [rule("*:list", "@guest", 10, 1), rule("/api/", "", 10, 1)];
    const outcome = run(rules, [asked(), asked(), member, member, member]);
    expect(outcome.rules.map(({ requests, refused }) => [requests, refused])).toEqual([
      [2, 1],
      [3, 2],
    ]);
  });

  test("lets superusers and excluded addresses go on, and counts no unknown client", () => {
    const free = [asked({ auth: "_superusers" }), asked({ address: "192.168.0.7" })];
    const unknown = asked({ address: "" });
    const all = [...free, ...free, ...free, unknown, unknown, unknown];
    const outcome = run([rule("/api/", "", 10, 1)], all, ["192.168.0.0/16"]);
    expect(outcome).toMatchObject({ requests: 9, refused: 0, free: 6, unknown: 3 });
  });

  test("is read from its entries; a request came before it was answered", () => {
    const data = { method: "GET", url: "/api/x?token=REDACTED", auth: "", userIP: "::1" };
    const entry = { id: "1", created: "2026-01-02 03:04:05.500Z", level: 0, message: "" };
    expect(loggedOf({ ...entry, data: { ...data, execTime: 500 } })).toEqual({
      at: Date.parse("2026-01-02T03:04:05Z"),
      method: "GET",
      path: "/api/x",
      auth: "",
      address: "::1",
      route: "GET /api/x",
    });
    expect(loggedOf({ ...entry, data: {} })).toMatchObject({ path: "", address: "", auth: "" });
  });
});
