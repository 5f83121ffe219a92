/** The type and the limits of a field, for people. */
import type { Field } from "@luge/client/admin";
import { t } from "../../messages/index.svelte.ts";

const PLAIN = {
  bool: "boolean",
  number: "number",
  json: "JSON",
  geoPoint: "{ lon: number, lat: number }",
} as const;

/** Its type, as languages write it; `nameOf` names a collection by its id. */
export function typeOf(field: Field, nameOf: (id: unknown) => string): string {
  switch (field.type) {
    case "select": {
      const choices = (field.values as string[] | undefined) ?? [];
      const values = choices.map((each) => JSON.stringify(each));
      return values.length > 1 && Number(field.maxSelect ?? 1) > 1
        ? `(${values.join(" | ")})`
        : values.join(" | ");
    }
    case "relation":
      return t("api.type.relation", { name: nameOf(field.collectionId) });
    case "date":
    case "autodate":
      return t("api.type.date");
    case "file":
      return t("api.type.file");
    default:
      return field.type in PLAIN ? PLAIN[field.type as keyof typeof PLAIN] : "string";
  }
}

const given = (value: unknown) => {
  return value !== undefined && value !== null && value !== "" && value !== 0;
};

/** What a value has to keep to. */
export function limitsOf(field: Field): string[] {
  const { type, min, max, pattern, onlyInt, maxSelect, maxSize, mimeTypes, onlyDomains } = field;
  const numeric = type === "number" || type === "date";
  const found: string[] = [];
  // Of a number 0 is a bound, of a text it is none.
  const bound = (value: unknown) => given(value) || (numeric && value === 0);
  const [least, most] = numeric
    ? (["api.limit.least", "api.limit.most"] as const)
    : (["api.limit.shortest", "api.limit.longest"] as const);
  if (bound(min)) found.push(t(least, { value: String(min) }));
  if (bound(max)) found.push(t(most, { value: String(max) }));
  if (onlyInt === true) found.push(t("api.limit.whole"));
  if (given(pattern)) found.push(t("api.limit.pattern", { pattern: String(pattern) }));
  if (Number(maxSelect ?? 1) > 1) found.push(t("api.limit.many", { value: Number(maxSelect) }));
  if (given(maxSize)) found.push(t("api.limit.size", { value: Number(maxSize) }));
  if (Array.isArray(mimeTypes) && mimeTypes.length > 0) found.push(mimeTypes.join(", "));
  if (Array.isArray(onlyDomains) && onlyDomains.length > 0) found.push(onlyDomains.join(", "));
  return found;
}
