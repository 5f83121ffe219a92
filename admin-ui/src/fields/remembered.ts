/**
 * What a superuser chose for one field of a collection, on every device: how it is edited, what its
 * values are checked against. It stays with a field that is renamed.
 */
import type { Collection, Field } from "@luge/client/admin";
import { preferences } from "../state/preferences.svelte.ts";
import type { Problem } from "../state/problem.ts";

type Values = Record<string, unknown>;

/** What was chosen, by the name of the choice. Other versions may have written it: check it. */
export function remembered(choice: string, { id }: Collection, field: Field): unknown {
  return objectOf(objectOf(preferences.part(choice))[id])[keyOf(field)];
}

/** Remembers a choice, or with undefined forgets it; resolves with why that failed, if it did. */
export function remember(
  choice: string,
  { id }: Collection,
  field: Field,
  value: unknown,
): Promise<Problem | undefined> {
  const { [id]: before, ...others } = objectOf(preferences.part(choice));
  const { [keyOf(field)]: _, ...rest } = objectOf(before);
  const own = value === undefined ? rest : { ...rest, [keyOf(field)]: value };
  const isEmpty = Object.keys(own).length === 0;
  return preferences.keep(choice, isEmpty ? others : { ...others, [id]: own });
}

/** An object, or an empty one in the place of anything else. */
function objectOf(value: unknown): Values {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Values) : {};
}

const keyOf = ({ id, name }: Field) => id ?? name;
