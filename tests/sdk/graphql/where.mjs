// Random typed conditions, each with the filter that says the same.

import { isMulti } from "../generator/schema.mjs";
import { Sight } from "./asked.mjs";

const OPERATORS = { eq: "=", ne: "!=", gt: ">", ge: ">=", lt: "<", le: "<=" };
const OPPOSITES = { "=": "!=", "!=": "=", ">": "<=", "<=": ">", ">=": "<", "<": ">=", "~": "!~",
  "?=": "!=" };

/** `{ where, filter }`, which mean the same. */
export function randomWhere(random, world, persona, { collection }) {
  const scope = { random, world, sight: new Sight(world, persona) };
  const { where, filter } = object(scope, world.of(collection), "", false, 2);
  return { where, filter: undefined, said: { raw: filter || "1 = 1" } };
}

function object(scope, collection, path, negated, deeper) {
  const { random } = scope;
  const parts = random.several(random.between(1, 2), () =>
    part(scope, collection, path, negated, deeper)).filter(Boolean);
  const where = Object.assign({}, ...parts.map(({ where }) => where));
  // Of two parts with one name the last one counts.
  const kept = parts.filter(({ where: one }, place) => {
    const [name] = Object.keys(one);
    return !parts.slice(place + 1).some(({ where: later }) => name in later);
  });
  return { where, filter: joined(kept.map(({ filter }) => filter), negated) };
}

function joined(filters, or) {
  if (filters.length === 0) return or ? "1 = 2" : "1 = 1";
  return filters.length === 1 ? filters[0] : `(${filters.join(or ? " || " : " && ")})`;
}

function part(scope, collection, path, negated, deeper) {
  const { random } = scope;
  const kind = deeper === 0 ? "field" : random.weighted([
    [6, "field"], [2, "and"], [2, "or"], [2, "not"], [3, "relation"],
  ]);
  if (kind === "not") {
    const { where, filter } = object(scope, collection, path, !negated, deeper - 1);
    return { where: { not: where }, filter };
  }
  if (kind === "and" || kind === "or") {
    const parts = random.several(random.between(1, 2), () =>
      object(scope, collection, path, negated, deeper - 1));
    const filter = joined(parts.map((one) => one.filter), (kind === "or") !== negated);
    return { where: { [kind]: parts.map((one) => one.where) }, filter };
  }
  return kind === "field" ? field(scope, collection, path, negated)
    : related(scope, collection, path, negated, deeper - 1);
}

function related(scope, collection, path, negated, deeper) {
  // Whom a filter may not follow there is told so, with a place in the filter as it was printed.
  const open = (step) => step && scope.sight.rule(step.to, "listRule") !== null;
  const single = collection.fields.filter((one) => one.type === "relation" && !isMulti(one)
    && open(scope.sight.step(collection, one.name)));
  if (!single.length) return field(scope, collection, path, negated);
  const { name } = scope.random.pick(single);
  const { to } = scope.sight.step(collection, name);
  const { where, filter } = object(scope, to, `${path}${name}.`, negated, deeper);
  return { where: { [name]: where }, filter };
}

function field(scope, collection, path, negated) {
  const { random, world, sight } = scope;
  const plain = sight.fields(collection).filter(({ type, maxSelect }) =>
    ["text", "number", "bool", "date"].includes(type)
    || (type === "select" && (maxSelect === 1 || maxSelect === 3)));
  const { name, type, maxSelect, values } = random.pick(plain);
  const known = world.valuesOf(collection.name, name);
  const made = { number: 3, date: "2024-05-01 00:00:00.000Z", text: `it's "\\${random.below(3)}` };
  const some = () => {
    const value = (known.length && random.pick(known)) || made[type];
    return type === "date" ? new Date(value).toISOString().replace("T", " ") : value;
  };
  const operand = { select: () => random.pick(values ?? []), bool: () => random.chance(50) }[type]
    ?? some;
  const say = (symbol, value) => {
    const asked = negated ? OPPOSITES[symbol] : symbol;
    const text = typeof value === "string" ? quoted(value) : String(value);
    return `${path}${name} ${asked} ${text}`;
  };
  if (maxSelect === 3) {
    const value = operand();
    return { where: { [name]: { has: value } }, filter: say("?=", value) };
  }
  const several = random.chance(25) && type !== "bool";
  if (several) {
    const list = random.several(random.below(3), operand);
    const filter = joined(list.map((value) => say("=", value)), !negated);
    return { where: { [name]: { in: list } }, filter };
  }
  const equal = type === "bool" || type === "select";
  const operator = random.pick(equal ? ["eq", "ne"] : Object.keys(OPERATORS));
  const value = operand();
  return { where: { [name]: { [operator]: value } }, filter: say(OPERATORS[operator], value) };
}

function quoted(text) {
  return `"${text.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"")}"`;
}
