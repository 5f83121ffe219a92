/** What becomes of changes that were made to a record at the same time in two places. */
import type { Field } from "@luge/client/admin";

/** Values by the names of their fields. */
export type Values = Record<string, unknown>;

/** A field that somebody else changed. */
export interface Difference {
  field: Field;
  /** The value that the changes began with. */
  base: unknown;
  theirs: unknown;
  /** What it was changed to here; the same as the base where it was not. */
  mine: unknown;
  /** Which one is taken; undefined until somebody says so. */
  choice: "mine" | "theirs" | undefined;
}

/** Are two values of a field the same to the server? */
export function same(one: unknown, other: unknown): boolean {
  return plain(one) === plain(other);
}

/** Can a client change the field at all? */
export function isWritable({ name, type }: Field): boolean {
  return name !== "id" && name !== "tokenKey" && type !== "autodate";
}

/**
 * The fields whose values are not those that the changes began with. Where only they changed one,
 * theirs is proposed; where both did, differently, nobody is right without being asked.
 */
export function differences(
  fields: Field[],
  bases: Values,
  edits: Values,
  theirs: Values,
): Difference[] {
  return fields
    .filter((field) => isWritable(field) && field.type !== "password")
    .map((field): Difference => {
      const { name } = field;
      const base = bases[name];
      const mine = name in edits ? edits[name] : base;
      const both = !same(mine, base) && !same(mine, theirs[name]);
      return { field, base, mine, theirs: theirs[name], choice: both ? undefined : "theirs" };
    })
    .filter(({ base, theirs }) => !same(base, theirs));
}

/** The changes that are left to be made to their record, once every difference was decided. */
export function merged(edits: Values, decided: Difference[]): Values {
  const left = { ...edits };
  for (const { field, choice, mine } of decided) {
    if (choice === "mine") left[field.name] = mine;
    else delete left[field.name];
  }
  return left;
}

/** No value is written in several ways, and objects with their keys in order. */
function plain(value: unknown): string {
  if (value === undefined || value === null || value === "") return "";
  if (Array.isArray(value) && value.length === 0) return "";
  if (value instanceof Blob) return `${identityOf(value)}`;
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Blob) return identityOf(each);
    if (each === null || typeof each !== "object" || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Files are the same only where they are one. */
const identities = new WeakMap<Blob, string>();
let known = 0;

function identityOf(blob: Blob): string {
  const identity = identities.get(blob) ?? `blob ${++known}`;
  identities.set(blob, identity);
  return identity;
}
