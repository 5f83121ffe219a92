/** Records as files: CSV, a JSON list, or one JSON object a line. */
import type { Row } from "./view.ts";

export const FORMATS = ["csv", "json", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

/** What is written. */
export interface Shape {
  format: Format;
  fields: readonly string[];
  /** Texts that a spreadsheet would run as formulas get a `'` in front. */
  guarded: boolean;
}

export const MEDIA_TYPES: Record<Format, string> = {
  csv: "text/csv;charset=utf-8",
  json: "application/json",
  ndjson: "application/x-ndjson",
};

/** So many records are written as one piece. */
const PIECE = 500;
/** What a spreadsheet may take as the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** The pieces of a file, one after another; `onwritten` hears how many records are in it. */
export async function* written(
  rows: AsyncIterable<Row>,
  shape: Shape,
  onwritten: (count: number) => void,
): AsyncGenerator<string, void> {
  const { format, fields } = shape;
  let count = 0;
  let lines: string[] = [];
  if (format === "csv") yield `${fields.map((name) => quoted(name)).join(",")}\r\n`;
  if (format === "json") yield "[";
  for await (const row of rows) {
    lines.push(lineOf(row, shape, count === 0));
    count += 1;
    if (lines.length < PIECE) continue;
    yield lines.join("");
    lines = [];
    onwritten(count);
  }
  yield lines.join("");
  if (format === "json") yield "\n]\n";
  onwritten(count);
}

/** A cell of CSV. */
export function cellOf(value: unknown, guarded: boolean): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : plainList(value);
  return quoted(guarded && FORMULA.test(text) ? `'${text}` : text);
}

function lineOf(row: Row, { format, fields, guarded }: Shape, isFirst: boolean): string {
  if (format === "csv") {
    return `${fields.map((name) => cellOf(row[name], guarded)).join(",")}\r\n`;
  }
  const json = JSON.stringify(Object.fromEntries(fields.map((name) => [name, row[name]])));
  return format === "ndjson" ? `${json}\n` : `${isFirst ? "" : ","}\n${json}`;
}

/** Names and ids one after another, anything else as JSON. */
function plainList(value: unknown): string {
  const isPlain = Array.isArray(value) && value.every((each) => typeof each === "string");
  const isClear = isPlain && !value.some((each) => each.includes(","));
  return isClear ? value.join(",") : JSON.stringify(value);
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
