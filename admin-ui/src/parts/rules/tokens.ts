/**
 * Filters and rules cut into tokens, as the server does: colours, offers and checks while one
 * types are made from them. A text that is not finished has tokens all the same.
 */

export type TokenKind =
  | "space"
  | "comment"
  | "text"
  | "number"
  | "operator"
  | "join"
  | "bracket"
  | "comma"
  | "field"
  /** A name that begins with `@`, or `true`, `false`, `null`. */
  | "special"
  /** A name right before `(`. */
  | "function"
  | "unknown";

/** A token; its places are those of JavaScript's strings. */
export interface Token {
  kind: TokenKind;
  from: number;
  to: number;
  text: string;
}

const RULES: [TokenKind, RegExp][] = [
  ["space", /[ \t\r\n]+/y],
  ["comment", /\/\/[^\n]*/y],
  ["text", /"(?:[^"\\]|\\[^])*(?:"|\\?$)|'(?:[^'\\]|\\[^])*(?:'|\\?$)/y],
  ["number", /-?\d[\w.]*|-\.\d[\w.]*/y],
  ["operator", /[=!<>~?]+/y],
  ["join", /&&|\|\|/y],
  ["bracket", /[()]/y],
  ["comma", /,/y],
  ["function", /[A-Za-z_@#][\w.:]*(?=\()/y],
  ["special", /@[\w.:]*|(?:true|false|null)(?![\w.:])/iy],
  ["field", /[A-Za-z_#][\w.:]*/y],
];

/** The token that begins at a place before the end. */
export function tokenAt(text: string, from: number): Token {
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = from;
    const found = pattern.exec(text)?.[0];
    if (found) return { kind, from, to: from + found.length, text: found };
  }
  const [unknown = ""] = text.slice(from, from + 2);
  return { kind: "unknown", from, to: from + unknown.length, text: unknown };
}

/** All tokens but white space and comments. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    if (token.kind !== "space" && token.kind !== "comment") tokens.push(token);
    at = token.to;
  }
  return tokens;
}

/** Does a quoted text end with its quote? */
export function isClosed(text: string): boolean {
  const quote = text[0] ?? "";
  if (text.length < 2 || !text.endsWith(quote)) return false;
  const slashes = /\\*$/.exec(text.slice(1, -1))?.[0].length ?? 0;
  return slashes % 2 === 0;
}
