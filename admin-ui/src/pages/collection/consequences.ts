/** What else is touched when the records of a collection, or all of it, are deleted. */
import type { Collection } from "@luge/client/admin";

/** A relation of another collection that leads here. */
export interface Link {
  collection: string;
  field: string;
  /** Are the records that point here deleted too? */
  cascades: boolean;
}

/** What has to be known before one deletes. */
export interface Consequences {
  /** Fields whose uploaded files go. */
  files: string[];
  links: Link[];
  /** Rules of other collections that mention it: these will refuse everyone. */
  mentions: { collection: string; rule: string }[];
}

/** What deleting would touch, as far as the definitions say. */
export function consequences(target: Collection, all: Collection[]): Consequences {
  const others = all.filter(({ id }) => id !== target.id);
  return {
    files: target.fields.filter(({ type }) => type === "file").map(({ name }) => name),
    links: others.flatMap(({ name, fields }) =>
      fields
        .filter(({ type, collectionId }) => type === "relation" && collectionId === target.id)
        .map((field) => ({
          collection: name,
          field: field.name,
          cascades: field.cascadeDelete === true,
        })),
    ),
    mentions: others.flatMap((other) => mentionsIn(other, target.name)),
  };
}

function mentionsIn(collection: Collection, name: string): Consequences["mentions"] {
  const word = new RegExp(`@collection\\.${name}\\b|\\b${name}_via_`, "i");
  return Object.entries(collection)
    .filter(([key, value]) => key.endsWith("Rule") && typeof value === "string" && word.test(value))
    .map(([rule]) => ({ collection: collection.name, rule }));
}
