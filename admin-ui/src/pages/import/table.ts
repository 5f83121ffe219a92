/** A file as a table: the names of its columns, its first rows, and all of them in parts. */
import { guessOf, type Guess } from "./guess.ts";
import { ready, type Mapping, type Ready } from "./mapping.ts";
import { readingOf, SAMPLE_BYTES, type Reading } from "./reading.ts";
import { rowsOf, type Row } from "./rows.ts";
import { Unreadable } from "./trouble.ts";

/** What the beginning of a file shows. */
export interface Opened {
  reading: Reading;
  columns: string[];
  /** The first rows. */
  sample: unknown[][];
  /** What each column seems to hold. */
  guesses: Guess[];
}

/** Some rows, and how far the file was read. */
export interface Part {
  rows: Ready[];
  /** Bytes. */
  read: number;
  done: boolean;
}

/** How large a part may be. */
export interface PartLimits {
  rows: number;
  /** Of the file's own text. */
  chars: number;
}

/** So many rows tell what columns there are, and of which type. */
const ROWS_LOOKED_AT = 1000;
const ROWS_SHOWN = 5;

/** Looks at the beginning of a file. */
export async function open(file: File, given?: Reading): Promise<Opened> {
  if (file.size === 0) throw new Unreadable({ key: "import.trouble.emptyFile" });
  const bytes = new Uint8Array(await file.slice(0, SAMPLE_BYTES).arrayBuffer());
  const reading = given ?? readingOf(file.name, bytes, bytes.length === file.size);
  const found: Row[] = [];
  for await (const { rows } of rowsOf(file, reading)) {
    found.push(...rows);
    if (found.length > ROWS_LOOKED_AT) break;
  }
  const columns = columnsOf(found, reading);
  const first = headed(reading) ? found.slice(1) : found;
  const rows = first.slice(0, ROWS_LOOKED_AT).flatMap((row) => cellsOf(row, columns) ?? []);
  if (columns.length === 0 || rows.length === 0) throw nothingIn(first);
  return {
    reading,
    columns,
    sample: rows.slice(0, ROWS_SHOWN),
    guesses: columns.map((name, at) => guessOf(name, rows.map((cells) => cells[at]))),
  };
}

function nothingIn(rows: Row[]): Unreadable {
  const trouble = rows.find(({ trouble }) => trouble)?.trouble;
  return new Unreadable(trouble ?? { key: "import.trouble.noRows" });
}

const headed = ({ format, header }: Reading) => format === "csv" && header;

function columnsOf(rows: Row[], reading: Reading): string[] {
  if (reading.format !== "csv") {
    const names = rows.flatMap(({ value }) => (isObject(value) ? Object.keys(value) : []));
    return [...new Set(names)];
  }
  const width = rows.reduce((most, { cells }) => Math.max(most, cells?.length ?? 0), 0);
  const names = reading.header ? (rows[0]?.cells ?? []) : [];
  return distinct(Array.from({ length: width }, (_, at) => names[at]?.trim() ?? ""));
}

/** Columns need names of their own: those without are called by their position. */
function distinct(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, at) => {
    const stem = name === "" ? `column_${at + 1}` : name;
    let own = stem;
    for (let copy = 2; taken.has(own); copy += 1) own = `${stem}_${copy}`;
    taken.add(own);
    return own;
  });
}

/** Undefined where the row is none. */
function cellsOf({ cells, value, trouble }: Row, columns: string[]): [unknown[]] | undefined {
  if (trouble) return undefined;
  if (cells) return [cells];
  return isObject(value) ? [columns.map((name) => value[name])] : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All rows of a file, converted, in parts. */
export class Parts {
  private readonly source: ReturnType<typeof rowsOf>;
  private waiting: Row[] = [];
  private at = 0;
  private read = 0;
  private ended = false;
  private skip: boolean;

  constructor(
    file: File,
    reading: Reading,
    private readonly columns: string[],
    private readonly mapping: Mapping,
  ) {
    this.source = rowsOf(file, reading);
    this.skip = headed(reading);
  }

  async next(limits: PartLimits): Promise<Part> {
    const rows: Ready[] = [];
    let chars = 0;
    while (rows.length < limits.rows && chars < limits.chars) {
      const row = this.waiting[this.at];
      if (row === undefined) {
        if (this.ended) break;
        await this.more();
        continue;
      }
      this.at += 1;
      if (this.skip) {
        this.skip = false;
        continue;
      }
      rows.push(this.convert(row));
      chars += sizeOf(row);
    }
    const done = this.ended && this.at >= this.waiting.length;
    return { rows, read: this.read, done };
  }

  /** Reads no further. */
  async end(): Promise<void> {
    await this.source.return();
  }

  private async more(): Promise<void> {
    const { value } = await this.source.next();
    this.waiting = value?.rows ?? [];
    this.at = 0;
    this.read = value?.bytes ?? this.read;
    this.ended = value === undefined;
  }

  private convert(row: Row): Ready {
    const { line } = row;
    const [cells] = cellsOf(row, this.columns) ?? [];
    if (row.cells && row.cells.length > this.columns.length) {
      const values = { count: row.cells.length, columns: this.columns.length };
      return this.refused(row, { key: "import.trouble.cells", values });
    }
    const key = this.unknownKey(row.value);
    if (key !== undefined) {
      const values = { name: key, rows: ROWS_LOOKED_AT };
      return this.refused(row, { key: "import.trouble.unknownKey", values });
    }
    if (cells) return ready(line, cells, this.mapping);
    return this.refused(row, row.trouble ?? { key: "import.trouble.noObject" });
  }

  /** A key of a JSON value that none of the first rows had: it would be lost in silence. */
  private unknownKey(value: unknown): string | undefined {
    if (!isObject(value)) return undefined;
    return Object.keys(value).find((name) => !this.columns.includes(name));
  }

  private refused({ line, cells, value }: Row, trouble: Ready["trouble"]): Ready {
    const given = cells ?? (value === undefined ? [] : [value]);
    return { line, body: {}, lookUps: {}, cells: given, ...(trouble && { trouble }) };
  }
}

/** About how long a row is as text. */
function sizeOf({ cells, value }: Row): number {
  if (cells) return cells.reduce((sum, cell) => sum + cell.length, 0);
  return JSON.stringify(value ?? null).length;
}
