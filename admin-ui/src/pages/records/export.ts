/** Records as files: CSV, a JSON list, or one JSON object a line. */
import { csvCell, quoted } from "../../state/csv.ts";
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

function lineOf(row: Row, { format, fields, guarded }: Shape, isFirst: boolean): string {
  if (format === "csv") {
    return `${fields.map((name) => csvCell(row[name], guarded)).join(",")}\r\n`;
  }
  const json = JSON.stringify(Object.fromEntries(fields.map((name) => [name, row[name]])));
  return format === "ndjson" ? `${json}\n` : `${isFirst ? "" : ","}\n${json}`;
}
