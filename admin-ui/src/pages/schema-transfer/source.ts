/**
 * Definitions out of whatever file somebody has: an export of Luge or PocketBase as JSON, or the
 * database of a PocketBase, which the server reads.
 */
import type { Collection } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { bytes, t } from "../../messages/index.svelte.ts";
import { counterpart, secretless } from "./comparison.ts";
import { definitionsIn, isLegacyExport, NoExport, type Given } from "./exported.ts";

/** What a file holds. */
export interface Read {
  given: Given[];
  /** What is not among them, in sentences. */
  notes: string[];
}

/** How every database of SQLite begins. */
const SQLITE = "SQLite format 3\0";
/** More of a database is not sent; the server takes no more either. */
export const DATABASE_BYTES_MAX = 1024 ** 3;
/** More of an export is not read: it would be none. */
const TEXT_BYTES_MAX = 64 * 1024 ** 2;

/** What a file holds; throws `NoExport`, or what the server says of it. */
export async function definitionsOf(file: File): Promise<Read> {
  const head = await file.slice(0, SQLITE.length).text();
  if (head !== SQLITE && !file.name.endsWith(".db")) {
    if (file.size > TEXT_BYTES_MAX) throw new NoExport("transfer.trouble.shape");
    return readText(await file.text());
  }
  if (file.size > DATABASE_BYTES_MAX) {
    throw new NoExport("transfer.trouble.large", { most: bytes(DATABASE_BYTES_MAX) });
  }
  const { collections, notes } = await client.collections.readPocketBase(file);
  return { given: collections, notes };
}

/** What a text holds; throws `NoExport`. */
export function readText(text: string): Read {
  const given = definitionsIn(text);
  return { given, notes: isLegacyExport(text) ? [t("transfer.note.legacy")] : [] };
}

/** What of it is kept otherwise or not at all, in sentences. */
export function remarks({ given, notes }: Read, here: Collection[]): string[] {
  const views = given.filter(({ type }) => type === "view");
  return [
    ...notes,
    ...views.map(({ name }) => t("transfer.note.view", { name })),
    ...given.flatMap((each) => {
      const names = secretless(each, counterpart(here, each)).join(", ");
      return names === "" ? [] : [t("transfer.note.providers", { name: each.name, names })];
    }),
  ];
}
