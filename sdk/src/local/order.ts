/** The order of a list: by its sort keys, then as the records were made. */
import { fieldReader, unanswerable, type Fields } from "./condition.js";
import { order, type Scalar } from "./scalars.js";

/** How two records stand to each other: 0 where only their creation decides. */
export interface Comparing {
  compare: (left: Fields, right: Fields) => number;
  /** Those made later come first. */
  reversed: boolean;
}

/** Makes a comparison of a sort's text. */
export function comparing(text: string | undefined): Comparing {
  const { read, reversed } = keysOf(text);
  const values = (record: Fields) => read.map(({ value }) => value(record));
  return { compare: (left, right) => compare(read, values(left), values(right)), reversed };
}

/** Puts records that stand in the order of their creation into the order of a sort. */
export type Order = <R extends object>(records: R[]) => R[];

/** Makes an order of a sort's text. */
export function orderBy(text: string | undefined): Order {
  const { read, reversed } = keysOf(text);
  return (records) => {
    const standing = reversed ? [...records].reverse() : records;
    if (read.length === 0) return standing;
    const rows = standing.map((record) => ({
      record,
      values: read.map(({ value }) => value(record as Fields)),
    }));
    rows.sort((left, right) => compare(read, left.values, right.values));
    return rows.map(({ record }) => record);
  };
}

interface Key {
  value: (record: Fields) => Scalar;
  direction: 1 | -1;
}

function keysOf(text: string | undefined): { read: Key[]; reversed: boolean } {
  const keys = (text ?? "").split(",").map((key) => key.trim()).filter((key) => key !== "");
  const at = keys.findIndex((key) => /^[-+]?@rowid$/.test(key));
  const read = (at < 0 ? keys : keys.slice(0, at)).map(keyOf);
  // Equals stand as they were made, reversed where the last key is descending.
  const last = at < 0 ? keys.at(-1) : keys[at];
  return { read, reversed: last?.startsWith("-") ?? false };
}

function keyOf(text: string): Key {
  const [, sign, name = ""] = /^([-+]?)(.*)$/.exec(text) ?? [];
  if (name.startsWith("@") || name.endsWith(":each")) {
    throw unanswerable(`the order ${name} is known to the server only`);
  }
  const read = fieldReader(name);
  return { value: (record) => read(record)?.value ?? null, direction: sign === "-" ? -1 : 1 };
}

function compare(keys: Key[], left: Scalar[], right: Scalar[]): number {
  for (let at = 0; at < keys.length; at += 1) {
    const found = order(left[at] ?? null, right[at] ?? null);
    if (found !== 0) return found * (keys[at]?.direction ?? 1);
  }
  return 0;
}
