/** What can come next in a definition that is written as JSON. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { kinds } from "../../fields/index.ts";
import { t } from "../../messages/index.svelte.ts";

const RULE_KEYS = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"];
const COLLECTION_KEYS = ["name", "type", "fields", "indexes", ...RULE_KEYS, "search", "ruleTests"];
const FIELD_KEYS = ["name", "type", "required", "hidden", "presentable", "help", "default"];
const SEARCH_KEYS = ["fields", "synonyms", "stopWords", "typo", "rankBy"];
const SEARCH_FIELD_KEYS = ["weight", "language", "mode", "facet"];
const MODES = ["text", "prefix", "exact", "keyword"];

/** Keys and values, where a text in quotes stands or begins. */
export function completeDefinition(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/"[\w.]*/);
  if (word === null) return null;
  const node = syntaxTree(context.state).resolveInner(word.from, 1);
  const before = context.state.sliceDoc(0, word.from);
  const key = /"(\w+)"\s*:\s*$/.exec(before)?.[1];
  const path = pathAt(node, (from, to) => context.state.sliceDoc(from, to));
  const options = key === undefined ? keysAt(path) : valuesOf(key, path);
  if (options.length === 0) return null;
  const closed = context.state.sliceDoc(context.pos, context.pos + 1) === '"';
  const to = closed ? context.pos + 1 : context.pos;
  return { from: word.from, to, options, filter: true };
}

type Node = ReturnType<ReturnType<typeof syntaxTree>["resolveInner"]>;

/** The keys that lead to a place, from the outermost on. */
function pathAt(node: Node, text: (from: number, to: number) => string): string[] {
  const path: string[] = [];
  for (let at: Node | null = node.parent; at !== null; at = at.parent) {
    const name = at.name === "Property" ? at.getChild("PropertyName") : null;
    const isOwn = name !== null && name.from === node.from;
    if (name !== null && !isOwn) path.unshift(text(name.from + 1, name.to - 1));
  }
  return path;
}

function keysAt(path: string[]): Completion[] {
  const [first, second, third] = path;
  if (first === undefined) return keys(COLLECTION_KEYS);
  if (first === "fields" && second === undefined) {
    const own = kinds.flatMap(({ options }) => options.map(({ name }) => name));
    return keys([...new Set([...FIELD_KEYS, ...own])]);
  }
  if (first === "search" && second === undefined) return keys(SEARCH_KEYS);
  if (second === "fields" && third !== undefined) return keys(SEARCH_FIELD_KEYS);
  return [];
}

function valuesOf(key: string, [first]: string[]): Completion[] {
  if (key === "mode" && first === "search") return MODES.map((mode) => value(mode));
  if (key !== "type") return [];
  if (first === "fields") return kinds.map(({ type, help }) => value(type, t(help)));
  return ["base", "auth"].map((type) => value(type));
}

const keys = (names: string[]): Completion[] =>
  names.map((name) => ({ label: `"${name}"`, apply: `"${name}": `, type: "property" }));

const value = (text: string, detail = ""): Completion => ({
  label: `"${text}"`,
  detail,
  type: "constant",
});
