/** What a column seems to hold, to begin the definition of a field with; people decide. */
import type { FieldType } from "@luge/client/admin";
import { isEmpty, readDate, readNumber } from "./values.ts";

/** What a column seems to hold. */
export interface Guess {
  /** The name of a field for it. */
  name: string;
  type: FieldType;
}

/** Names that every collection has for itself. */
const TAKEN = ["id", "created", "updated", "collectionid", "collectionname", "expand"];
const NAME_CHARS_MAX = 60;

/** Guesses from a column's name and first values. */
export function guessOf(column: string, cells: unknown[]): Guess {
  const filled = cells.filter((cell) => !isEmpty(cell));
  return { name: nameOf(column), type: filled.length === 0 ? "text" : typeOf(filled) };
}

/** A name of a field: letters, digits and underscores. */
export function nameOf(column: string): string {
  const plain = column.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const name = plain.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
  const cut = name.slice(0, NAME_CHARS_MAX) || "column";
  const started = /^\d/.test(cut) ? `n_${cut}` : cut;
  return TAKEN.includes(started.toLowerCase()) ? `source_${started}` : started;
}

function typeOf(cells: unknown[]): FieldType {
  const all = (test: (cell: unknown) => boolean) => cells.every(test);
  if (all((cell) => typeof cell === "boolean" || WORDS.test(String(cell)))) return "bool";
  if (all(isNumber)) return "number";
  if (all((cell) => typeof cell === "string" && isDate(cell))) return "date";
  if (all((cell) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(String(cell)))) return "email";
  if (all((cell) => /^https?:\/\/\S+$/.test(String(cell)))) return "url";
  if (all(isPoint)) return "geoPoint";
  return cells.some((cell) => typeof cell === "object") ? "json" : "text";
}

const WORDS = /^\s*(true|false|yes|no)\s*$/i;

const isDate = (cell: string) => /^\d{4}-/.test(cell) && readDate(cell, "iso") !== undefined;

/** Codes such as 00501 and telephone numbers are texts: as numbers they would lose their form. */
function isNumber(cell: unknown): boolean {
  if (typeof cell === "number") return true;
  if (typeof cell !== "string" || readNumber(cell, "1234.5") === undefined) return false;
  const text = cell.trim();
  // Longer whole numbers would lose their last digits.
  return !/^([+-]?0\d|\+|-?\d{16})/.test(text);
}

const isPoint = (cell: unknown) =>
  typeof cell === "object" && cell !== null && "lon" in cell && "lat" in cell;
