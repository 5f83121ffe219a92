/** Where one record is seen. */
import { leads } from "../routes.ts";
import { href } from "./location.svelte.ts";

/** The address of a record: its own page where there is one, else the list with it alone. */
export function recordAddress(collection: string, id: string): string {
  const list = `/collections/${encodeURIComponent(collection)}/records`;
  const own = `${list}/${encodeURIComponent(id)}`;
  return leads(own) ? href(own) : href(list, { filter: `id = ${JSON.stringify(id)}` });
}

/** The address at which a record is made, or undefined as long as the dashboard has none. */
export function newRecordAddress(collection: string): string | undefined {
  const own = `/collections/${encodeURIComponent(collection)}/records/new`;
  return leads(own) ? href(own) : undefined;
}
