// Random records, mostly well-typed, sometimes what a careless client would send.

import { isMulti } from "./schema.mjs";

const TEXTS = ["", "a", "A", "b", "abc", "ABC", "It's", 'say "x"', "50%", "under_score",
  "back\\slash", "Ünï", "ünï", "🛷 sledge", "10", "9", "true", "null", " ", "a b", "2024-01-01",
  "line\nbreak", "a long title that goes on for a while, with, commas"];
const NUMBERS = [0, 1, -1, 2, 10, 9, 1.5, -2.25, 1e6, 0.1, 123456789, 5, 3];
const POINTS = [{ lon: 0, lat: 0 }, { lon: 23.3, lat: 42.7 }, { lon: -122.4, lat: 37.8 },
  { lon: 180, lat: -90 }, { lon: 23.5, lat: 42 }];

const VALUES = {
  text: TEXTS,
  number: NUMBERS,
  bool: [true, false],
  date: ["", "2024-01-01 00:00:00.000Z", "2024-06-01 12:00:00.000Z", "2025-12-31 23:59:59.000Z",
    "2023-02-28 10:20:30.400Z", "2031-03-04 05:06:07.089Z"],
  json: [null, 1, "text", "", true, [], {}, [1, 2], { a: 1, b: { c: "x" } }, { a: "x", b: [] },
    { a: [1, { d: null }] }, { a: "" }, { a: 5 }, { a: null }, 0, false, ["a", "b"]],
  geoPoint: POINTS,
  editor: ["", "<p>a</p>", "abc", "<p>some <b>bold</b>\n text</p>"],
  email: ["", "a@example.com", "B@example.com"],
  url: ["", "https://example.com", "http://example.com/a?b=c"],
  password: ["one secret", "another secret"],
};

// What must be cast or refused.
const ODD = {
  text: [null, 5, true, "x".repeat(40)],
  number: [null, "7", "abc", true, [1, 2]],
  bool: [null, "true", 1, 0, "no"],
  date: [null, "2024-01-01", "2025-12-31T23:59:59Z", "nonsense", 1700000000, "2024-02-30"],
  select: [null, "", "z", ["a", "b"], ["a", "a"], "c", ["a", "z"], 5],
  json: ["[1,2]", '{"a":5}', "1", "true", "{broken"],
  geoPoint: [null, { lon: 200, lat: 0 }, "nonsense", { lon: 1 }, '{"lon":1,"lat":2}'],
  editor: [null, 5],
  email: [null, "nonsense", 5],
  url: [null, "nonsense", "a b"],
  relation: [null, "", "absent000000000", ["absent000000000"], 5],
};

/** A value that a field takes; `ids` are those of the field's target. */
export function goodValue(random, field, ids = []) {
  if (field.type === "select") return chosen(random, field, field.values);
  if (field.type === "relation") {
    if (!field.required && random.chance(20)) return isMulti(field) ? [] : "";
    return ids.length ? chosen(random, { ...field, required: true }, ids) : "";
  }
  if (field.required && field.type === "number") return random.between(1, 9);
  if (field.onlyInt) return random.pick(NUMBERS.filter(Number.isInteger));
  return random.pick(VALUES[field.type]);
}

function chosen(random, field, values) {
  if (!isMulti(field)) return !field.required && random.chance(15) ? "" : random.pick(values);
  const most = Math.min(field.maxSelect, values.length);
  return random.sample(values, random.between(field.required ? 1 : 0, most));
}

/** A value that must be cast, or refused. */
export function oddValue(random, field) {
  return random.pick(ODD[field.type] ?? [null]);
}

/** An id such as the servers make. */
export function randomId(random) {
  return random.word("abcdefghijkmnpqrstuvwxyz0123456789", 15);
}

/** What all records of all collections are: `{ name: [body…] }`, ids and relations included. */
export function randomRecords(random, collections) {
  const ids = new Map(collections.map(({ name, type }) => {
    const amount = type === "auth" ? random.between(6, 12) : random.between(40, 100);
    return [name, random.several(amount, () => randomId(random))];
  }));
  // A record that needs a target of its own cannot be without one.
  for (const { name, fields } of collections) {
    const complete = fields.filter(needsItsOwn)
      .map((field) => ids.get(field.target).length);
    ids.set(name, ids.get(name).slice(0, Math.min(1000, ...complete)));
  }
  const records = {};
  for (const { name, type, fields } of collections) {
    const unique = new Map(fields.filter((field) => field.unique).map((field) =>
      [field.name, random.shuffled(ids.get(field.target))]));
    records[name] = ids.get(name).map((id, place) => ({
      id,
      ...(type === "auth" && account(random, name, place)),
      ...plainValues(random, fields),
      ...relationValues(random, fields, ids, unique),
    }));
  }
  return records;
}

function needsItsOwn({ unique, required }) {
  return unique === 1 || Boolean(unique && required);
}

/** The password of every account. */
export const PASSWORD = "correct horse";

function account(random, name, place) {
  return {
    email: `${random.pick(["ann", "Bob", "cid"])}${place}@${name}.example.com`,
    emailVisibility: random.chance(40),
    verified: random.chance(50),
    password: PASSWORD,
    passwordConfirm: PASSWORD,
  };
}

function plainValues(random, fields) {
  const values = {};
  for (const field of fields.filter(({ type }) => type !== "relation")) {
    if (!field.required && random.chance(15)) continue;
    values[field.name] = goodValue(random, field);
  }
  return values;
}

function relationValues(random, fields, ids, unique) {
  const values = {};
  for (const field of fields.filter(({ type }) => type === "relation")) {
    if (unique.has(field.name)) {
      const keep = needsItsOwn(field) || random.chance(80);
      values[field.name] = (keep && unique.get(field.name).pop()) || "";
    } else {
      values[field.name] = goodValue(random, field, ids.get(field.target));
    }
  }
  return values;
}

/**
 * Creates the records in order; what points at records that come later is set in a second round.
 */
export async function createRecords(ask, collections, records) {
  const answers = [];
  const position = (name) => collections.findIndex((known) => known.name === name);
  const later = [];
  for (const [place, { name, fields }] of collections.entries()) {
    const late = fields.filter(({ type, target }) =>
      type === "relation" && position(target) >= place).map((field) => field.name);
    for (const record of records[name]) {
      const first = { ...record };
      const second = {};
      for (const key of late) {
        delete first[key];
        if (record[key].length) second[key] = record[key];
      }
      const answer = await ask("POST", `/api/collections/${name}/records`, first);
      answers.push(["record", first, answer]);
      if (Object.keys(second).length) later.push([name, record.id, second]);
    }
  }
  for (const [name, id, body] of later) {
    const answer = await ask("PATCH", `/api/collections/${name}/records/${id}`, body);
    answers.push(["relations", body, answer]);
  }
  return answers;
}
