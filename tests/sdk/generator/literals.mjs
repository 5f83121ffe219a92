// Literals as they stand in filters: most of them values that occur in the data.

const ODD = ["0", "1", "-1", "1.5", "true", "false", "null", "''", '""', "'a'", "'%'", "'50\\%'",
  "'%b%'", "'a_c'", "'10'", "'2024-06-01'", "'[]'", "'[\"a\"]'", "'nothing like it'", "'🛷'",
  "-.5", "12345678901234567890", "'It\\'s'"];
const MOMENTS = ["@now", "@yesterday", "@tomorrow", "@todayStart", "@todayEnd", "@monthStart",
  "@monthEnd", "@yearStart", "@yearEnd"];
const COUNTS = ["@day", "@month", "@weekday", "@year", "@hour"];

/** Any literal, whatever it is compared with. */
export function oddLiteral(random) {
  return random.weighted([[9, random.pick(ODD)], [1, random.pick([...MOMENTS, ...COUNTS])]]);
}

/** A literal that may be equal to, or near, one of `values` of a type. */
export function literal(random, type, values) {
  if (!values.length || random.chance(6)) return oddLiteral(random);
  const value = random.pick(values);
  if (type === "number") return number(random, value);
  if (type === "bool") return value ? "true" : "false";
  if (type === "date") return moment(random, value);
  if (type === "json") return fromJson(random, value);
  if (Array.isArray(value)) return quote(random, JSON.stringify(value));
  return quote(random, String(value ?? ""));
}

/** What `~` may be compared with: a part of a value, sometimes with its own wildcards. */
export function pattern(random, values) {
  const texts = values.filter((value) => typeof value === "string" && value.length > 0);
  if (!texts.length || random.chance(8)) return oddLiteral(random);
  const letters = [...random.pick(texts)];
  const start = random.below(letters.length);
  const part = letters.slice(start, start + random.between(1, 4)).join("");
  const shape = random.weighted([[7, "="], [1, "%="], [1, "=%"], [1, "%=%"]]);
  const cased = random.chance(20) ? part.toUpperCase() : part;
  return quote(random, shape.replace("=", () => cased));
}

/** A text between quotes; a backslash only escapes the quote itself. */
export function quote(random, text) {
  const safe = text.endsWith("\\") ? `${text} ` : text;
  if (random.chance(40) && !safe.includes("\\")) return `"${safe.replaceAll('"', '\\"')}"`;
  return `'${safe.replaceAll("'", "\\'")}'`;
}

function number(random, value) {
  const near = random.weighted([[8, value], [1, value + 1], [1, value - 0.5]]);
  const text = Number.isFinite(near) ? String(near) : "0";
  // The grammar knows no exponents.
  return /^-?\d+(\.\d+)?$/.test(text) ? text : "1000000";
}

function moment(random, value) {
  return random.weighted([
    [6, quote(random, value)],
    [2, quote(random, value.slice(0, random.pick([4, 7, 10])))],
    [2, random.pick(MOMENTS)],
  ]);
}

function fromJson(random, value) {
  if (value === null) return random.pick(["null", "''"]);
  if (typeof value === "number") return number(random, value);
  if (typeof value === "boolean") return String(value);
  return quote(random, typeof value === "string" ? value : JSON.stringify(value));
}
