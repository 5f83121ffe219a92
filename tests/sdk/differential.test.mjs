// Random filters, sorts and bodies, sent to Luge and to the real PocketBase: the same records, the
// same statuses and field codes. SEED=… chooses another run, COUNT=… makes it longer.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SUPERUSER, startServer } from "./server.mjs";

const binaries = [process.env.LUGE_BIN ?? "../../target/fast/luge", process.env.POCKETBASE_BIN];
const seed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 1500);

function generator(state) {
  const below = (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  const pick = (list) => list[below(list.length)];
  return { below, pick };
}

const SELECT = { type: "select", values: ["a", "b", "c"] };
const FIELDS = [
  { name: "key", type: "number" },
  { name: "text", type: "text" },
  { name: "number", type: "number" },
  { name: "bool", type: "bool" },
  { name: "date", type: "date" },
  { ...SELECT, name: "one", maxSelect: 1 },
  { ...SELECT, name: "many", maxSelect: 3 },
  { name: "json", type: "json" },
  { name: "geo", type: "geoPoint" },
  { name: "editor", type: "editor" },
  { name: "email", type: "email" },
  { name: "url", type: "url" },
];

const TEXTS = ["", "a", "A", "b", "abc", "ABC", "It's", 'say "x"', "50%", "under_score",
  "back\\slash", "Ünï", "ünï", "🛷", "10", "9", "true", "null", " ", "a b", "2024-01-01"];
const NUMBERS = [0, 1, -1, 2, 10, 9, 1.5, -2.25, 1e6, 0.1, 123456789];
const VALUES = {
  text: TEXTS,
  number: [...NUMBERS, null, "7", "abc", true],
  bool: [true, false, null, "true", 1, 0, "no"],
  date: ["", "2024-01-01", "2024-06-01 12:00:00.000Z", "2025-12-31T23:59:59Z", "nonsense",
    1700000000, "2024-02-30", null],
  one: ["", "a", "b", "c", null, ["a", "b"]],
  many: [[], ["a"], ["b", "a"], ["a", "b", "c"], "c", "", null, ["a", "a"]],
  json: [null, 1, "1", "text", "", true, [], {}, [1, 2], { a: 1, b: { c: "x" } },
    { a: [1, { d: null }] }, { a: "" }, "[1,2]", '{"a":5}', 0, false],
  geo: [null, { lon: 0, lat: 0 }, { lon: 23.3, lat: 42.7 }, { lon: -122.4, lat: 37.8 }],
  editor: ["", "<p>a</p>", "abc"],
  email: ["", "a@example.com", "B@example.com"],
  url: ["", "https://example.com", "http://example.com/a?b=c"],
};

const OPERATORS = ["=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?!=",
  "?>", "?~", "?!~", "?<="];
const PATHS = ["json.a", "json.b.c", "json.a.0", "json.a.1.d", "json.nothing", "json.0", "geo.lon",
  "geo.lat", "text:lower", "one:lower", "many:length", "many:each", "email", "id"];
const LITERALS = ["0", "1", "-1", "1.5", "10", "true", "false", "null", "''", "'a'", '"abc"', "'A'",
  "'It\\'s'", "'50%'", "'50\\%'", "'%b%'", "'a_c'", "'under_score'", "'Ü'", "'10'", "'2024-06-01'",
  "'2024-06-01 12:00:00.000Z'", "@now", "@year", "@todayStart", "'b'", "'[]'", "'🛷'",
  "'back\\slash'", "'1'", "2", "'[\"a\"]'"];
const FUNCTIONS = ["geoDistance(geo.lon, geo.lat, 23, 42)", "strftime('%Y', date)",
  "strftime('%Y-%m', date, '+1 month')", "strftime('%H:%M', '2024-01-01 10:20:30')"];

function operand({ below, pick }) {
  const kind = below(10);
  if (kind < 5) return pick(FIELDS).name;
  if (kind < 7) return pick(PATHS);
  if (kind < 9) return pick(LITERALS);
  return pick([...FUNCTIONS, ...LITERALS]);
}

function filter(random, depth = 0) {
  const { below, pick } = random;
  const parts = Array.from({ length: 1 + below(depth > 1 ? 1 : 3) }, () => {
    if (below(6) === 0 && depth < 3) return `(${filter(random, depth + 1)})`;
    let right = below(3) === 0 ? operand(random) : pick(LITERALS);
    let left = operand(random);
    const operator = pick(OPERATORS);
    if (below(8) === 0) [left, right] = [right, left];
    // A reviewed difference: PocketBase wraps a function's own arguments in %, so it never matches.
    if (operator.includes("~") && FUNCTIONS.includes(right)) right = pick(LITERALS);
    return `${left} ${operator} ${right}`;
  });
  return parts.reduce((all, part) => `${all} ${pick(["&&", "||"])} ${part}`);
}

function broken(random) {
  const text = filter(random);
  const at = random.below(text.length + 1);
  const noise = random.pick(["", "(", ")", "'", "&", "|", "==", " no ", "@", ".", "%", "\\", "\n"]);
  return text.slice(0, at) + noise + text.slice(at + random.below(3));
}

const skip = !binaries[1] && "POCKETBASE_BIN is not set";

describe("the same answers from both", { skip }, () => {
  const servers = [];

  before(async () => {
    for (const binary of binaries) {
      const server = await startServer(binary);
      servers.push(server);
      const path = "/api/collections/_superusers/auth-with-password";
      const [identity, password] = SUPERUSER;
      server.token = (await ask(server, "POST", path, { identity, password })).body.token;
      const open = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
      const definition = { name: "things", fields: FIELDS, ...open, indexes: [
        "CREATE INDEX `idx_text` ON `things` (`text`)",
        "CREATE INDEX `idx_number` ON `things` (`number`)"] };
      assert.equal((await ask(server, "POST", "/api/collections", definition)).status, 200);
      delete server.token;
    }
  });
  after(() => Promise.all(servers.map((server) => server.stop())));

  const both = async (...request) => Promise.all(servers.map((server) => ask(server, ...request)));

  test("records of random values", async () => {
    const random = generator(seed);
    const differences = [];
    for (let key = 1; key <= 120; key++) {
      const record = { key, id: `id${random.pick("abz059")}${key}`.padEnd(15, "x") };
      for (const name of Object.keys(VALUES)) {
        if (random.below(4) > 0) record[name] = random.pick(VALUES[name]);
      }
      const [ours, theirs] = (await both("POST", "/api/collections/things/records", record))
        .map(({ status, body }) => JSON.stringify([status, summary(body)]));
      if (ours !== theirs) differences.push({ sent: JSON.stringify(record), ours, theirs });
    }
    report(differences);
  });

  const lists = async (make, random, amount) => {
    const differences = [];
    for (let number = 0; number < amount; number++) {
      const query = make(random);
      const path = `/api/collections/things/records?${new URLSearchParams(query)}`;
      const [ours, theirs] = (await both("GET", path)).map(({ status, body }) =>
        JSON.stringify([status, body.totalItems, body.items?.map(({ key }) => key)]));
      if (ours !== theirs) differences.push({ sent: JSON.stringify(query), ours, theirs });
    }
    report(differences);
  };

  test(`${count} random filters`, () =>
    lists((random) => ({ filter: filter(random), sort: "key", perPage: 200 }),
      generator(seed), count));

  test(`${count / 5} broken filters`, () =>
    lists((random) => ({ filter: broken(random), sort: "key", perPage: 200 }), generator(seed + 1),
      count / 5));

  test(`${count / 5} random sorts and pages`, () =>
    lists((random) => {
      const keys = Array.from({ length: 1 + random.below(3) }, () =>
        random.pick(["", "-", "+"]) +
        random.pick([...FIELDS.map(({ name }) => name), "json.a", "geo.lon"]));
      const [page, perPage] = [1 + random.below(4), 1 + random.below(40)];
      return { sort: [...keys, "key"].join(), page, perPage };
    }, generator(seed + 2), count / 5));
});

function summary(body) {
  if (!body.data) return body;
  const codes = Object.entries(body.data).map(([field, error]) => [field, error.code]);
  return Object.fromEntries(codes.sort());
}

function report(differences) {
  const shown = differences.slice(0, 25)
    .map(({ sent, ours, theirs }) => `${sent}\n   luge       ${ours}\n   pocketbase ${theirs}`);
  assert.equal(differences.length, 0,
    `seed ${seed}: ${differences.length} differences\n${shown.join("\n")}`);
}

async function ask(server, method, path, body) {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(server.token && { Authorization: server.token }),
    },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
