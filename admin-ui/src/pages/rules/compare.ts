/**
 * What an edited rule changes for somebody, against the saved one: records gained and lost, and
 * requests that are answered otherwise. Nothing is written.
 */
import type { Rule, RuleAction, RuleAttempt, RuleVerdict } from "@luge/client/admin";
import { isStranger, meaningOf, type Scope } from "../../parts/rules/names.ts";
import { parse, type Expression, type Operand } from "../../parts/rules/parse.ts";
import { labelOf } from "./answer.ts";

/** A record, and what it is best known by. */
export interface Row {
  id: string;
  label: string;
}

/** How many records, and some of them. */
export interface Rows {
  amount: number;
  some: Row[];
}

/** A record as somebody sees it. */
type Seen = Record<string, unknown> & { id: string };

/** What changes for an action. */
export type Change =
  | {
      kind: "records";
      action: RuleAction;
      before: number;
      after: number;
      /** Undefined where there are too many records to tell which they are. */
      gained?: Rows;
      lost?: Rows;
    }
  | { kind: "verdicts"; action: RuleAction; asked: number; gained: Row[]; lost: Row[] };

/** How rules are asked, and which records there are. */
export interface Asked {
  test: (attempt: RuleAttempt & { rule: Rule; visible: boolean }) => Promise<RuleVerdict>;
  /** The first records, as a superuser sees them, and how many there are. */
  records: (amount: number) => Promise<{ total: number; rows: Row[] }>;
}

/** Up to how many records each one is asked for. */
const EACH_MAX = 500;
/** How many are asked for at once; a verdict shows no more. */
const AT_ONCE = 10;
/** How many records a rule that shows none is asked about. */
const JUDGED = 20;

/** Compares what can be seen. */
export async function compareRecords(
  asked: Asked,
  attempt: RuleAttempt,
  { saved, edited, scope }: { saved: Rule; edited: Rule; scope: Scope },
): Promise<Change> {
  const { action, principal = null } = attempt;
  const seen = async (rule: Rule) => {
    const { visible } = await asked.test({ action, principal, rule, visible: true });
    return visible ?? { totalItems: 0, items: [] };
  };
  const [before, after] = await Promise.all([seen(saved), seen(edited)]);
  const amounts = { before: before.totalItems, after: after.totalItems };
  const change = { kind: "records" as const, action, ...amounts };
  const rowOf = (record: Seen) => ({ id: record.id, label: labelOf(record, scope.collection) });
  const isWhole = [before, after].every(({ totalItems, items }) => totalItems === items.length);
  if (isWhole) return { ...change, ...difference(before.items.map(rowOf), after.items.map(rowOf)) };
  const { total, rows } = await asked.records(EACH_MAX);
  if (total <= EACH_MAX) {
    const was = await every(seen, saved, rows);
    const is = await every(seen, edited, rows);
    return { ...change, ...difference(was.map(rowOf), is.map(rowOf)) };
  }
  if ([saved, edited].some((rule) => branches(rule, scope))) return change;
  const both = (await seen(joined(saved, edited))).totalItems;
  const some = async (rule: Rule, amount: number) =>
    amount === 0 ? [] : (await seen(rule)).items.map(rowOf);
  const [gained, lost] = [change.after - both, change.before - both];
  return {
    ...change,
    gained: { amount: gained, some: await some(joined(edited, denied(saved)), gained) },
    lost: { amount: lost, some: await some(joined(saved, denied(edited)), lost) },
  };
}

/** Compares the answers to requests for single records, or to a create. */
export async function compareVerdicts(
  asked: Asked,
  attempt: RuleAttempt,
  { saved, edited }: { saved: Rule; edited: Rule },
): Promise<Change> {
  const { action, record } = attempt;
  const change: Change = { kind: "verdicts", action, asked: 0, gained: [], lost: [] };
  const named = record ? [{ id: record, label: "" }] : undefined;
  const rows =
    action === "create" ? [{ id: "", label: "" }] : (named ?? (await asked.records(JUDGED)).rows);
  for (const row of rows) {
    const of = { ...attempt, ...(row.id && { record: row.id }), visible: false };
    const [before, after] = await Promise.all(
      [saved, edited].map((rule) => asked.test({ ...of, rule })),
    );
    change.asked += 1;
    if (before?.allowed === after?.allowed) continue;
    (after?.allowed ? change.gained : change.lost).push(row);
  }
  return change;
}

/** The records of some that can be seen, asked for a few at a time. */
async function every(
  seen: (rule: Rule) => Promise<{ items: Seen[] }>,
  rule: Rule,
  rows: Row[],
): Promise<Seen[]> {
  const found: Seen[] = [];
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const ids = rows.slice(at, at + AT_ONCE).map(({ id }) => `id = ${JSON.stringify(id)}`);
    const { items } = await seen(joined(rule, ids.join(" || ")));
    found.push(...items);
  }
  return found;
}

function difference(before: Row[], after: Row[]): { gained: Rows; lost: Rows } {
  const beyond = (rows: Row[], others: Row[]): Rows => {
    const known = new Set(others.map(({ id }) => id));
    const some = rows.filter(({ id }) => !known.has(id));
    return { amount: some.length, some: some.slice(0, AT_ONCE) };
  };
  return { gained: beyond(after, before), lost: beyond(before, after) };
}

/** Both rules at once; a comment at the end of one must not swallow the bracket. */
export function joined(one: Rule, other: Rule): Rule {
  if (one === null || other === null) return null;
  if (one === "" || other === "") return one + other;
  return `(${one}\n) && (${other}\n)`;
}

/** What holds only where a rule does not; null where that is nowhere. */
export function denied(rule: Rule): Rule {
  if (rule === null) return "";
  const read = rule === "" ? undefined : parse(rule);
  if (!read || !("expression" in read)) return null;
  return opposite(read.expression, rule);
}

const OPPOSITES: Record<string, string> = {
  "=": "!=",
  "!=": "=",
  ">": "<=",
  "<=": ">",
  "<": ">=",
  ">=": "<",
  "~": "!~",
  "!~": "~",
};

function opposite(expression: Expression, text: string): string {
  if (expression.kind !== "comparison") {
    const parts = expression.parts.map((part) => `(${opposite(part, text)})`);
    return parts.join(expression.kind === "and" ? " || " : " && ");
  }
  const { left, operator, any, right } = expression;
  const side = ({ from, to }: Operand) => text.slice(from, to);
  return `${side(left)} ${any ? "" : "?"}${OPPOSITES[operator]} ${side(right)}`;
}

/**
 * Can a name of a rule have many values? Two rules as one would then speak of the same of them,
 * which they do not apart.
 */
export function branches(rule: Rule, scope: Scope): boolean {
  const read = rule ? parse(rule) : undefined;
  if (!read || !("expression" in read)) return false;
  return someName(read.expression, (name) => {
    const found = meaningOf(name, scope);
    return isStranger(found) || found.many;
  });
}

function someName(part: Expression | Operand, wanted: (name: string) => boolean): boolean {
  switch (part.kind) {
    case "name":
      return wanted(part.name);
    case "call":
      return part.arguments.some((each) => someName(each, wanted));
    case "comparison":
      return someName(part.left, wanted) || someName(part.right, wanted);
    case "and":
    case "or":
      return part.parts.some((each) => someName(each, wanted));
    default:
      return false;
  }
}
