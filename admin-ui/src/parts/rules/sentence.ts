/** Says in plain words who a rule lets do what, where it can be said plainly. */
import { t } from "../../messages/index.svelte.ts";
import { parse, type Comparison, type Expression, type Operand } from "./parse.ts";
import { actionOf, type RuleName } from "./rule.ts";
import { MACROS } from "./vocabulary.ts";

/** A sentence about a rule as it is written; undefined where only the rule itself says it. */
export function sentenceOf(
  name: RuleName,
  rule: string | null,
  collection: string,
): string | undefined {
  const deed = t(`plain.${actionOf(name)}`, { collection });
  if (rule === null) return t(name === "authRule" ? "plain.nobody" : "plain.locked", { deed });
  if (rule === "") return t(name === "authRule" ? "plain.everyAccount" : "plain.public", { deed });
  const read = parse(rule);
  if ("mistake" in read) return undefined;
  const { who, rest } = askerOf(read.expression);
  if (rest.length === 0) return t("plain.may", { who, deed });
  const parts = rest.map((part) => phraseOf(part, rest.length > 1));
  if (parts.some((part) => part === undefined)) return undefined;
  return t("plain.mayWhere", { who, deed, condition: parts.join(` ${t("plain.and")} `) });
}

/** Who is spoken of, and the conditions that this leaves. */
function askerOf(expression: Expression): { who: string; rest: Expression[] } {
  const parts = expression.kind === "and" ? expression.parts : [expression];
  const isSignedIn = (part: Expression) => part.kind === "comparison" && asksForAccount(part);
  const named = parts.map(collectionOf).find((name) => name !== undefined);
  const rest = parts.filter((part) => !isSignedIn(part) && collectionOf(part) === undefined);
  if (named !== undefined) return { who: t("plain.accountOf", { collection: named }), rest };
  const who = t(rest.length < parts.length ? "plain.signedIn" : "plain.anyone");
  return { who, rest };
}

/** Is it the condition that somebody is signed in? */
function asksForAccount({ left, operator, right }: Comparison): boolean {
  const empty = (right.kind === "text" && right.value === "") || isName(right, "null");
  return isName(left, "@request.auth.id") && operator === "!=" && empty;
}

/** The collection that a condition wants whoever asks to be of. */
function collectionOf(part: Expression): string | undefined {
  if (part.kind !== "comparison" || part.operator !== "=") return undefined;
  const isAsked = isName(part.left, "@request.auth.collectionName");
  return isAsked && part.right.kind === "text" ? part.right.value : undefined;
}

function phraseOf(part: Expression, inside: boolean): string | undefined {
  if (part.kind === "comparison") return comparisonOf(part);
  const phrases = part.parts.map((inner) => phraseOf(inner, true));
  if (phrases.some((phrase) => phrase === undefined)) return undefined;
  const joined = phrases.join(` ${t(part.kind === "and" ? "plain.and" : "plain.or")} `);
  return inside ? `(${joined})` : joined;
}

function comparisonOf(comparison: Comparison): string | undefined {
  const { left, operator, any, right } = comparison;
  if (asksForAccount(comparison)) return t("plain.isSignedIn");
  if (isAsker(left) && !isAsker(right)) return asker(right, operator, any);
  if (isAsker(right)) return asker(left, operator, any);
  if (left.kind === "name") {
    const submitted = submittedOf(left.name, operator, right);
    if (submitted) return submitted;
  }
  const subject = sideOf(left);
  if (subject === undefined) return undefined;
  if (right.kind === "text" && right.value === "") return aboutNothing(subject, operator);
  const object = sideOf(right);
  if (object === undefined) return undefined;
  const [all, one] = SAID[operator as keyof typeof SAID];
  return t(any ? one : all, { subject, object });
}

/** How each operator is said, and how with `?` in front. */
const SAID = {
  "=": ["plain.is", "plain.anyIs"],
  "!=": ["plain.isNot", "plain.anyIsNot"],
  ">": ["plain.more", "plain.anyMore"],
  ">=": ["plain.atLeast", "plain.anyAtLeast"],
  "<": ["plain.less", "plain.anyLess"],
  "<=": ["plain.atMost", "plain.anyAtMost"],
  "~": ["plain.contains", "plain.anyContains"],
  "!~": ["plain.lacks", "plain.anyLacks"],
} as const;

/** A comparison with whoever asks. */
function asker(other: Operand, operator: string, any: boolean): string | undefined {
  if (other.kind !== "name" || other.name.startsWith("@request.auth.")) return undefined;
  if (other.name === "id" && !any) {
    if (operator === "=") return t("plain.own");
    return operator === "!=" ? t("plain.notOwn") : undefined;
  }
  const subject = sideOf({ ...other, name: other.name.replace(/\.id$|:each$/, "") });
  if (subject === undefined) return undefined;
  if (operator === "=") return t(any ? "plain.among" : "plain.theirs", { subject });
  if (operator === "!=" && !any) return t("plain.notTheirs", { subject });
  return operator === "~" ? t("plain.among", { subject }) : undefined;
}

/** A condition on whether something is submitted or changed. */
function submittedOf(name: string, operator: string, right: Operand): string | undefined {
  const found = /^@request\.body\.([\w.]+):(isset|changed)$/.exec(name);
  const value = right.kind === "name" ? right.name.toLowerCase() : "";
  if (!found || !["true", "false"].includes(value)) return undefined;
  if (operator !== "=" && operator !== "!=") return undefined;
  const holds = (value === "true") === (operator === "=");
  const [, field = "", modifier] = found;
  if (modifier === "isset") return t(holds ? "plain.isSent" : "plain.notSent", { field });
  return t(holds ? "plain.changes" : "plain.stays", { field });
}

function aboutNothing(subject: string, operator: string): string | undefined {
  if (operator === "=") return t("plain.isEmpty", { subject });
  return operator === "!=" ? t("plain.isNotEmpty", { subject }) : undefined;
}

/** One side in words: a field, something of whoever asks, what is sent, a value, a time. */
function sideOf(operand: Operand): string | undefined {
  if (operand.kind === "number") return String(operand.value);
  if (operand.kind === "text") return operand.value === "" ? undefined : `“${operand.value}”`;
  if (operand.kind === "call") return undefined;
  const { name } = operand;
  const macro = MACROS.find((word) => word.name === name);
  if (macro) return t(`plain.macro.${macro.name.slice(1)}` as "plain.macro.now");
  if (/^(?:true|false)$/i.test(name)) return t(`plain.${name.toLowerCase() as "true" | "false"}`);
  if (/^null$/i.test(name)) return t("plain.null");
  return pathOf(name);
}

function pathOf(name: string): string | undefined {
  const [path = "", modifier] = name.split(":");
  const auth = /^@request\.auth\.([\w.]+)$/.exec(path)?.[1];
  const body = /^@request\.body\.([\w.]+)$/.exec(path)?.[1];
  const field = auth ?? body ?? path;
  // What comes from other collections and from the request is beyond plain words.
  if (field.startsWith("@") || field.includes("_via_")) return undefined;
  const [first = "", ...rest] = field.split(".");
  const words = rest.reduce((whole, part) => t("plain.of", { part, whole }), first);
  const said = auth ? t("plain.ofAsker", { field: words }) : words;
  const whole = body ? t("plain.sent", { field: words }) : said;
  if (modifier === undefined || modifier === "lower") return whole;
  return modifier === "length" ? t("plain.amount", { field: whole }) : undefined;
}

const isName = (operand: Operand, name: string) =>
  operand.kind === "name" && operand.name.toLowerCase() === name.toLowerCase();
const isAsker = (operand: Operand) => isName(operand, "@request.auth.id");
