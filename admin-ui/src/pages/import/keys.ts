/** The fields by which one record can be found. */
import type { Collection } from "@luge/client/admin";

/** An index over one whole column, of which every value is unique. */
const UNIQUE = /^\s*create\s+unique\s+index\b[^(]*\(\s*[`"[]?(\w+)[`"\]]?[^,()]*\)\s*$/i;

/** The id, and every field whose values are unique across the whole collection. */
export function uniqueFields({ indexes, fields }: Collection): string[] {
  const unique = indexes.flatMap((index) => UNIQUE.exec(index)?.[1] ?? []);
  const names = fields.map(({ name }) => name);
  const indexed = unique.filter((name) => names.includes(name) && name !== "tokenKey");
  return [...new Set(["id", ...indexed])];
}

const LOOKED_UP = ["text", "email", "url", "number", "select"];

/** The fields by which the records of a collection can be looked up. */
export function lookUpFields({ fields }: Collection): string[] {
  return fields
    .filter(({ type, name, maxSelect }) => {
      const one = Number(maxSelect ?? 1) <= 1;
      return LOOKED_UP.includes(type) && one && name !== "id" && name !== "tokenKey";
    })
    .map(({ name }) => name);
}
