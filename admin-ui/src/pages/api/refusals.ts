/** With which codes the value of a field can be refused, by its options. */
import type { Field } from "@luge/client/admin";

/** One way to be refused. */
export interface Refusal {
  field: string;
  code: string;
}

/** All ways, in the order of the fields. */
export function refusalsOf(fields: Field[]): Refusal[] {
  return fields.flatMap((field) =>
    codesOf(field).map((code) => ({ field: field.name, code: `validation_${code}` })),
  );
}

const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

function codesOf(field: Field): string[] {
  return [...(field.required ? ["required"] : []), ...ownCodesOf(field)];
}

function ownCodesOf({ type, min, max, pattern, onlyInt, maxSelect }: Field): string[] {
  const bounds = (kind: string) => [
    ...(isSet(min) && min !== 0 ? [`min_${kind}_constraint`] : []),
    ...(isSet(max) && max !== 0 ? [`max_${kind}_constraint`] : []),
  ];
  switch (type) {
    case "text":
    case "password":
      return [...bounds("text"), ...(isSet(pattern) ? ["invalid_format"] : [])];
    case "number":
      return [...bounds("number"), ...(onlyInt ? ["only_int_constraint"] : [])];
    case "email":
      return ["is_email"];
    case "url":
      return ["is_url"];
    case "json":
      return ["json_size_limit"];
    case "relation":
      return ["missing_rel_records", ...(Number(maxSelect ?? 1) > 1 ? ["too_many_values"] : [])];
    case "select":
      return ["invalid_value", ...(Number(maxSelect ?? 1) > 1 ? ["too_many_values"] : [])];
    default:
      return [];
  }
}
