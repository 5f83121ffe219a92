/**
 * What a list of the server will look like when writes have arrived, as far as it can be told.
 *
 * Where only the server can judge the query, records change at their place, and new ones wait.
 */
import { LugeError } from "../errors.js";
import { changed, same, type Write } from "../local/change.js";
import { condition, type Fields } from "../local/condition.js";
import { comparing } from "../local/order.js";
import type { Asked } from "../query.js";

/** A write that the list may not show yet. */
export interface Patch {
  write: Write;
  /** What the server made of it, once that is known; null for a delete. */
  settled?: Fields | null;
}

/** Which part of a query's list is shown. */
export interface Part {
  page: number;
  perPage: number;
}

/** The list with the writes in it. What they do not touch stays the same object. */
export function overlaid(
  items: readonly Fields[],
  patches: readonly Patch[],
  asked: Asked,
  { page, perPage }: Part,
): Fields[] {
  let list = [...items];
  for (const patch of patches) list = withPatch(list, patch, asked, page === 1);
  return list.length > perPage ? list.slice(0, perPage) : list;
}

/** Does the list show what the server made of the write, or something newer? */
export function shows(
  items: readonly Fields[],
  { write, settled }: Patch,
  before: Fields | undefined,
): boolean {
  const found = items.find(({ id }) => id === write.record);
  if (settled === null || found === undefined) return settled === null && found === undefined;
  return before === undefined || !same(found, before);
}

function withPatch(list: Fields[], patch: Patch, asked: Asked, first: boolean): Fields[] {
  const { write, settled } = patch;
  const at = list.findIndex(({ id }) => id === write.record);
  const before = list[at];
  const after = settled === undefined ? changed(before, write) : (settled ?? undefined);
  if (after === undefined) return list.filter((_, index) => index !== at);
  const shown: Fields = { ...before, ...picked(after, before ?? list[0], asked) };
  if (settled === undefined) shown.$pending = true;
  else delete shown.$pending;
  // Judged by all that is known, shown as it was asked for.
  const whole = { ...before, ...after };
  try {
    if (asked.search !== undefined) return replaced(list, at, shown);
    if (!condition(asked.filter)(whole)) return list.filter((_, index) => index !== at);
    return placed(list, at, shown, whole, asked.sort, first);
  } catch (error) {
    if (!(error instanceof LugeError)) throw error;
    return replaced(list, at, shown);
  }
}

function placed(
  list: Fields[],
  at: number,
  shown: Fields,
  whole: Fields,
  sort: string | undefined,
  first: boolean,
): Fields[] {
  const { compare, reversed } = comparing(sort);
  const before = list[at];
  if (before !== undefined && compare(before, whole) === 0) return replaced(list, at, shown);
  // Where it stands on a later page depends on what stands before that page.
  if (before === undefined && !first) return list;
  const rest = list.filter((_, index) => index !== at);
  const next = rest.findIndex((other) => {
    const found = compare(whole, other);
    return found < 0 || (found === 0 && reversed);
  });
  return next < 0 ? [...rest, shown] : [...rest.slice(0, next), shown, ...rest.slice(next)];
}

function replaced(list: Fields[], at: number, shown: Fields): Fields[] {
  return list.map((each, index) => (index === at ? shown : each));
}

function picked(after: Fields, sample: Fields | undefined, { fields }: Asked): Fields {
  if (fields === undefined) return after;
  const names = sample ? Object.keys(sample) : fields.split(",");
  return Object.fromEntries(Object.entries(after).filter(([name]) => names.includes(name)));
}
