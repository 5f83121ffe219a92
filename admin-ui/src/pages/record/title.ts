/** What an edited record is called. */
import { labelOf } from "../../fields/relation/label.ts";
import { t } from "../../messages/index.svelte.ts";
import type { RecordDraft } from "./draft.svelte.ts";

/** By what it is stored as, so that it does not change with every letter. */
export function titleOf({ stored, collection, isNew, id }: RecordDraft): string {
  if (isNew) return t("record.new", { collection: collection.name });
  return stored === undefined ? id : labelOf(stored, collection);
}
