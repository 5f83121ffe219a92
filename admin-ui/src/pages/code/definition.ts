/** A definition as text: written, read, and compared with the saved one. */
import type { Collection, CollectionBody } from "@luge/client/admin";

/** What the server sets. */
const STAMPS = ["created", "updated", "system"];

/** A text that could not be read; line 0 where it is JSON but no object. */
export interface Unread {
  line: number;
  column: number;
  from: number;
  to: number;
}

/** A definition as it is edited, without what the server sets. */
export function definitionText(collection: Collection): string {
  const entries = Object.entries(collection).filter(([key]) => !STAMPS.includes(key));
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

/** Reads a text that somebody wrote. */
export function readDefinition(text: string): { body: CollectionBody } | Unread {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return unread(text, String((error as Error).message));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { line: 0, column: 0, from: 0, to: text.length };
  }
  return { body: value };
}

function unread(text: string, reason: string): Unread {
  const [, position] = /position (\d+)/.exec(reason) ?? [];
  const from = Math.min(position === undefined ? text.length : Number(position), text.length);
  const before = text.slice(0, from).split("\n");
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return { ...place, from: Math.max(0, Math.min(from, text.length - 1)), to: from + 1 };
}

/** What has to be sent to make the saved collection what was written. */
export function changesOf(saved: Collection, body: CollectionBody): CollectionBody {
  const sent = Object.entries(body).filter(
    ([key, value]) =>
      ![...STAMPS, "id"].includes(key) && JSON.stringify(value) !== JSON.stringify(saved[key]),
  );
  // What is a list or may be absent, and was taken out, is emptied.
  const emptied = ["ruleTests", "indexes"].filter((key) => key in saved && !(key in body));
  return {
    ...Object.fromEntries(sent),
    ...Object.fromEntries(emptied.map((key) => [key, []])),
    ...(saved.search && !("search" in body) ? { search: null } : {}),
  };
}
