/** Where records are seen and made. */
import { href } from "./location.svelte.ts";

const listOf = (collection: string) => `/collections/${encodeURIComponent(collection)}/records`;

/** The address of a record: it is open, and alone in the list behind it. */
export function recordAddress(collection: string, id: string): string {
  return href(listOf(collection), { filter: `id = ${JSON.stringify(id)}`, record: id });
}

/** The address at which a record is made. */
export function newRecordAddress(collection: string): string {
  return href(listOf(collection), { record: "new" });
}
