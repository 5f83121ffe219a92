/** What is wrong with a filter or rule, as far as that is known without the server. */
import { t } from "../../messages/index.svelte.ts";
import { isStranger, meaningOf, type Scope } from "./names.ts";
import { parse, type Mistake } from "./parse.ts";
import { tokensOf } from "./tokens.ts";
import { nearest } from "./nearest.ts";
import { FUNCTIONS } from "./vocabulary.ts";

/** One thing that is wrong, and what to put in its place, if that can be guessed. */
export interface Finding {
  from: number;
  to: number;
  message: string;
  suggestion?: string | undefined;
  /** Only because somebody is still typing, perhaps. */
  unfinished: boolean;
}

/** All that is wrong: names that mean nothing, and the first place that makes no sense. */
export function findingsIn(text: string, scope: Scope): Finding[] {
  if (text.trim() === "") return [];
  const findings = strangersIn(text, scope);
  const read = parse(text);
  if ("mistake" in read) findings.push(told(read.mistake));
  return findings.sort((a, b) => a.from - b.from);
}

function strangersIn(text: string, scope: Scope): Finding[] {
  const findings: Finding[] = [];
  for (const token of tokensOf(text)) {
    if (token.kind === "function") findings.push(...strangeFunction(token));
    // A name that ends in a dot is being typed; the grammar says so if it is not.
    const isName = token.kind === "field" || token.kind === "special";
    if (!isName || /[.:]$|^[@#]$/.test(token.text)) continue;
    const found = meaningOf(token.text, scope);
    if (!isStranger(found)) continue;
    const { key, values, suggestion } = found;
    findings.push({
      from: token.from + found.from,
      to: token.from + found.to,
      message: messageOf(t(key, values), suggestion),
      suggestion,
      unfinished:
        token.to === text.length ||
        (key === "name.needsMore" && token.to === text.trimEnd().length),
    });
  }
  return findings;
}

function strangeFunction({ text: name, from, to }: { text: string; from: number; to: number }) {
  const known = FUNCTIONS.map((word) => word.name);
  if (known.includes(name)) return [];
  const suggestion = nearest(name, known);
  const message = messageOf(t("name.noFunction", { name }), suggestion);
  return [{ from, to, message, suggestion, unfinished: false }];
}

function messageOf(message: string, suggestion: string | undefined): string {
  return suggestion ? `${message} ${t("name.meant", { name: suggestion })}` : message;
}

function told({ key, values, ...rest }: Mistake): Finding {
  return { ...rest, message: t(key, values) };
}
