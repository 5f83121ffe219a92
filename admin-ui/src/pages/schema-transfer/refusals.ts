/**
 * What the server says of definitions that it refuses, said of collections and fields: its answer
 * is one text (as PocketBase has it) with the positions of fields.
 */
import type { CollectionBody } from "@luge/client/admin";

/** Something that is wrong. */
export interface Refusal {
  /** `COLLECTION.fields.FIELD.option`, or `COLLECTION.option`. */
  path: string;
  message: string;
}

const INVALID = /^Data validations failed for collection "([^"]*)" \([^)]*\):\n([^]*?)\.?$/;
const UNREADABLE = /Raw error:\n([^:\n]*): ([\w.]+): ([^]*)$/;

/** What a text of the server refuses, of the definitions that were sent; none where it is other. */
export function refusalsIn(text: string, sent: CollectionBody[]): Refusal[] {
  const [, unreadable, path = "", message = ""] = UNREADABLE.exec(text) ?? [];
  if (unreadable !== undefined) return [refusal(unreadable, path.split("."), message, sent)];
  const [, name, json] = INVALID.exec(text) ?? [];
  if (name === undefined || json === undefined) return [];
  return reasons(parsed(json)).map(({ path, message }) => refusal(name, path, message, sent));
}

function refusal(name: string, path: string[], message: string, sent: CollectionBody[]): Refusal {
  const body = sent.find((each) => each.name?.toLowerCase() === name.toLowerCase());
  const [first, position, ...rest] = path;
  const field = first === "fields" ? body?.fields?.[Number(position)]?.name : undefined;
  const named = field === undefined ? path : ["fields", field, ...rest];
  return { path: [name, ...named].join("."), message };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Every reason in a tree of them, with the way to it. */
function reasons(tree: unknown, path: string[] = []): { path: string[]; message: string }[] {
  if (typeof tree !== "object" || tree === null) return [];
  if ("code" in tree && "message" in tree && typeof tree.message === "string") {
    return [{ path, message: tree.message }];
  }
  return Object.entries(tree).flatMap(([key, value]) => reasons(value, [...path, key]));
}
