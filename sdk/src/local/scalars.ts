/**
 * Values as the server compares them: nothing < numbers < texts, texts by their code points.
 *
 * What a column is follows from its value here, since no schema is at hand: texts turn what they
 * are compared with into texts, numbers and flags turn it into numbers, where it is one.
 */

/** A flag is a number; lists and objects are their JSON. */
export type Scalar = null | number | string;

/** One side of a comparison. */
export interface Side {
  value: Scalar;
  /** What it turns the other side into. */
  affinity: "none" | "text" | "number";
  /** Nothing and the empty text are different values. */
  strict: boolean;
  /** A field, not written in the filter. */
  column: boolean;
  /** Its number has a point as a text, also where it is whole. */
  real?: boolean;
}

/** The scalar of a JSON value. */
export function scalar(value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value);
}

/** Negative where `left` comes first. */
export function order(left: Scalar, right: Scalar): number {
  if (typeof left === "string" && typeof right === "string") return orderTexts(left, right);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return rank(left) - rank(right);
}

/** Does the comparison hold? One that cannot be decided does not. */
export function holds(left: Side, operator: string, right: Side): boolean {
  if (operator === "~") return like(left, right) === true;
  if (operator === "!~") return like(left, right) === false;
  if (operator === "=") return equal(left, right);
  if (operator === "!=") return !equal(left, right);
  const [a, b] = converted(left, right);
  if (a === null || b === null) return false;
  const found = order(a, b);
  if (operator === ">") return found > 0;
  if (operator === ">=") return found >= 0;
  return operator === "<" ? found < 0 : found <= 0;
}

function rank(value: Scalar): number {
  if (value === null) return 0;
  return typeof value === "number" ? 1 : 2;
}

function orderTexts(left: string, right: string): number {
  if (left === right) return 0;
  return sortable(left) < sortable(right) ? -1 : 1;
}

/** The text with units whose order is that of code points, which is the server's. */
export function sortable(text: string): string {
  return UNEVEN.test(text) ? text.replace(UNEVEN_ALL, exchanged) : text;
}

const UNEVEN = /[\ud800-\uffff]/;
const UNEVEN_ALL = /[\ud800-\uffff]/g;

/** Halves of a pair stand for characters that come behind all others. */
function exchanged(unit: string): string {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800);
}

const isEmpty = (value: Scalar) => value === null || value === "";

function equal(left: Side, right: Side): boolean {
  const strict = left.strict || right.strict;
  if (!strict) {
    if (!left.column && isEmpty(left.value)) return isEmpty(right.value);
    if (!right.column && isEmpty(right.value)) return isEmpty(left.value);
    if (left.column && right.column) {
      if (isEmpty(left.value) && isEmpty(right.value)) return true;
      return order(left.value, right.value) === 0;
    }
    if (left.value === null || right.value === null) return false;
  }
  const [a, b] = converted(left, right);
  return order(a, b) === 0;
}

function converted(left: Side, right: Side): [Scalar, Scalar] {
  const { value: a } = left;
  const { value: b } = right;
  if (left.affinity === "number") {
    return right.affinity === "number" ? [a, b] : [a, toNumber(b)];
  }
  if (right.affinity === "number") return [toNumber(a), b];
  if (left.affinity === right.affinity) return [a, b];
  return left.affinity === "text" ? [a, toText(right)] : [toText(left), b];
}

const NUMBER = /^[ \t\n\v\f\r]*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?[ \t\n\v\f\r]*$/i;

function toNumber(value: Scalar): Scalar {
  return typeof value === "string" && NUMBER.test(value) ? Number(value) : value;
}

function toText({ value, real = false }: Side): string | null {
  if (typeof value !== "number") return value;
  if (!real && Number.isInteger(value)) return String(value);
  const [digits = "", exponent] = value.toPrecision(15).split("e");
  const short = digits.replace(/(\.\d*?)0*$/, "$1").replace(/\.$/, "");
  const pointed = short.includes(".") ? short : `${short}.0`;
  if (exponent === undefined) return pointed;
  return `${pointed}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}

function like(left: Side, right: Side): boolean | undefined {
  const text = toText(left);
  if (text === null || right.value === null) return undefined;
  // A constant is written as JSON writes it.
  const pattern = right.column ? toText(right) : String(right.value);
  return patternOf(pattern ?? "", right.column && !right.real).test(lowered(text));
}

/** The texts of a list are compared with few patterns. */
const patterns = new Map<string, RegExp>();
const PATTERNS_KEPT = 100;

function patternOf(text: string, anywhere: boolean): RegExp {
  const key = `${anywhere}${text}`;
  const known = patterns.get(key);
  if (known) return known;
  if (patterns.size >= PATTERNS_KEPT) patterns.clear();
  const made = anywhere ? wild(`%${text}%`) : constant(text);
  patterns.set(key, made);
  return made;
}

/** Searched for anywhere, unless it has a `%` that is not escaped. */
function constant(text: string): RegExp {
  if (/^(?:[^\\%]|\\[^]|\\$)*%/.test(text)) return wild(text);
  return new RegExp(quoted(text.replace(/\\([\\%_])/g, "$1")));
}

/** `%` is anything, `_` one character, `\` takes the next one as it is. */
function wild(text: string): RegExp {
  const parts = text.match(/\\[^]|[^]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === "%") return "[^]*";
    if (part === "_") return "[^]";
    return part === "\\" ? "" : quoted(part.replace(/^\\/, ""));
  });
  return new RegExp(`^${source.join("")}$`, "u");
}

function quoted(text: string): string {
  return lowered(text).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Only ASCII has case. */
export function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
