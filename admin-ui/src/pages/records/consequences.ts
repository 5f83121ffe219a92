/** What else happens when records of a collection are deleted. */
import type { Collection } from "@luge/client/admin";

/** One consequence, as the catalogue words it. */
export interface Consequence {
  key: "bulk.cascades" | "bulk.refuses" | "bulk.clears";
  /** The collection that refers to them, and by which field. */
  collection: string;
  field: string;
}

/** The consequences for each relation that leads to a collection. */
export function consequencesOf(target: Collection, all: readonly Collection[]): Consequence[] {
  return all.flatMap(({ name, type, fields }) =>
    type === "view"
      ? []
      : fields
          .filter((field) => field.type === "relation" && field.collectionId === target.id)
          .map(({ name: field, cascadeDelete, required }) => {
            const key = cascadeDelete ? "bulk.cascades" : required ? "bulk.refuses" : "bulk.clears";
            return { key, collection: name, field } as const;
          }),
  );
}
