/**
 * The grammar of filters and rules, as the server's: for what is said of a text before anybody is
 * asked. The server has the last word.
 */
import type { Key } from "../../messages/en.ts";
import { isClosed, tokensOf, type Token } from "./tokens.ts";

/** Where something stands in the text. */
export interface Span {
  from: number;
  to: number;
}

export type Operand = Span &
  (
    | { kind: "name"; name: string }
    | { kind: "number"; value: number }
    | { kind: "text"; value: string }
    | { kind: "call"; name: string; arguments: Operand[] }
  );

export interface Comparison extends Span {
  kind: "comparison";
  left: Operand;
  /** Without the `?` that `any` stands for. */
  operator: string;
  any: boolean;
  right: Operand;
}

export interface Joined extends Span {
  kind: "and" | "or";
  parts: Expression[];
}

export type Expression = Comparison | Joined;

/** What is wrong in a text; at its end, it may only be unfinished. */
export interface Mistake extends Span {
  key: Key;
  values: Record<string, string>;
  unfinished: boolean;
}

const OPERATORS = ["=", "!=", ">", ">=", "<", "<=", "~", "!~"];

/** Reads a text: what it says, or where it makes no sense. */
export function parse(text: string): { expression: Expression } | { mistake: Mistake } {
  const reader = new Reader(text);
  try {
    return { expression: reader.whole() };
  } catch (error) {
    if (error instanceof Refusal) return { mistake: error.mistake };
    throw error;
  }
}

/** The value of a quoted text. */
export function unquoted(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'")) return inner.replace(/\\(['\\])/g, "$1");
  const letters: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return inner.replace(/\\(?:u([\da-fA-F]{4})|(["\\/nrtbf]))/g, (_, code?: string, letter = "") =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : (letters[letter] ?? letter),
  );
}

class Refusal extends Error {
  constructor(readonly mistake: Mistake) {
    super(mistake.key);
  }
}

class Reader {
  private readonly tokens: Token[];
  private at = 0;

  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  whole(): Expression {
    const expression = this.joined("or");
    const rest = this.tokens[this.at];
    if (rest) throw this.refuse(rest.text === ")" ? "mistake.closesNothing" : "mistake.join", rest);
    return expression;
  }

  private joined(kind: "or" | "and"): Expression {
    const part = () => (kind === "or" ? this.joined("and") : this.group());
    const parts = [part()];
    while (this.accept(kind === "or" ? "||" : "&&")) parts.push(part());
    const [first] = parts;
    if (parts.length === 1 && first) return first;
    return { kind, parts, from: first?.from ?? 0, to: parts.at(-1)?.to ?? 0 };
  }

  private group(): Expression {
    const open = this.accept("(");
    if (!open) return this.comparison();
    const inner = this.joined("or");
    const close = this.accept(")");
    if (close) return { ...inner, from: open.from, to: close.to };
    const found = this.tokens[this.at];
    if (found) throw this.refuse("mistake.joinOrClose", found);
    throw this.refuse("mistake.unclosed", open, {}, true);
  }

  private comparison(): Comparison {
    const left = this.operand();
    const { operator, any } = this.operator();
    const right = this.operand();
    return { kind: "comparison", left, operator, any, right, from: left.from, to: right.to };
  }

  private operator(): { operator: string; any: boolean } {
    const token = this.tokens[this.at];
    if (token?.kind !== "operator") throw this.refuse("mistake.operator", token);
    const any = token.text.startsWith("?");
    const operator = any ? token.text.slice(1) : token.text;
    const last = this.at === this.tokens.length - 1;
    if (!OPERATORS.includes(operator)) throw this.refuse("mistake.noOperator", token, {}, last);
    this.at += 1;
    return { operator, any };
  }

  private operand(): Operand {
    const token = this.tokens[this.at];
    const { from = 0, to = 0 } = token ?? {};
    this.at += 1;
    switch (token?.kind) {
      case "field":
      case "special":
        return { kind: "name", name: this.name(token), from, to };
      case "number":
        if (!/^(?:\d+(?:\.\d+)?|-\d*\.\d+|-\d+)$/.test(token.text)) {
          throw this.refuse("mistake.number", token);
        }
        return { kind: "number", value: Number(token.text), from, to };
      case "text":
        if (!isClosed(token.text)) throw this.refuse("mistake.text", token, {}, true);
        return { kind: "text", value: unquoted(token.text), from, to };
      case "function":
        return this.call(token);
      default:
        throw this.refuse("mistake.operand", token);
    }
  }

  private name(token: Token): string {
    const { text } = token;
    const last = this.at === this.tokens.length;
    if (/[.:]$|^[@#]$/.test(text)) throw this.refuse("mistake.name", token, {}, last);
    return text;
  }

  private call({ text: name, from }: Token): Operand {
    this.accept("(");
    const found: Operand[] = [];
    for (;;) {
      const close = this.accept(")");
      if (close) return { kind: "call", name, arguments: found, from, to: close.to };
      found.push(this.operand());
      if (this.tokens[this.at]?.text !== ")" && !this.accept(",")) {
        throw this.refuse("mistake.comma", this.tokens[this.at]);
      }
    }
  }

  private accept(text: string): Token | undefined {
    const token = this.tokens[this.at];
    if (token?.text !== text || token.kind === "text") return undefined;
    this.at += 1;
    return token;
  }

  /** A refusal of a token, or of the end of the text. */
  private refuse(
    key: Key,
    token: Token | undefined,
    values: Record<string, string> = {},
    unfinished = token === undefined,
  ): Refusal {
    if (token?.kind === "unknown") {
      const single = token.text === "&" || token.text === "|";
      key = single ? "mistake.single" : "mistake.character";
    }
    const end = this.text.trimEnd().length;
    const { from, to } = token ?? { from: end, to: end };
    const found = token?.text ?? "";
    return new Refusal({ key, values: { found, ...values }, from, to, unfinished });
  }
}
