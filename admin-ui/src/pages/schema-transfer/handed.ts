/** Definitions that another page has read, and that are to be compared here. */
import type { Read } from "./source.ts";

let handed: Read | undefined;

/** Has them compared where the page of definitions opens next. */
export function handOver(read: Read): void {
  handed = read;
}

/** What was handed over, once. */
export function takeOver(): Read | undefined {
  const taken = handed;
  handed = undefined;
  return taken;
}
