/** Reads an export: of this server, of PocketBase, or of either inside of an object. */
import type { CollectionBody } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";
import { isLegacy, modernised } from "./legacy.ts";

/** A definition out of a file. */
export type Given = CollectionBody & { name: string };

/** Why a text is no export. */
export class NoExport extends Error {
  constructor(
    readonly key: Extract<Key, `transfer.trouble.${string}`>,
    readonly values: Record<string, string | number> = {},
  ) {
    super(key);
  }
}

/** The definitions in a text, in today's form; throws `NoExport`. */
export function definitionsIn(text: string): Given[] {
  return namedIn(text).map((each) => (isLegacy(each) ? (modernised(each) as Given) : each));
}

/** Is a text that `definitionsIn` takes an export of a PocketBase before 0.23? */
export const isLegacyExport = (text: string): boolean => namedIn(text).some(isLegacy);

function namedIn(text: string): Given[] {
  const list = listIn(parsed(text));
  const names = new Set<string>();
  list.forEach((each, at) => {
    if (!isNamed(each)) throw new NoExport("transfer.trouble.name", { at: at + 1 });
    const name = each.name.toLowerCase();
    if (names.has(name)) throw new NoExport("transfer.trouble.twice", { name: each.name });
    names.add(name);
  });
  return list as Given[];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NoExport("transfer.trouble.json", { reason });
  }
}

function listIn(found: unknown): unknown[] {
  if (Array.isArray(found) && found.length > 0) return found;
  if (typeof found === "object" && found !== null && "collections" in found) {
    return listIn(found.collections);
  }
  throw new NoExport("transfer.trouble.shape");
}

const isNamed = (value: unknown): value is { name: string } =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  value.name !== "";

/** What is exported: as PocketBase does it, without the moments of change. */
export function exported(collections: object[]): string {
  const drop = new Set(["created", "updated"]);
  const plain = collections.map((each) =>
    Object.fromEntries(Object.entries(each).filter(([key]) => !drop.has(key))),
  );
  return JSON.stringify(plain, null, 2);
}
