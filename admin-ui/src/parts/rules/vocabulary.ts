/** The words of the filter language that no collection defines, each with its line of help. */
import type { Key } from "../../messages/en.ts";

/** A word, the type of what it stands for, and what it means. */
export interface Word {
  name: string;
  type: string;
  help: Key;
}

const dates = [
  "now",
  "yesterday",
  "tomorrow",
  "todayStart",
  "todayEnd",
  "monthStart",
  "monthEnd",
  "yearStart",
  "yearEnd",
] as const;
const numbers = ["second", "minute", "hour", "day", "month", "weekday", "year"] as const;

/** What stands for the time of the request. */
export const MACROS: Word[] = [
  ...dates.map((name) => ({ name: `@${name}`, type: "date", help: `macro.${name}` as const })),
  ...numbers.map((name) => ({ name: `@${name}`, type: "number", help: `macro.${name}` as const })),
];

/** The parts of `@request`; those of the type `names` have names of their own behind a dot. */
export const REQUEST: Word[] = [
  { name: "auth", type: "names", help: "request.auth" },
  { name: "body", type: "names", help: "request.body" },
  { name: "query", type: "names", help: "request.query" },
  { name: "headers", type: "names", help: "request.headers" },
  { name: "method", type: "text", help: "request.method" },
  { name: "context", type: "text", help: "request.context" },
];

/** What `@request.context` may be. */
export const CONTEXTS = [
  "default",
  "oauth2",
  "otp",
  "password",
  "realtime",
  "protectedFile",
] as const;

/** What may stand behind a name. */
export const MODIFIERS: Word[] = [
  { name: "isset", type: "bool", help: "modifier.isset" },
  { name: "changed", type: "bool", help: "modifier.changed" },
  { name: "length", type: "number", help: "modifier.length" },
  { name: "each", type: "each", help: "modifier.each" },
  { name: "lower", type: "text", help: "modifier.lower" },
];

export const FUNCTIONS: Word[] = [
  { name: "geoDistance", type: "number", help: "function.geoDistance" },
  { name: "strftime", type: "text", help: "function.strftime" },
];

/** Operators; with `?` in front, one of several values is enough. */
export const OPERATORS: Word[] = [
  { name: "=", type: "", help: "operator.equal" },
  { name: "!=", type: "", help: "operator.notEqual" },
  { name: "~", type: "", help: "operator.like" },
  { name: "!~", type: "", help: "operator.notLike" },
  { name: ">", type: "", help: "operator.greater" },
  { name: ">=", type: "", help: "operator.greaterOrEqual" },
  { name: "<", type: "", help: "operator.less" },
  { name: "<=", type: "", help: "operator.lessOrEqual" },
  { name: "?=", type: "", help: "operator.anyEqual" },
  { name: "?!=", type: "", help: "operator.anyNotEqual" },
  { name: "?~", type: "", help: "operator.anyLike" },
  { name: "?!~", type: "", help: "operator.anyNotLike" },
];

export const JOINS: Word[] = [
  { name: "&&", type: "", help: "join.and" },
  { name: "||", type: "", help: "join.or" },
];

export const LITERALS: Word[] = [
  { name: "true", type: "bool", help: "literal.true" },
  { name: "false", type: "bool", help: "literal.false" },
  { name: "null", type: "null", help: "literal.null" },
];
