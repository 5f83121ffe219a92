/** Where a field is edited. */
import { leads } from "../../routes.ts";
import { href } from "../../state/location.svelte.ts";

/** The address, or undefined where a collection's fields have no view. */
export function fieldAddress(collection: string, field: string): string | undefined {
  const path = `/collections/${encodeURIComponent(collection)}/fields`;
  return leads(path) ? href(path, { field }) : undefined;
}
