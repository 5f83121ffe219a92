/** Example values that a field would take, made from its options, and its type in words. */
import type { Collection, Field } from "@luge/client/admin";
import type { Body, Json } from "./call.ts";

/** Ids of records that there are, by the id of their collection. */
export type KnownIds = Record<string, string>;

/** Stands where the id of a record belongs. */
export const SOME_ID = "RECORD_ID";

const DATE = "2026-01-31 12:00:00.000Z";
const PASSWORD = "correct-horse-42";
const WORDS = ["Example", "example", "abc123", "EXAMPLE", "A1", "a"];
const TEXTS = [...WORDS, "42", "2026-01-31", "a-b", "+123"];

/** Can a client write it in JSON? */
export function isWritable({ name, type, hidden, system }: Field): boolean {
  if (type === "autodate" || type === "file") return false;
  if (type === "password") return true;
  return !hidden && !(system && (name === "id" || name === "verified" || name === "tokenKey"));
}

/** Is it shown to clients? */
export const isShown = ({ hidden, type }: Field) => !hidden && type !== "password";

/** The body of a create, or of an update: that changes what is the collection's own. */
export function exampleBody(collection: Collection, ids: KnownIds, update = false): Body {
  const body: Body = {};
  for (const field of collection.fields) {
    if (!isWritable(field) || (update && field.system)) continue;
    body[field.name] = exampleOf(field, ids);
    if (field.type === "password" && field.name === "password") {
      body.passwordConfirm = body.password ?? "";
    }
  }
  return body;
}

/** A record as it is answered. */
export function exampleRecord(collection: Collection, ids: KnownIds): Body {
  const body: Body = { collectionId: collection.id, collectionName: collection.name };
  for (const field of collection.fields) {
    if (isShown(field)) body[field.name] = shownOf(field, collection, ids);
  }
  return body;
}

function shownOf(field: Field, collection: Collection, ids: KnownIds): Json {
  if (field.name === "id") return ids[collection.id] ?? SOME_ID;
  if (field.type === "autodate") return DATE;
  if (field.type === "file") return isMany(field) ? ["photo_k3v9x2.jpg"] : "photo_k3v9x2.jpg";
  return exampleOf(field, ids);
}

/** A value that the field would take. */
export function exampleOf(field: Field, ids: KnownIds = {}): Json {
  const domain = (field.onlyDomains as string[] | undefined)?.[0] ?? "example.com";
  switch (field.type) {
    case "bool":
      return true;
    case "number":
      return exampleNumber(field);
    case "date":
    case "autodate":
      return exampleDate(field);
    case "email":
      return `ann@${domain}`;
    case "url":
      return `https://${domain}`;
    case "editor":
      return "<p>Example</p>";
    case "json":
      return { example: true };
    case "geoPoint":
      return { lon: 9.19, lat: 45.46 };
    case "password":
      return PASSWORD.padEnd(Number(field.min ?? 0), "!");
    case "select":
      return some(field, (field.values as string[] | undefined) ?? []);
    case "relation": {
      const id = ids[String(field.collectionId)] ?? SOME_ID;
      return isMany(field) ? [id] : id;
    }
    case "file":
      return "photo.jpg";
    default:
      return exampleText(field);
  }
}

/** Does it hold several values? */
export const isMany = ({ maxSelect }: Field) => Number(maxSelect ?? 1) > 1;

function some(field: Field, values: string[]): Json {
  return isMany(field) ? values.slice(0, Math.min(2, Number(field.maxSelect))) : (values[0] ?? "");
}

function exampleNumber({ min, max, onlyInt, required }: Field): number {
  const least = typeof min === "number" ? min : -Infinity;
  const most = typeof max === "number" ? max : Infinity;
  const bounded = Math.min(Math.max(1, least), most);
  const value = onlyInt ? Math.ceil(bounded) : bounded;
  // A required number is not zero.
  return value === 0 && required ? (most > 0 ? Math.min(1, most) : -1) : value;
}

function exampleDate({ min, max }: Field): string {
  if (typeof min === "string" && min !== "" && DATE < min) return min;
  return typeof max === "string" && max !== "" && DATE > max ? max : DATE;
}

function exampleText({ min, max, pattern }: Field): string {
  const least = Number(min ?? 0);
  const most = Number(max ?? 0) || 5_000;
  const fit = TEXTS.flatMap((text) => [text, text.repeat(Math.ceil(least / text.length) || 1)])
    .map((text) => text.slice(0, Math.max(most, 0)))
    .filter((text) => [...text].length >= least);
  return fit.find((text) => matches(text, String(pattern ?? ""))) ?? fit[0] ?? "";
}

function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    // The server's patterns are not all those of browsers.
    return true;
  }
}

/** A filter that makes sense for the collection. */
export function exampleFilter({ fields }: Collection): string {
  const own = fields.filter((field) => !field.system && isShown(field));
  const choice = own.find(({ type, values }) => type === "select" && Array.isArray(values));
  if (choice) {
    const [value] = choice.values as string[];
    return `${choice.name} ${isMany(choice) ? "?=" : "="} ${JSON.stringify(value ?? "")}`;
  }
  const text = own.find(({ type }) => type === "text" || type === "editor");
  if (text) return `${text.name} ~ "example"`;
  const number = own.find(({ type }) => type === "number");
  if (number) return `${number.name} > 0`;
  const flag = own.find(({ type }) => type === "bool");
  return flag ? `${flag.name} = true` : 'id != ""';
}

/** The order that one most often wants. */
export function exampleSort({ fields }: Collection): string {
  const time = fields.find(({ type, onUpdate }) => type === "autodate" && !onUpdate);
  return time ? `-${time.name}` : "";
}

/** The paths that a list can show with its records. */
export function expandable(fields: Field[]): string[] {
  const relations = fields.filter(({ type, hidden }) => type === "relation" && !hidden);
  return relations.map(({ name }) => name);
}
