/** Filters, orders and writes that are judged without the server; `server-local` compares them. */
import { describe, expect, test } from "vitest";
import { isLuge } from "../src/index.js";
import { carries, changed, same } from "../src/local/change.js";
import { condition } from "../src/local/condition.js";
import { orderBy } from "../src/local/order.js";

const DOG = {
  id: "dog000000000001",
  name: "Balto",
  age: 7,
  lead: true,
  tags: ["lead", "swing"],
  none: [],
  place: { lon: 13.38, lat: 52.51 },
  meta: { depth: { value: 3 }, list: [5, 6] },
  empty: "",
  nothing: null,
  team: "team00000000001",
};

describe("a condition", () => {
  test.each([
    "name = 'Balto'",
    'name = "Balto"',
    "name != 'Togo'",
    "name ~ 'ALT'",
    "name ~ 'B%o'",
    "name ~ 'b_lt%'",
    "name !~ 'x'",
    "age > 6 && age <= 7",
    "age = '7'",
    "age > 6.5 || name = 'x'",
    "(age = 1 || age = 7) && lead = true",
    "age = 1 && age = 2 || age = 7",
    "age = 7 || age = 1 && age = 2",
    "empty = null && empty = ''",
    "nothing = null",
    "empty != 'x'",
    "name:lower = 'balto'",
    "tags:length = 2 && none:length = 0",
    "tags:each ?= 'lead'",
    "tags:each ?~ 'SW' && none:each != 'x'",
    "tags:each !~ 'x'",
    "none:each = ''",
    "meta.depth.value = 3",
    "meta.list.1 = 6",
    "meta.missing = null",
    "geoDistance(place.lon, place.lat, 13.38, 52.51) < 1",
    "geoDistance(place.lon, place.lat, 23.32, 42.69) > 1300",
    "empty = empty && name = name",
    "name = 'Balto' // and so on",
    "1 = 1",
    "",
  ])("%s holds", (text) => {
    expect(condition(text)(DOG)).toBe(true);
  });

  test.each([
    "name = 'balto'",
    "name > 'a'",
    "age = '7x'",
    "age > 7",
    "age = null",
    "nothing = ''",
    "tags:each = 'lead'",
    "none:each ?= 'lead'",
    "meta.missing = ''",
    "unknown = null",
    "unknown != 'x'",
    "name ~ 'B%t'",
    "name ~ '\\%'",
    "1 = 2",
    "geoDistance(meta.depth, place.lat, 1, 1) < 1",
  ])("%s does not", (text) => {
    expect(condition(text)(DOG)).toBe(false);
  });

  test.each([
    ["team.name = 'x'", "server_only"],
    ["tags.0 = 'lead'", "server_only"],
    ["@now > created", "server_only"],
    ["@request.auth.id = owner", "server_only"],
    ["strftime('%Y', created) = '2026'", "server_only"],
    ["tags:each ?= 'a' && tags:each ?= 'b'", "server_only"],
    ["tags:each = tags:each", "server_only"],
    ["tags:isset = true", "server_only"],
    ["name =", "bad_request"],
    ["name = 'x", "bad_request"],
    ["(name = 'x'", "bad_request"],
    ["name = 'x')", "bad_request"],
    ["name & 1", "bad_request"],
    ["name name", "bad_request"],
    ["name = 1 name", "bad_request"],
    ["geoDistance(1, 2, 3) < 1", "bad_request"],
  ])("%s is refused", (text, code) => {
    const judged = () => condition(text)(DOG);
    expect(judged).toThrow(expect.objectContaining({ code }));
    expect(judged).toThrow(expect.toSatisfy(isLuge));
  });
});

describe("an order", () => {
  const records = [
    { id: "1", a: "b", n: 2 },
    { id: "2", a: "B", n: 10 },
    { id: "3", a: "\u{1f415}", n: 2 },
    { id: "4", a: "\uffee", n: null },
    { id: "5", a: "", n: 2 },
  ];
  const ordered = (sort?: string) =>
    orderBy(sort)(records).map(({ id }) => id).join("");

  test.each([
    [undefined, "12345"],
    ["", "12345"],
    ["-@rowid", "54321"],
    ["@rowid,a", "12345"],
    ["a", "52143"],
    ["-a", "34125"],
    ["n,-a", "43152"],
    ["-n", "25314"],
    ["a:lower", "51243"],
  ])("by %s", (sort, expected) => {
    expect(ordered(sort)).toBe(expected);
  });

  test.each(["@random", "team.name", "tags:each"])("%s is the server's", (sort) => {
    const judged = () => orderBy(sort)([DOG, { ...DOG, id: "x" }]);
    expect(judged).toThrow(expect.objectContaining({ code: "server_only" }));
  });
});

describe("a write", () => {
  const write = (body: object, action: "create" | "update" = "update") => ({
    collection: "dogs",
    action,
    record: DOG.id,
    body: body as Record<string, unknown>,
  });

  test.each([
    [{ age: 8 }, { age: 8 }],
    [{ "age+": 2 }, { age: 9 }],
    [{ "age-": 2 }, { age: 5 }],
    [{ "tags+": ["wheel", "lead"] }, { tags: ["lead", "swing", "wheel"] }],
    [{ "+tags": "wheel" }, { tags: ["wheel", "lead", "swing"] }],
    [{ "tags-": "lead" }, { tags: ["swing"] }],
    [{ "team-": DOG.team }, { team: "" }],
    [{ cover: new Blob(["x"]) }, { cover: "" }],
  ])("%j makes %j", (body, expected) => {
    expect(changed(DOG, write(body))).toEqual({ ...DOG, collectionName: "dogs", ...expected });
  });

  test("is recognised when it has arrived", () => {
    const after = changed(DOG, write({ "age+": 2, password: "x" })) ?? {};
    delete after.password;
    expect(carries(after, DOG, write({ "age+": 2, password: "x" }))).toBe(true);
    expect(carries(DOG, DOG, write({ "age+": 2 }))).toBe(false);
    expect(carries({ ...DOG, meta: { a: 1 } }, DOG, write({ meta: { a: 2 } }))).toBe(false);
  });

  test("of what is not there makes nothing", () => {
    expect(changed(undefined, write({ age: 1 }))).toBeUndefined();
    expect(changed(DOG, { ...write({}), action: "delete" })).toBeUndefined();
    expect(changed(undefined, write({ age: 1 }, "create"))).toMatchObject({ age: 1, id: DOG.id });
  });

  test("equality is that of JSON", () => {
    expect(same({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
    for (const other of [{ a: 1 }, { a: 2, b: [] }, { a: 1, b: {} }, { a: 1, c: [] }, null]) {
      expect(same({ a: 1, b: [] }, other)).toBe(false);
    }
  });
});
