/**
 * What is listened to, as an address tells it: what, and as whom. Never a token, and nothing that
 * would be told to others: an address opens no presence.
 */
import type { Who } from "../../parts/caller/caller.svelte.ts";
import { LONGEST } from "../../state/address-length.ts";

/** What a listener asks for, and as whom. */
export interface Asked {
  topic: string;
  filter?: string;
  search?: string;
  who: Who;
  /** Where `who` is a record. */
  record?: { collection: string; id: string };
}

/** No address opens more listeners. */
const MOST = 12;

/** As a part of an address; undefined where it would be too long for one. */
export function writtenAsked(asked: Asked[]): string | undefined {
  if (asked.length === 0) return "";
  const text = JSON.stringify(asked.map(ordered));
  return asked.length > MOST || text.length > LONGEST ? undefined : text;
}

/** What an address asks for; what makes no sense is passed over. */
export function readAsked(text: string | null): Asked[] {
  try {
    const read: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(read) ? read.slice(0, MOST).flatMap((each) => one(each) ?? []) : [];
  } catch {
    return [];
  }
}

/** Do two ask for the same? */
export function sameAsked(one: Asked, other: Asked): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

function one(value: unknown): Asked | undefined {
  const { topic, filter, search, who, record } = (value ?? {}) as Record<string, unknown>;
  if (!isText(topic)) return undefined;
  const narrowed = { ...(isText(filter) && { filter }), ...(isText(search) && { search }) };
  if (who === "guest" || who === "superuser") return { topic, ...narrowed, who };
  const { collection, id } = (record ?? {}) as Record<string, unknown>;
  const isNamed = who === "record" && isText(collection) && isText(id);
  return isNamed ? { topic, ...narrowed, who, record: { collection, id } } : undefined;
}

function ordered({ topic, filter, search, who, record }: Asked): Asked {
  const narrowed = { ...(filter && { filter }), ...(search && { search }) };
  return { topic, ...narrowed, who, ...(record && { record: { ...record } }) };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
