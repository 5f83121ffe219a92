/** The collections as tables and the relations between them, without how they are drawn. */
import type { Collection, CollectionType, Field } from "@luge/client/admin";

export interface Table {
  id: string;
  name: string;
  type: CollectionType;
  fields: Field[];
}

/** How many records stand at an end of a relation. */
export type Amount = "1" | "0..1" | "n";

/** A field that refers to records of a collection. */
export interface Relation {
  id: string;
  /** Ids of the tables. */
  from: string;
  to: string;
  field: string;
  /** How many records refer to one, and to how many one refers. */
  fromAmount: Amount;
  toAmount: Amount;
}

export interface Schema {
  tables: Table[];
  relations: Relation[];
}

/** What the collections are as tables; relations to what is not among them are left out. */
export function schemaOf(collections: Collection[]): Schema {
  const known = new Set(collections.map(({ id }) => id));
  const tables = collections.map(({ id, name, type, fields }) => ({ id, name, type, fields }));
  const relations = collections.flatMap((collection) =>
    collection.fields.flatMap((field): Relation[] => {
      const to = field.collectionId;
      if (field.type !== "relation" || typeof to !== "string" || !known.has(to)) return [];
      return [
        {
          id: `${collection.id}.${field.name}`,
          from: collection.id,
          to,
          field: field.name,
          fromAmount: isUnique(collection, field.name) ? "0..1" : "n",
          toAmount: Number(field.maxSelect) > 1 ? "n" : field.required ? "1" : "0..1",
        },
      ];
    }),
  );
  return { tables, relations };
}

/** The ids of a table and of those that a relation joins with it. */
export function neighbours({ relations }: Schema, id: string): Set<string> {
  const joined = relations.filter(({ from, to }) => from === id || to === id);
  return new Set([id, ...joined.flatMap(({ from, to }) => [from, to])]);
}

function isUnique({ indexes }: Collection, field: string): boolean {
  const name = `[\`"\\[]?${field}[\`"\\]]?`;
  const alone = new RegExp(`^create\\s+unique\\s+index[^(]*\\(\\s*${name}\\s*\\)\\s*$`, "i");
  return indexes.some((index) => alone.test(index.trim()));
}
