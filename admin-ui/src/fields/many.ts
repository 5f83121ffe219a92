/** Values of fields that hold one or several: one is a text, several are a list. */
import type { Field } from "@luge/client/admin";

/** How many values the field may hold. */
export function mostOf(field: Field): number {
  return typeof field.maxSelect === "number" && field.maxSelect > 1 ? field.maxSelect : 1;
}

/** The values, as a list. */
export function listOf<T = string>(value: unknown): T[] {
  return [value ?? []].flat().filter((each) => each !== "") as T[];
}

/** A list, as a value of the field. */
export function valueOf<T>(list: T[], field: Field): T | T[] | "" {
  return mostOf(field) > 1 ? list : (list[0] ?? "");
}
