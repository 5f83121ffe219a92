/** Collections in a file that was exported. */
import type { CollectionBody } from "@luge/client/admin";

/** A collection of a file. */
export type Exported = CollectionBody & { name: string };

/** The collections of a file: a list of them, or an object that has one; undefined otherwise. */
export function exportedCollections(text: string): Exported[] | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const inside = (read as { collections?: unknown } | null)?.collections;
  const list = Array.isArray(read) ? read : inside;
  return Array.isArray(list) && list.length > 0 && list.every(isCollection) ? list : undefined;
}

function isCollection(value: unknown): value is Exported {
  if (typeof value !== "object" || value === null) return false;
  const { name, type } = value as Record<string, unknown>;
  return typeof name === "string" && ["base", "auth", "view"].includes(String(type));
}

/** The names of those that are there already, by name or by id. */
export function known(found: Exported[], there: { id: string; name: string }[]): string[] {
  return found
    .filter(({ id, name }) =>
      there.some((each) => each.id === id || each.name.toLowerCase() === name.toLowerCase()),
    )
    .map(({ name }) => name);
}
