/** What people call a record. */
import type { Collection, Field } from "@luge/client/admin";
import { textOf } from "../editor/text.ts";

/** Names that speak for a record where its collection marks no field as presentable. */
const SPEAKING = ["name", "title", "label", "username", "email", "subject", "slug"];
const TEXTS = ["text", "email", "url", "editor", "select", "number"];

/** The fields that a record is called by. */
export function presentable({ fields }: Pick<Collection, "fields">): Field[] {
  const marked = fields.filter((field) => field.presentable === true);
  if (marked.length > 0) return marked;
  const own = fields.filter(({ name, type }) => name !== "id" && TEXTS.includes(type));
  const speaking = SPEAKING.map((name) => own.find((field) => field.name === name));
  const found = speaking.find((field) => field !== undefined);
  return found ? [found] : [];
}

/** What a record is called; by its id where nothing else speaks for it. */
export function labelOf(record: Record<string, unknown>, collection: Collection): string {
  const parts = presentable(collection).map(({ name, type }) => wordsOf(record[name], type));
  return parts.filter((part) => part !== "").join(", ") || String(record.id);
}

/** The fields that can be searched for a text. */
export function searchable(collection: Collection): string[] {
  const names = presentable(collection)
    .filter(({ type }) => TEXTS.includes(type))
    .map(({ name }) => name);
  return ["id", ...names.filter((name) => name !== "id")];
}

function wordsOf(value: unknown, type: Field["type"]): string {
  if (value === null || value === undefined) return "";
  if (type === "editor") return textOf(String(value));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
