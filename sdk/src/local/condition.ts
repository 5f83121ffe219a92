/**
 * Filters, judged here: whether a record matches, as the server would say it.
 *
 * A condition that needs what the record does not hold (related records, the caller, the time)
 * is refused, never guessed.
 */
import { LugeError } from "../errors.js";
import { holds, lowered, scalar, type Side } from "./scalars.js";

/** A record as its JSON has it. */
export type Fields = Record<string, unknown>;

/** Does a record match? */
export type Condition = (record: Fields) => boolean;

/** Reads one side of a comparison; undefined where the record may not show it. */
type Reader = ((record: Fields) => Side | undefined) & { each?: string };

/** Makes a condition of a filter's text; an empty one holds for every record. */
export function condition(text: string | undefined): Condition {
  if (text === undefined || text.trim() === "") return () => true;
  const parser = new Parser(text);
  const made = parser.or();
  parser.end();
  return made;
}

/** Reads what a sort key or an operand names. */
export function fieldReader(name: string): Reader {
  const [, path = "", modifier = ""] = FIELD.exec(name) ?? [];
  if (path === "") throw unanswerable(`${name} is known to the server only`);
  const [head = "", ...steps] = path.split(".");
  const read: Reader = (record) => {
    const value = record[head];
    if (value === undefined) return undefined;
    if (steps.length > 0) return part(value, steps, modifier, name);
    return modifier === "" ? column(value) : modified(value, modifier);
  };
  if (modifier === "each") read.each = path;
  return read;
}

/** Says that only the server can answer. */
export function unanswerable(reason: string): LugeError {
  const message = `Without the server this cannot be answered: ${reason}.`;
  return new LugeError(message, { code: "server_only" });
}

function column(value: unknown): Side {
  const affinity = typeof value === "string" ? "text" : value === null ? "none" : "number";
  return { value: scalar(value), affinity, strict: value === null, column: true };
}

function modified(value: unknown, modifier: string): Side {
  const made = { affinity: "none", strict: false, column: true } as const;
  if (modifier === "length") return { ...made, value: items(value).length };
  const found = scalar(value);
  return { ...made, value: found === null ? null : lowered(String(found)) };
}

function part(value: unknown, steps: string[], modifier: string, name: string): Side {
  const named = typeof value === "string" ? value !== "" : namesOthers(value);
  if (named) throw unanswerable(`${name} leads to other records`);
  let found = value;
  for (const step of steps) {
    found =
      typeof found === "object" && found !== null && Object.hasOwn(found, step)
        ? (found as Fields)[step]
        : undefined;
  }
  const text = modifier === "lower" ? lowered(String(scalar(found) ?? "")) : scalar(found);
  return { value: text, affinity: "none", strict: true, column: true };
}

/** A relation to several is a list of ids; a step of digits goes into a list of JSON. */
function namesOthers(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

function items(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === "" || value === null ? [] : [value];
}

const FIELD = /^([A-Za-z_][\w.]*)(?::(lower|length|each))?$/;

/** In the order of the kinds below; the first one is a comment. */
const TOKENS = [
  /(\/\/[^\n]*)/,
  /(&&|\|\||[(),])/,
  /(\??(?:!=|>=|<=|!~|[=<>~]))/,
  /('(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*")/,
  /(-?(?:\d+(?:\.\d+)?|\.\d+))/,
  /([A-Za-z_@#][\w.:]*)/,
];
const TOKEN = `\\s*(?:${TOKENS.map(({ source }) => source).join("|")})`;

class Parser {
  private readonly tokens: { kind: number; text: string }[] = [];
  private at = 0;
  private readonly eaches = new Set<string>();

  constructor(text: string) {
    const expression = new RegExp(TOKEN, "y");
    while (text.slice(expression.lastIndex).trim() !== "") {
      const from = expression.lastIndex;
      const found = expression.exec(text);
      if (!found) throw wrong(`at character ${from + 1} of ${text}`);
      const kind = found.findIndex((part, index) => index > 0 && part !== undefined);
      if (kind > 1) this.tokens.push({ kind, text: found[kind] ?? "" });
    }
  }

  or(): Condition {
    return this.joined("||", () => this.and(), (parts) => (record) =>
      parts.some((part) => part(record)));
  }

  end(): void {
    const rest = this.tokens[this.at];
    if (rest) throw wrong(`at ${rest.text}`);
  }

  private and(): Condition {
    return this.joined("&&", () => this.group(), (parts) => (record) =>
      parts.every((part) => part(record)));
  }

  private joined(
    word: string,
    next: () => Condition,
    join: (parts: Condition[]) => Condition,
  ): Condition {
    const first = next();
    const parts = [first];
    while (this.accept(word)) parts.push(next());
    return parts.length === 1 ? first : join(parts);
  }

  private group(): Condition {
    if (!this.accept("(")) return this.comparison();
    const inner = this.or();
    this.expect(")");
    return inner;
  }

  private comparison(): Condition {
    const left = this.operand();
    const { kind, text } = this.next();
    if (kind !== OPERATOR) throw wrong(`at ${text}, where an operator was expected`);
    const right = this.operand();
    const [, any, operator = ""] = /^(\??)(.*)$/.exec(text) ?? [];
    if (left.each === undefined && right.each === undefined) {
      return (record) => {
        const [a, b] = [left(record), right(record)];
        return a !== undefined && b !== undefined && holds(a, operator, b);
      };
    }
    const each = left.each ?? right.each ?? "";
    // The server asks all of them about one and the same value.
    const repeated = this.eaches.has(each) || (left.each && right.each);
    if (repeated) throw unanswerable(`it compares ${each}:each more than once`);
    this.eaches.add(each);
    return eachOf(each, left, operator, right, any === "?");
  }

  private operand(): Reader {
    const { kind, text } = this.next();
    if (kind === NUMBER) return fixed(Number(text), true);
    if (kind === TEXT) return fixed(unquoted(text));
    if (kind !== NAME) throw wrong(`at ${text}`);
    if (this.accept("(")) return this.call(text);
    if (text === "null") return fixed(null);
    if (text === "true") return fixed(1);
    if (text === "false") return fixed(0);
    return fieldReader(text);
  }

  private call(name: string): Reader {
    if (name !== "geoDistance") throw unanswerable(`${name}() is known to the server only`);
    const places: Reader[] = [];
    do places.push(this.operand());
    while (this.accept(","));
    this.expect(")");
    if (places.length !== 4) throw wrong("in geoDistance(), which takes four values");
    return (record) => {
      const values = places.map((place) => place(record)?.value);
      if (!values.every((value) => typeof value === "number")) return { ...CONSTANT, value: null };
      return { ...CONSTANT, value: kilometres(values as number[]), column: true, real: true };
    };
  }

  private next(): { kind: number; text: string } {
    const token = this.tokens[this.at++];
    if (!token) throw wrong("at its end");
    return token;
  }

  private accept(text: string): boolean {
    const token = this.tokens[this.at];
    const found = token?.kind === PUNCTUATION && token.text === text;
    if (found) this.at += 1;
    return found;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw wrong(`where ${text} was expected`);
  }
}

const [PUNCTUATION, OPERATOR, TEXT, NUMBER, NAME] = [2, 3, 4, 5, 6];
const CONSTANT = { affinity: "none", strict: false, column: false } as const;

function fixed(value: Side["value"], real = false): Reader {
  const side: Side = { ...CONSTANT, value, real };
  return () => side;
}

function eachOf(
  each: string,
  left: Reader,
  operator: string,
  right: Reader,
  any: boolean,
): Condition {
  return (record) => {
    const rows = record[each] === undefined ? [] : items(record[each]);
    if (record[each] === undefined) return false;
    const test = (item: unknown) => {
      const side: Side = { ...CONSTANT, value: scalar(item), column: true };
      const a = left.each === undefined ? left(record) : side;
      const b = right.each === undefined ? right(record) : side;
      return a !== undefined && b !== undefined && holds(a, operator, b);
    };
    const all = rows.length === 0 ? [null] : rows;
    return any ? all.some(test) : all.every(test);
  };
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith("'")) return inner.replace(/\\([\\'])/g, "$1");
  return inner.replace(/\\(?:u[\da-fA-F]{4}|["\\/bfnrt])/g, (escape) => JSON.parse(`"${escape}"`));
}

/** On a ball of the Earth's mean radius. */
function kilometres([lonA = 0, latA = 0, lonB = 0, latB = 0]: number[]): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b] = [radians(latA), radians(latB)];
  const along = Math.cos(a) * Math.cos(b) * Math.cos(radians(lonB) - radians(lonA));
  const cosine = along + Math.sin(a) * Math.sin(b);
  return 6371 * Math.acos(Math.min(1, Math.max(-1, cosine)));
}

function wrong(where: string): LugeError {
  return new LugeError(`The filter is wrong ${where}.`, { code: "bad_request" });
}
