/** What stands for a related record: what its collection shows of itself. */
import type { Collection } from "@luge/client/admin";
import { collections } from "../../state/collections.svelte.ts";
import type { Row } from "./view.ts";

const TELLING = ["name", "title", "label", "subject", "username", "email", "slug"];

/** The fields that stand for a record of a collection. */
export function labelFields(collection: Collection): string[] {
  const presentable = collection.fields.filter((field) => field.presentable && !field.hidden);
  if (presentable.length > 0) return presentable.map(({ name }) => name);
  const known = TELLING.find((name) => collection.fields.some((field) => field.name === name));
  return known === undefined ? [] : [known];
}

/** A related record in a few words; its id where nothing else tells it apart. */
export function labelOf(collection: Collection | undefined, record: Row): string {
  const fields = collection === undefined ? [] : labelFields(collection);
  const words = fields.map((name) => record[name]).filter((value) => value !== "" && value != null);
  return words.length > 0 ? words.map(textOf).join(" · ") : record.id;
}

/** The relations of a collection, for `expand`. */
export function relationsOf({ fields }: Collection): string[] {
  return fields.filter(({ type }) => type === "relation").map(({ name }) => name);
}

/** The collection that a relation leads to. */
export function targetOf(collectionId: unknown): Collection | undefined {
  return collections.find(String(collectionId ?? ""));
}

/** A value in one line. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
