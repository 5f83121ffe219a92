// Paths that stand in filters, sorts and expands: up to six steps and a field at their end.
//
// An operand is `{ text, type, values, multi, crosses, hidden, ends }`: what it is compared with,
// whether it stands for several values, which collections it looks into, whether it names
// something hidden, and the field at its end.

import { askable, isMulti, steps } from "./schema.mjs";

/**
 * How many rows the paths of one filter may multiply a record to: PocketBase joins all of them,
 * and a query of millions of rows tests its patience only.
 */
export function allowance(rows) {
  return { rows };
}

/** `count` steps from a collection; fewer where nothing leads on or too many rows would come. */
export function walk(random, scope, from, count) {
  const { world, mayCross = () => true, allowed = allowance(40) } = scope;
  const path = { text: "", to: from, multi: false, crosses: [], hidden: false };
  for (let step = 0; step < count; step++) {
    const ways = steps(world.collections, path.to)
      .filter((way) => mayCross(way) && world.rowsOf(way) <= allowed.rows);
    if (!ways.length) break;
    const way = random.pick(ways);
    allowed.rows /= Math.max(1, world.rowsOf(way));
    path.text += `${way.text}.`;
    path.to = way.to;
    path.multi ||= way.multi;
    path.hidden ||= Boolean(way.hidden);
    path.crosses.push(way.to.name);
  }
  return path;
}

/** How many steps a path has: mostly none. */
export function distance(random) {
  return random.weighted([[100, 0], [54, 1], [26, 2], [12, 3], [4, 4], [2, 5], [2, 6], [1, 7]]);
}

/** A field at the end of a path. */
export function pathOperand(random, world, path, { showHidden = true, before = "" } = {}) {
  const fields = askable(path.to).filter((field) => showHidden || !field.hidden);
  const field = random.pick(fields);
  const values = world.valuesOf(path.to.name, field.name);
  const end = random.chance(2) ? oddEnding(random, field)
    : random.pick(endings(random, field, values));
  return {
    type: field.type,
    values,
    ...end,
    text: `${before}${path.text}${end.text}`,
    multi: path.multi || Boolean(end.each),
    crosses: end.into ? [...path.crosses, end.into] : path.crosses,
    hidden: path.hidden || Boolean(field.hidden),
    ends: { collection: path.to.name, field: field.name },
  };
}

function endings(random, field, values) {
  const { name, type } = field;
  const plain = { text: name };
  if (type === "geoPoint") return geoEndings(name, values);
  if (type === "json") return jsonEndings(random, name, values);
  if (type === "select" && isMulti(field)) return listEndings(name, values);
  if (type === "relation") {
    const own = isMulti(field) ? listEndings(name, values) : [{ text: name, type: "text" }];
    const through = { text: `${name}.id`, type: "text", values: values.flat(), into: field.target };
    return [...own, { ...through, each: isMulti(field) }];
  }
  if (["text", "email", "select", "id"].includes(type) && random.chance(15)) {
    return [{ text: `${name}:lower`, type: "text", values: values.map(folded) }];
  }
  return [type === "select" || type === "id" ? { ...plain, type: "text" } : plain];
}

// Names that are nothing, and modifiers that the field may not take.
function oddEnding(random, { name }) {
  const modifier = random.pick(["each", "length", "lower", "isset", "changed", "nothing"]);
  return { text: random.weighted([[4, `${name}:${modifier}`], [1, `${name}.nothing`],
    [1, random.pick(["nothing", "nothing_via_author.title", "collectionName", "expand.title"])]]) };
}

const folded = (value) => String(value).toLowerCase();

function listEndings(name, values) {
  const each = { text: `${name}:each`, type: "text", values: values.flat(), each: true };
  return [
    each, each, each,
    { text: `${name}:length`, type: "number", values: [0, 1, 2, 3] },
    { text: name, type: "list" },
  ];
}

function geoEndings(name, values) {
  const of = (key) => ({
    text: `${name}.${key}`, type: "number", values: values.map((value) => value[key]),
  });
  return [of("lon"), of("lat"), of("lon"), of("lat"), { text: name, type: "text", values: [] }];
}

function jsonEndings(random, name, values) {
  const deeper = values.flatMap((value) => within(value, name));
  const found = deeper.length && random.chance(85) ? [random.pick(deeper)] : [];
  const odd = random.pick([`${name}.nothing`, `${name}.a.b.c`, `${name}.0`, `${name}.7`]);
  return [{ text: name, type: "json" }, ...found, ...found, { text: odd, type: "json" }];
}

// Every path into a value, with the value at its end.
function within(value, text) {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${text}.${key}`;
    return [{ text: path, type: "json", values: [inner] }, ...within(inner, path)];
  });
}
