/** What the next new record of a collection begins with, such as a copy of another one. */
import type { Values } from "./merge.ts";

const starts = new Map<string, Values>();

/** Hands values on to the record that is opened as new next. */
export function beginWith(collectionId: string, values: Values): void {
  starts.set(collectionId, values);
}

/** Takes them, once. */
export function takeStart(collectionId: string): Values | undefined {
  const values = starts.get(collectionId);
  starts.delete(collectionId);
  return values;
}
