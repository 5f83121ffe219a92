// What rules (and superusers' filters) may ask about the request itself.

import { askable, isMulti } from "./schema.mjs";
import { pathOperand, walk } from "./paths.mjs";

const METHODS = ["GET", "POST", "PATCH", "DELETE"];

/** `@request.…`: who asks, how, and with what body. */
export function requestOperand(random, scope) {
  const kind = random.weighted(scope.writes
    ? [[5, auth], [9, body], [1, facts]]
    : [[8, auth], [1, body], [3, facts]]);
  return kind(random, scope);
}

function auth(random, { world, allowed }) {
  const accounts = world.collections.filter(({ type }) => type === "auth");
  const from = random.pick(accounts);
  const before = "@request.auth.";
  const fact = random.below(10);
  if (fact < 4) return { ...value("text", world.idsOf(from.name)), text: `${before}id` };
  if (fact === 4) {
    const names = accounts.map(({ name }) => name);
    return { ...value("text", names), text: `${before}collectionName` };
  }
  const steps = random.weighted([[5, 0], [3, 1], [1, 2]]);
  const path = walk(random, { world, allowed }, from, steps);
  return pathOperand(random, world, path, { before });
}

function facts(random) {
  return random.pick([
    { ...value("text", METHODS), text: "@request.method" },
    { ...value("text", ["default", "realtime", "expand"]), text: "@request.context" },
    { ...value("text", ["one", "two", ""]), text: "@request.query.mode" },
    { ...value("text", ["one", "two", ""]), text: "@request.headers.x_mode" },
    { ...value("bool", [true, false]), text: "@request.query.mode:isset" },
    { ...value("bool", [true, false]), text: "@request.headers.x_mode:isset" },
    { ...value("text", ["one", "two"]), text: "@request.query.mode:lower" },
  ]);
}

function body(random, { world, collection, allowed }) {
  const before = "@request.body.";
  const field = random.pick(askable(collection).filter(({ name }) => name !== "id"));
  const asked = random.below(10);
  if (asked < 2) return { ...value("bool", [true, false]), text: `${before}${field.name}:isset` };
  if (asked < 4) return { ...value("bool", [true, false]), text: `${before}${field.name}:changed` };
  if (field.type === "relation" && random.chance(50)) {
    return throughBody(random, { world, allowed }, field);
  }
  const path = { text: "", to: { ...collection, fields: [field], type: "base" }, crosses: [] };
  const found = pathOperand(random, world, path, { before });
  return isMulti(field) ? { ...found, multi: true } : found;
}

// What the submitted relation points at.
function throughBody(random, scope, field) {
  const to = scope.world.collections.find(({ name }) => name === field.target);
  const path = walk(random, scope, to, random.weighted([[3, 0], [1, 1]]));
  path.text = `${field.name}.${path.text}`;
  path.multi ||= isMulti(field);
  path.crosses = [field.target, ...path.crosses];
  return pathOperand(random, scope.world, path, { before: "@request.body." });
}

function value(type, values) {
  return { type, values, crosses: [], multi: false };
}
