// Random filters: every operator, modifier, macro and function of the language.
//
// A scope says who writes the filter: `{ world, collection, mayCross, showHidden, language,
// allowed }`, where `language` is "client" or "rule" (a superuser's filter may say what a rule
// may), and `allowed` is what is left of an allowance of rows.

import { joined, print } from "./expression.mjs";
import { literal, pattern } from "./literals.mjs";
import { distance, pathOperand, walk } from "./paths.mjs";
import { requestOperand } from "./requested.mjs";

/** A random filter as a tree. */
export function randomFilter(random, scope, depth = 0) {
  const amount = depth ? random.between(1, 2)
    : random.weighted([[38, 1], [36, 2], [18, 3], [6, 4], [2, 6]]);
  const parts = random.several(amount, () => {
    if (depth < 3 && random.chance(14)) return { group: randomFilter(random, scope, depth + 1) };
    return comparison(random, scope);
  });
  return joined(random, parts);
}

function comparison(random, scope) {
  if (random.chance(7)) return functionComparison(random, scope);
  const left = operand(random, scope);
  const operator = randomOperator(random, left);
  const right = otherSide(random, scope, left, operator);
  const turned = random.chance(6);
  return {
    compare: turned ? [right, operator, left] : [left, operator, right],
    ...(random.chance(4) && { tight: true }),
    ...(random.chance(2) && { comment: " // why\n" }),
  };
}

function operand(random, scope) {
  const { world, collection, showHidden, language } = scope;
  if (language === "rule") {
    const kind = random.weighted([[70, "path"], [22, "request"], [8, "elsewhere"]]);
    if (kind === "request") return requestOperand(random, scope);
    if (kind === "elsewhere" && scope.allowed.rows >= ELSEWHERE) return elsewhere(random, scope);
  }
  const path = walk(random, scope, collection, distance(random));
  const found = pathOperand(random, world, path, { showHidden });
  if (found.each) scope.allowed.rows /= 2;
  return found;
}

// Every record is joined with all of a collection: once is enough.
const ELSEWHERE = 8;
const AFTER_ELSEWHERE = 2;

// `@collection.books.title`, with an alias now and then; several of one alias are one row.
function elsewhere(random, scope) {
  const { world, allowed } = scope;
  const from = random.pick(world.collections);
  allowed.rows = AFTER_ELSEWHERE;
  const alias = random.weighted([[3, ""], [2, ":one"], [1, ":two"]]);
  const steps = random.weighted([[4, 0], [1, 1]]);
  const path = walk(random, { world, allowed }, from, steps);
  path.multi = true;
  const before = `@collection.${from.name}${alias}.`;
  return pathOperand(random, world, path, { before });
}

function randomOperator(random, left) {
  const any = random.chance(left.multi ? 60 : 8) ? "?" : "";
  const choices = {
    number: [[4, "="], [3, "!="], [4, ">"], [4, ">="], [4, "<"], [4, "<="], [1, "~"], [1, "!~"]],
    bool: [[6, "="], [4, "!="], [1, ">"], [1, "<="], [1, "~"]],
    date: [[3, "="], [3, "!="], [5, ">"], [5, ">="], [5, "<"], [4, "<="], [3, "~"], [1, "!~"]],
  }[left.type] ?? [[6, "="], [5, "!="], [2, ">"], [2, ">="], [2, "<"], [2, "<="], [6, "~"],
    [4, "!~"]];
  return any + random.weighted(choices);
}

function otherSide(random, scope, left, operator) {
  if (random.chance(13)) return operand(random, scope);
  const like = operator.includes("~");
  const text = like ? pattern(random, left.values.flat()) : literal(random, left.type, left.values);
  return { text, crosses: [] };
}

function functionComparison(random, scope) {
  const operator = random.pick(["=", "!=", ">", ">=", "<", "<=", "?=", "?>"]);
  const call = random.chance(50) ? distanceCall(random, scope) : timeCall(random, scope);
  return { compare: [call, operator, { text: call.literal, crosses: [] }] };
}

function distanceCall(random, scope) {
  const point = ofType(random, scope, "geoPoint", /\.(lon|lat)$/);
  const base = point && point.text.replace(/\.(lon|lat)$/, "");
  const [lon, lat] = base ? [`${base}.lon`, `${base}.lat`] : ["23.3", "42.7"];
  const other = random.pick(["23.5, 42", "-122.4, 37.8", "0, 0", `${lon}, 42`]);
  return {
    text: `geoDistance(${lon}, ${lat}, ${other})`, crosses: point?.crosses ?? [],
    hidden: point?.hidden, multi: point?.multi, call: true,
    literal: random.pick(["0", "10", "100", "5000", "12000", "null"]),
  };
}

const FORMATS = [["'%Y'", "'2024'"], ["'%Y-%m'", "'2024-06'"], ["'%H:%M'", "'12:00'"],
  ["'%w'", "'1'"], ["'%s'", "'1700000000'"], ["'%j'", "'153'"], ["'%d/%m'", "'01/01'"]];
const MODIFIERS = ["'+1 month'", "'-1 day'", "'start of year'", "'weekday 0'", "'+36 hours'"];

function timeCall(random, scope) {
  const date = ofType(random, scope, "date", /./);
  const [format, near] = random.pick(FORMATS);
  const value = date ? date.text : random.pick(["'2024-06-01 12:00:00.000Z'", "title", "'2024'"]);
  const modifiers = random.sample(MODIFIERS, random.weighted([[3, 0], [2, 1], [1, 2]]));
  return {
    text: `strftime(${[format, value, ...modifiers].join(", ")})`, crosses: date?.crosses ?? [],
    hidden: date?.hidden, multi: date?.multi, call: true,
    literal: random.pick([near, near, "null"]),
  };
}

// A path that ends in a field of a type and whose text looks right; a few tries.
function ofType(random, scope, type, looks) {
  const { world, collection, showHidden } = scope;
  for (let attempt = 0; attempt < 12; attempt++) {
    const allowed = { ...scope.allowed };
    const steps = random.weighted([[4, 0], [1, 1]]);
    const path = walk(random, { ...scope, allowed }, collection, steps);
    const found = pathOperand(random, world, path, { showHidden });
    const field = world.fieldOf(found.ends);
    if (field?.type !== type || !looks.test(found.text)) continue;
    Object.assign(scope.allowed, allowed);
    return found;
  }
  return undefined;
}

/** A filter with a mistake somewhere, or one that only looks like a mistake. */
export function brokenFilter(random, scope) {
  const text = print(randomFilter(random, scope));
  const at = random.below(text.length + 1);
  const noise = random.pick(["", "(", ")", "'", "&", "|", "==", " no ", "@", ".", "%", "\\", "\n",
    ":", ":each", ":nothing", " && ", "?", "//", "()", "x."]);
  return { raw: text.slice(0, at) + noise + text.slice(at + random.below(3)) };
}
