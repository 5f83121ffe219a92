/**
 * Quoting: how a text becomes a literal of each language, and JSON the text of one.
 *
 * Characters that cannot be seen, that turn the direction of writing or that a compiler refuses
 * are always written as escapes; halves of characters, which no request can carry, become U+FFFD.
 */
import type { Json } from "./call.ts";

const ODD =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;
const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text without halves of characters. */
export function whole(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

const four = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
const braced = (character: string) => `\\u{${character.charCodeAt(0).toString(16)}}`;

function escaped(text: string, special: RegExp, code: (character: string) => string): string {
  return whole(text)
    .replace(special, "\\$&")
    .replace(ODD, (character) => NAMED[character] ?? code(character));
}

/** JavaScript, TypeScript, Python, Go and GraphQL agree on these. */
export const doubleQuoted = (text: string) => `"${escaped(text, /[\\"]/g, four)}"`;
/** Rust and Swift. */
export const bracedQuoted = (text: string) => `"${escaped(text, /[\\"]/g, braced)}"`;
/** Kotlin, where `$` begins a value. */
export const kotlinQuoted = (text: string) => `"${escaped(text, /[\\"$]/g, four)}"`;
/** Dart, where it does as well. */
export const dartQuoted = (text: string) => `'${escaped(text, /[\\'$]/g, four)}'`;
/** A word of a shell. It cannot hold U+0000, which becomes U+FFFD. */
export function shellQuoted(text: string): string {
  return `'${whole(text).replaceAll("\0", "\ufffd").replaceAll("'", "'\\''")}'`;
}

/** JSON as people read it, with everything odd escaped. */
export function jsonText(value: Json): string {
  return oddEscaped(JSON.stringify(wholly(value), null, 2));
}

/** JSON in one line. */
export function jsonLine(value: Json): string {
  return oddEscaped(JSON.stringify(wholly(value)));
}

const oddEscaped = (text: string) =>
  text.replace(ODD, (character) => (character === "\n" ? character : four(character)));

function wholly(value: Json): Json {
  if (typeof value === "string") return whole(value);
  if (Array.isArray(value)) return value.map(wholly);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [whole(key), wholly(each)]));
}

/** How a language writes values. */
export interface Style {
  text: (text: string) => string;
  key: (key: string) => string;
  words: { null: string; true: string; false: string };
  object: readonly [open: string, close: string];
  /** What one level is set in by. */
  step: string;
}

const NARROW = 60;

/** A value as a literal; `margin` is what its lines are set in by already. */
export function literal(value: Json, style: Style, margin = ""): string {
  if (typeof value === "string") return style.text(value);
  if (typeof value === "number") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) {
    return style.words[String(value) as "null" | "true" | "false"];
  }
  const list = Array.isArray(value);
  const [open, close] = list ? ["[", "]"] : style.object;
  const inner = margin + style.step;
  const parts = list
    ? value.map((each) => literal(each, style, inner))
    : Object.entries(value).map(
        ([key, each]) => `${style.key(key)}: ${literal(each, style, inner)}`,
      );
  if (parts.length === 0) return open + close;
  const line = open + parts.join(", ") + close;
  if (list && line.length <= NARROW && !line.includes("\n")) return line;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${margin}${close}`;
}

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** Values of JavaScript. */
export const javaScript: Style = {
  text: doubleQuoted,
  // Written plainly, this one would set the prototype instead of a key.
  key: (key) => {
    if (key === "__proto__") return '["__proto__"]';
    return PLAIN_KEY.test(key) ? key : doubleQuoted(key);
  },
  words: { null: "null", true: "true", false: "false" },
  object: ["{", "}"],
  step: "  ",
};

/** How many `#` a raw string of Rust or Swift needs around a text. */
export function hashes(text: string): string {
  const runs = text.match(/#+/g) ?? [];
  return "#".repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
}

/** The lines of a text, each behind a margin. */
export function indented(text: string, margin: string): string {
  return text.replace(/^(?=.)/gm, margin);
}
