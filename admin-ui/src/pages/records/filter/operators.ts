/** How fields of each type can be compared, in the words of the catalogue. */
import type { Field } from "@luge/client/admin";
import type { Key } from "../../../messages/en.ts";
import type { Condition, Operator, Value } from "./tree.ts";

/** One way to compare. */
export interface Comparison {
  /** Tells it apart from the others. */
  id: string;
  label: Key;
  operator: Operator;
  /** It compares with this, and takes no other value. */
  with?: Value;
}

const is: Comparison = { id: "=", label: "filter.is", operator: "=" };
const isNot: Comparison = { id: "!=", label: "filter.isNot", operator: "!=" };
const contains: Comparison = { id: "~", label: "filter.contains", operator: "~" };
const containsNot: Comparison = { id: "!~", label: "filter.containsNot", operator: "!~" };
const NOTHING = { text: "" };
const empty: Comparison = { id: "empty", label: "filter.empty", operator: "=", with: NOTHING };
const filled: Comparison = { id: "filled", label: "filter.filled", operator: "!=", with: NOTHING };
const ordered = (labels: readonly [Key, Key, Key, Key]): Comparison[] =>
  ([">", ">=", "<", "<="] as const).map((operator, at) => ({
    id: operator,
    operator,
    label: labels[at] ?? "filter.is",
  }));
const sizes = ordered(["filter.more", "filter.atLeast", "filter.less", "filter.atMost"]);
const times = ordered(["filter.after", "filter.from", "filter.before", "filter.until"]);

const TEXTS = [contains, containsNot, is, isNot, empty, filled];
const BY_TYPE: Partial<Record<Field["type"], Comparison[]>> = {
  number: [is, isNot, ...sizes],
  bool: [is],
  date: [...times, is, isNot, empty, filled],
  autodate: [...times, is, isNot],
};

/** The ways to compare a field; a path that is no field of the collection is compared as text. */
export function comparisonsOf(field: Field | undefined): Comparison[] {
  if (field === undefined) return [...TEXTS, ...sizes];
  if (field.type === "select" || field.type === "relation") {
    const isOne = Number(field.maxSelect ?? 1) <= 1;
    return isOne ? [is, isNot, empty, filled] : [contains, containsNot, empty, filled];
  }
  return BY_TYPE[field.type] ?? TEXTS;
}

/** The comparison of a condition; one that is unusual for its field is offered as well. */
export function comparisonOf(condition: Condition, offered: readonly Comparison[]): Comparison {
  const isNothing = "text" in condition.value && condition.value.text === "";
  const same = offered.filter(({ operator }) => operator === condition.operator);
  const fixed = same.find((each) => each.with !== undefined);
  const free = same.find((each) => each.with === undefined);
  const usual = isNothing ? (fixed ?? free) : free;
  return usual ?? { ...plainly(condition.operator) };
}

/** A value for a field that nobody has chosen yet. */
export function firstValue(field: Field | undefined): Value {
  if (field?.type === "bool") return { word: "true" };
  if (field?.type === "number") return { word: "0" };
  return { text: "" };
}

function plainly(operator: Operator): Comparison {
  const all = [...TEXTS, ...sizes];
  const found = all.find((each) => each.operator === operator && each.with === undefined);
  return found ?? is;
}
