/** What the removal of a record would do to others. */
import { anyOf, eq } from "@luge/client";
import type { Collection } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { listOf, mostOf } from "../../fields/many.ts";
import type { Stored } from "./draft.svelte.ts";

/** Records of a collection that refer to the one that is to go. */
export interface Consequence {
  collection: string;
  field: string;
  records: number;
  /** They go too; or their link goes; or they need it, so that nothing can go. */
  effect: "deleted" | "unlinked" | "refused";
}

/** How many files go with a record. */
export function filesOf(record: Stored, { fields }: Collection): number {
  const files = fields.filter(({ type }) => type === "file");
  return files.reduce((sum, { name }) => sum + listOf(record[name]).length, 0);
}

/** Counts who refers to a record, in every collection that has a relation to its own. */
export async function consequencesOf(
  record: Stored,
  collections: Collection[],
): Promise<Consequence[]> {
  const relations = collections
    .filter(({ type }) => type !== "view")
    .flatMap((each) =>
      each.fields
        .filter((field) => field.type === "relation" && field.collectionId === record.collectionId)
        .map((field) => ({ collection: each.name, field })),
    );
  const found = await Promise.all(
    relations.map(async ({ collection, field }): Promise<Consequence> => {
      const refers =
        mostOf(field) > 1 ? anyOf(`${field.name}.id`, record.id) : eq(field.name, record.id);
      const records = await client.from(collection).where(refers).count();
      const kept = field.required === true ? "refused" : "unlinked";
      const effect = field.cascadeDelete === true ? "deleted" : kept;
      return { collection, field: field.name, records, effect };
    }),
  );
  return found.filter(({ records }) => records > 0);
}
