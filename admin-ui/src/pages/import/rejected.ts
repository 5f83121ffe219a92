/** The file of the rows that were not imported: as they were, each with its line and the reason. */
import Papa from "papaparse";
import type { Format } from "./reading.ts";

/** What is added to each row. */
const LINE = "import_line";
const REASON = "import_reason";

export class RejectedRows {
  private readonly parts: string[] = [];

  constructor(
    private readonly format: Format,
    private readonly delimiter: string,
    private readonly columns: string[],
  ) {
    if (format === "csv") this.csv([...columns, LINE, REASON]);
  }

  add(line: number, cells: unknown[], reason: string): void {
    if (this.format === "csv") {
      const own = this.columns.map((_, at) => cells[at] ?? "");
      this.csv([...own, line, reason]);
      return;
    }
    const row = Object.fromEntries(this.columns.map((name, at) => [name, cells[at]]));
    this.parts.push(`${JSON.stringify({ ...row, [LINE]: line, [REASON]: reason })}\n`);
  }

  /** To be downloaded, under the name of the file it came from. */
  file(source: string): File {
    const stem = source.replace(/\.[^.]*$/, "");
    const csv = this.format === "csv";
    const type = csv ? "text/csv" : "application/x-ndjson";
    return new File(this.parts, `${stem}-rejected.${csv ? "csv" : "ndjson"}`, { type });
  }

  private csv(cells: unknown[]): void {
    this.parts.push(`${Papa.unparse([cells], { delimiter: this.delimiter })}\r\n`);
  }
}
