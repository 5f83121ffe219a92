/** Back relations: the records of other collections that point at those of a table. */
import { anyOf, each, eq, or, type Filter } from "@luge/client";
import type { Collection, Field } from "@luge/client/admin";

/** One way in which records are pointed at. */
export interface Back {
  /** The name of its column, which is also its path in filters: `comments_via_post`. */
  name: string;
  /** As people read it. */
  label: string;
  /** The collection that refers to them, and by which field. */
  collection: Collection;
  field: Field;
}

/** How often each record is pointed at, as an aggregation is asked for it. */
export interface Counting {
  where: Filter;
  group: string;
  /** Leaves out what the same records also point at. */
  having?: Filter;
}

/** The ways that lead to a collection; a field that has the name of one hides it. */
export function backsOf(target: Collection, all: readonly Collection[]): Back[] {
  const taken = new Set(target.fields.map(({ name }) => name));
  return all
    .filter(({ type }) => type !== "view")
    .flatMap((collection) =>
      collection.fields
        .filter((field) => field.type === "relation" && field.collectionId === target.id)
        .map((field) => ({
          name: `${collection.name}_via_${field.name}`,
          label: `${collection.name} → ${field.name}`,
          collection,
          field,
        })),
    )
    .filter(({ name }) => !taken.has(name));
}

/** Selects the records that point at one. */
export function pointingAt({ field }: Back, id: string): Filter {
  return isMultiple(field) ? anyOf(`${field.name}.id`, id) : eq(field.name, id);
}

/** What counts how often each of some records is pointed at, all of them in one request. */
export function countingOf(back: Back, ids: readonly string[]): Counting {
  const { name } = back.field;
  const where = or(...ids.map((id) => pointingAt(back, id)));
  if (!isMultiple(back.field)) return { where, group: name };
  const group = String(each(name));
  return { where, group, having: or(...ids.map((id) => eq(`group.${group}`, id))) };
}

const isMultiple = ({ maxSelect }: Field) => Number(maxSelect ?? 1) > 1;
