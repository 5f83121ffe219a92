/**
 * Changes that are not saved yet, kept on this device so that they survive a reload. They are kept
 * for the superuser who made them, and go when that one signs out.
 */
import type { Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import { Unreadable } from "../../fields/unreadable.ts";
import { DRAFTS } from "../../state/drafts.ts";
import type { Values } from "./merge.ts";

/** A draft as it is kept. */
export interface Kept {
  edits: Values;
  /** What the changed fields held before; empty for a new record. */
  bases: Values;
  /** When the last change was made. */
  at: string;
}

/** Where drafts are kept. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** One draft must not take the room of everything else that a browser keeps for the dashboard. */
const MOST_CHARACTERS = 500_000;

/** The place of a draft. */
export function placeOf(superuser: string, collection: string, id: string): string {
  return `${DRAFTS}${superuser} ${collection} ${id}`;
}

/** What is kept, if it can be read. */
export function read(shelf: Shelf, place: string): Kept | undefined {
  const text = shelf.getItem(place);
  if (text === null) return undefined;
  try {
    const { edits, bases, at } = JSON.parse(text) as Kept;
    if (typeof edits !== "object" || edits === null) return undefined;
    return { edits, bases: bases ?? {}, at };
  } catch {
    return undefined;
  }
}

/** Keeps changes; without any that can be kept, nothing is left there. */
export function keep(shelf: Shelf, place: string, fields: Field[], draft: Kept): void {
  const names = fields.filter((field) => canBeKept(field, draft.edits)).map(({ name }) => name);
  const text = JSON.stringify({
    edits: pick(draft.edits, names),
    bases: pick(draft.bases, names),
    at: draft.at,
  });
  if (names.length === 0 || text.length > MOST_CHARACTERS) return shelf.removeItem(place);
  try {
    shelf.setItem(place, text);
  } catch {
    // The browser has no room left; what an older draft says would be wrong by now.
    shelf.removeItem(place);
  }
}

function canBeKept({ name, type }: Field, edits: Values): boolean {
  if (!(name in edits) || edits[name] instanceof Unreadable) return false;
  return kindOf(type).canBeKept(edits[name]);
}

function pick(values: Values, names: string[]): Values {
  const there = names.filter((name) => name in values);
  return Object.fromEntries(there.map((name) => [name, values[name]]));
}
