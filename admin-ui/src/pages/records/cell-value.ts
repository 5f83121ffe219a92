/** What a menu can do with the value of a cell. */
import { contains, eq, ne, notContains, and, or } from "@luge/client";
import type { Field } from "@luge/client/admin";

/** A filter for records with this value, or without it; nothing where it cannot be compared. */
export function filterFor(field: Field, value: unknown, wanted: boolean): string | undefined {
  if (["json", "geoPoint", "password"].includes(field.type)) return undefined;
  if (Array.isArray(value) && value.length > 0) {
    const parts = value.map((each) =>
      (wanted ? contains : notContains)(field.name, String(each)),
    );
    return String(wanted ? and(...parts) : parts.length === 1 ? parts[0] : or(...parts));
  }
  const single = Array.isArray(value) ? "" : (value ?? null);
  if (typeof single === "object" && single !== null) return undefined;
  return String((wanted ? eq : ne)(field.name, single as string));
}

/** What an empty field of this type holds; nothing where it cannot be emptied. */
export function emptyOf(field: Field): { value: unknown } | undefined {
  if (field.required || field.system || field.name === "id") return undefined;
  if (Number(field.maxSelect ?? 1) > 1) return { value: [] };
  switch (field.type) {
    case "autodate":
    case "password":
      return undefined;
    case "number":
      return { value: 0 };
    case "bool":
      return { value: false };
    case "json":
      return { value: null };
    case "geoPoint":
      return { value: { lon: 0, lat: 0 } };
    case "file":
      return { value: null };
    default:
      return { value: "" };
  }
}

/** A value as it is copied. */
export function copied(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
