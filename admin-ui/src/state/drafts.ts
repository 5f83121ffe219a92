/** Changes that are not saved yet, by whom and to what; `pages/record/kept.ts` keeps them. */

/** How the places of drafts begin. */
export const DRAFTS = "luge.draft ";

/** What is needed to forget them. */
type Shelf = Pick<Storage, "removeItem" | "key" | "length">;

/** Forgets all drafts. */
export function forgetDrafts(shelf: Shelf = localStorage): void {
  const places = Array.from({ length: shelf.length }, (_, at) => shelf.key(at));
  for (const place of places) if (place?.startsWith(DRAFTS)) shelf.removeItem(place);
}
