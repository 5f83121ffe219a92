/**
 * Filters as trees of conditions, which people can build without knowing the language.
 *
 * Only a part of the language has such a tree: whatever else a text says, the reading tells why it
 * can only be shown as text. What is written from a tree reads as the same tree.
 */
import { filter } from "@luge/client";

export type Operator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~";
export type Join = "&&" | "||";

/** A value: a text, or a word or number as the language has it. */
export type Value = { text: string } | { word: string };

/** A field, compared with a value. */
export interface Condition {
  field: string;
  operator: Operator;
  value: Value;
}

/** Conditions and groups, of which all or one must hold. */
export interface Group {
  join: Join;
  items: Item[];
}

export type Item = Condition | Group;

/** Why a text has no tree. */
export type Reason = "any" | "comment" | "field" | "function" | "unfinished" | "unknown";

/** What a text says, or why it has no tree and from which character on. */
export type Reading = { tree: Group } | { reason: Reason; at: number };

export const isGroup = (item: Item): item is Group => "items" in item;

/** Reads a filter. */
export function readFilter(text: string): Reading {
  try {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return { tree: { join: "&&", items: [] } };
    const reader = new Reader(tokens, text.length);
    const item = reader.any();
    reader.end();
    return { tree: isGroup(item) ? item : { join: "&&", items: [item] } };
  } catch (error) {
    if (error instanceof Unshown) return { reason: error.reason, at: error.at };
    throw error;
  }
}

/** Writes a tree; conditions without a field are left out. */
export function writeFilter({ join, items }: Group): string {
  const parts = items.flatMap((item) => {
    if (!isGroup(item)) return item.field === "" ? [] : [writeCondition(item)];
    const inner = writeFilter(item);
    if (inner === "") return [];
    return [completeItems(item) > 1 ? `(${inner})` : inner];
  });
  return parts.join(` ${join} `);
}

/** A value as the language has it. */
export function writeValue(value: Value): string {
  return "text" in value ? String(filter`${value.text}`) : value.word;
}

function writeCondition({ field, operator, value }: Condition): string {
  return `${field} ${operator} ${writeValue(value)}`;
}

function completeItems({ items }: Group): number {
  return items.filter((item) => (isGroup(item) ? writeFilter(item) : item.field) !== "").length;
}

class Unshown extends Error {
  constructor(
    readonly reason: Reason,
    readonly at: number,
  ) {
    super(reason);
  }
}

interface Token {
  kind: "join" | "open" | "close" | "operator" | "text" | "number" | "name";
  text: string;
  at: number;
}

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<comment>\/\/)`,
    String.raw`(?<join>&&|\|\|)`,
    String.raw`(?<open>\()`,
    String.raw`(?<close>\))`,
    String.raw`(?<any>\?(?:!=|!~|[<>]=?|[=~]))`,
    String.raw`(?<operator>!=|!~|[<>]=?|[=~])`,
    String.raw`(?<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')`,
    String.raw`(?<number>-?\d+(?:\.\d+)?(?![\w.]))`,
    String.raw`(?<call>[A-Za-z_]\w*\s*\()`,
    String.raw`(?<name>[@A-Za-z_][\w.:@]*)`,
  ].join("|"),
  "y",
);
const TOKENS = ["join", "open", "close", "operator", "text", "number", "name"] as const;

function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    PATTERN.lastIndex = at;
    const groups = PATTERN.exec(text)?.groups;
    if (groups === undefined) throw new Unshown("unknown", at);
    if (groups.comment) throw new Unshown("comment", at);
    if (groups.any) throw new Unshown("any", at);
    if (groups.call) throw new Unshown("function", at);
    const kind = TOKENS.find((each) => groups[each] !== undefined);
    if (kind !== undefined) found.push({ kind, text: groups[kind] ?? "", at });
    at = PATTERN.lastIndex;
  }
  return found;
}

const WORDS = new RegExp(
  "^(?:true|false|null|@(?:now|yesterday|tomorrow|second|minute|hour|day|month|year|weekday|" +
    "(?:today|month|year)(?:Start|End)))$",
);

class Reader {
  private next = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly length: number,
  ) {}

  /** Conditions of which one must hold, each of several that all must. */
  any(): Item {
    return this.joined("||", () => this.joined("&&", () => this.one()));
  }

  end(): void {
    const left = this.tokens[this.next];
    if (left !== undefined) throw new Unshown("unknown", left.at);
  }

  private joined(join: Join, read: () => Item): Item {
    const first = read();
    const items = [first];
    while (this.peek("join")?.text === join) {
      this.next += 1;
      items.push(read());
    }
    return items.length === 1 ? first : { join, items };
  }

  private one(): Item {
    if (this.peek("open")) {
      this.next += 1;
      const inner = this.any();
      this.take("close");
      return inner;
    }
    const name = this.take("name");
    const operator = this.take("operator").text as Operator;
    return { field: name.text, operator, value: this.value() };
  }

  private value(): Value {
    const token = this.tokens[this.next];
    if (token === undefined) throw new Unshown("unfinished", this.length);
    this.next += 1;
    if (token.kind === "text") return { text: plain(token.text) };
    if (token.kind === "number") return { word: token.text };
    if (token.kind === "name" && WORDS.test(token.text)) return { word: token.text };
    throw new Unshown(token.kind === "name" ? "field" : "unknown", token.at);
  }

  private peek(kind: Token["kind"]): Token | undefined {
    const token = this.tokens[this.next];
    return token?.kind === kind ? token : undefined;
  }

  private take(kind: Token["kind"]): Token {
    const token = this.tokens[this.next];
    if (token === undefined) throw new Unshown("unfinished", this.length);
    if (token.kind !== kind) throw new Unshown("unknown", token.at);
    this.next += 1;
    return token;
  }
}

/** A literal as text: in double quotes escapes are those of JSON, in single ones there are two. */
function plain(written: string): string {
  const inner = written.slice(1, -1);
  if (written.startsWith("'")) return inner.replace(/\\([\\'])/g, "$1");
  try {
    return JSON.parse(written) as string;
  } catch {
    return inner.replaceAll('\\"', '"');
  }
}
