/** The order of a list: by its sort keys, then as the records were made. */
import { fieldReader, unanswerable, type Fields } from "./condition.js";
import { order, sortable, type Scalar } from "./scalars.js";

/** How two records stand to each other: 0 where only their creation decides. */
export interface Comparing {
  compare: (left: Fields, right: Fields) => number;
  /** Those made later come first. */
  reversed: boolean;
}

/** Makes a comparison of a sort's text. */
export function comparing(text: string | undefined): Comparing {
  const { read, reversed } = keysOf(text);
  const compareBy = (left: Fields, right: Fields) => {
    for (const { value, direction } of read) {
      const found = compare(value(left), value(right));
      if (found !== 0) return found * direction;
    }
    return 0;
  };
  return { compare: compareBy, reversed };
}

/** Puts records that stand in the order of their creation into the order of a sort. */
export type Order = <R extends object>(records: R[]) => R[];

/** Makes an order of a sort's text. */
export function orderBy(text: string | undefined): Order {
  const { read, reversed } = keysOf(text);
  return (records) => {
    const standing = reversed ? [...records].reverse() : records;
    if (read.length === 0) return standing;
    // Each key by itself, so that nothing is made for each of many records.
    const columns = read.map(({ value, direction }) => ({
      values: standing.map((record) => value(record as Fields)),
      direction,
    }));
    const places = standing.map((_, at) => at);
    places.sort((left, right) => {
      for (const { values, direction } of columns) {
        const found = compare(values[left] ?? null, values[right] ?? null);
        if (found !== 0) return found * direction;
      }
      return 0;
    });
    return places.map((at) => standing[at]!);
  };
}

interface Key {
  /** Texts in a form whose order is that of the server. */
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
  const value = (record: Fields) => {
    const found = read(record)?.value ?? null;
    return typeof found === "string" ? sortable(found) : found;
  };
  return { value, direction: sign === "-" ? -1 : 1 };
}

function compare(left: Scalar, right: Scalar): number {
  if (left === right) return 0;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : 1;
  return order(left, right);
}
