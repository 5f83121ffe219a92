// Random rules, such that many of them let somebody see something.

import { joined } from "./expression.mjs";
import { brokenFilter, randomFilter } from "./filters.mjs";
import { allowance } from "./paths.mjs";
import { isMulti, steps } from "./schema.mjs";

export const ACTIONS = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"];
const READING = ["listRule", "viewRule"];

/** A rule of an action: null, "", or a node. */
export function randomRule(random, world, collection, action) {
  const reads = READING.includes(action);
  const kind = random.weighted(reads ? [[5, null], [42, ""], [53, "some"]]
    : [[6, null], [28, ""], [66, "some"]]);
  if (kind !== "some") return kind;
  const scope = { ...scopeOf(world, collection), writes: !reads };
  if (random.chance(5)) return brokenFilter(random, scope);
  return random.weighted([
    [15, () => identity(random, scope)],
    [30, () => randomFilter(random, scope)],
    [55, () => joined(random, [
      identity(random, scope), { group: randomFilter(random, scope) },
    ], 90)],
  ])();
}

/** Rules for every action of a collection. */
export function randomRules(random, world, collection) {
  const rules = Object.fromEntries(ACTIONS.map((action) =>
    [action, randomRule(random, world, collection, action)]));
  if (collection.type !== "auth") return rules;
  const manager = random.chance(65) ? null : identity(random, scopeOf(world, collection));
  return { ...rules, manageRule: manager };
}

function scopeOf(world, collection) {
  return { world, collection, showHidden: true, language: "rule", allowed: allowance(12) };
}

/** Who is meant: such rules as people write. */
function identity(random, scope) {
  const { world, collection, allowed } = scope;
  const me = operand("@request.auth.id");
  const accounts = new Set(world.collections.filter(({ type }) => type === "auth")
    .map(({ name }) => name));
  const refers = (from) => from.fields.filter(({ type, target }) =>
    type === "relation" && accounts.has(target));
  const own = refers(collection).map((field) => isMulti(field)
    ? compare(operand(`${field.name}.id`, [field.target]), random.pick(["?=", "="]), me)
    : compare(operand(field.name), "=", me));
  const through = steps(world.collections, collection).flatMap((step) =>
    refers(step.to).map((field) => compare(
      operand(`${step.text}.${field.name}`, [step.to.name]), random.pick(["?=", "=", "?~"]), me)));
  const elsewhere = world.collections.flatMap((from) => refers(from).map((field) => ({ group: {
    chain: [
      compare(operand(`@collection.${from.name}.${field.name}`), "?=", me),
      compare(operand(`@collection.${from.name}.title`), random.pick(["?=", "?!="]),
        operand("title")),
    ],
    joins: ["&&"],
  } })));
  const simple = [
    compare(me, "!=", operand('""')),
    compare(operand("@request.auth.verified"), "=", operand("true")),
    compare(operand("@request.auth.collectionName"), "=",
      operand(`'${random.pick([...accounts])}'`)),
    ...(accounts.has(collection.name) ? [compare(operand("id"), "=", me)] : []),
  ];
  const kinds = [simple, own, own, through, elsewhere].filter((list) => list.length);
  const kind = random.pick(kinds);
  if (kind === elsewhere) allowed.rows = 1;
  return random.pick(kind);
}

function compare(left, operator, right) {
  return { compare: [left, operator, right] };
}

function operand(text, crosses = []) {
  return { text, crosses, values: [], type: "text" };
}
