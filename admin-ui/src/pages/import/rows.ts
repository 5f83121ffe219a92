/**
 * The rows of a file, from a stream: no more of it is ever held than one piece and the row that
 * goes on into the next. Every row knows the line it begins in.
 */
import Papa from "papaparse";
import type { Encoding, Reading } from "./reading.ts";
import { Unreadable, type Trouble } from "./trouble.ts";

/** One row: the cells of a CSV file, or one JSON value. */
export interface Row {
  line: number;
  cells?: string[];
  value?: unknown;
  trouble?: Trouble;
}

/** No row is longer: one that is mostly lacks its closing quote or bracket. */
const ROW_CHARS_MAX = 16 * 1024 * 1024;

/** The rows, some at a time, with the bytes read so far. */
export async function* rowsOf(
  file: Blob,
  reading: Reading,
): AsyncGenerator<{ rows: Row[]; bytes: number }, void> {
  const splitter = splitterOf(reading);
  for await (const { text, bytes } of textOf(file, reading.encoding)) {
    const rows = splitter.take(text);
    if (splitter.left > ROW_CHARS_MAX) {
      throw new Unreadable({ key: "import.trouble.endless", values: { line: splitter.line } });
    }
    yield { rows, bytes };
  }
  yield { rows: splitter.end(), bytes: file.size };
}

async function* textOf(
  file: Blob,
  encoding: Encoding,
): AsyncGenerator<{ text: string; bytes: number }, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const reader = file.stream().getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (value) bytes += value.byteLength;
      const text = decode(decoder, value, !done, bytes);
      if (text !== "") yield { text, bytes };
      if (done) return;
    }
  } finally {
    await reader.cancel();
  }
}

function decode(
  decoder: TextDecoder,
  value: Uint8Array | undefined,
  stream: boolean,
  bytes: number,
): string {
  try {
    return decoder.decode(value, { stream });
  } catch {
    throw new Unreadable({
      key: "import.trouble.encoding",
      values: { encoding: decoder.encoding.toUpperCase(), bytes },
    });
  }
}

/** Cuts text that comes in pieces into rows. */
interface Splitter {
  /** How much is held back until more comes, in characters. */
  readonly left: number;
  /** The line that what is held back begins in. */
  readonly line: number;
  take(text: string): Row[];
  end(): Row[];
}

function splitterOf({ format, delimiter }: Reading): Splitter {
  if (format === "csv") return new CsvSplitter(delimiter);
  return format === "json" ? new ArraySplitter() : new LineSplitter();
}

/** Line ends, within a cell too. */
const lineEnds = (text: string) => text.match(/\r\n|\n|\r/g)?.length ?? 0;

class CsvSplitter implements Splitter {
  line = 1;
  private held = "";
  private newline: "\n" | "\r\n" | "\r" | undefined;

  constructor(private readonly delimiter: string) {}

  get left(): number {
    return this.held.length;
  }

  take(text: string): Row[] {
    this.held += text;
    // A carriage return at the very end may be half of a line end.
    if (this.newline === undefined && !/[\r\n][^]/.test(this.held)) return [];
    return this.parse(true);
  }

  end(): Row[] {
    const rows = this.held === "" ? [] : this.parse(false);
    this.held = "";
    return rows;
  }

  private parse(more: boolean): Row[] {
    this.newline ??= newlineOf(this.held);
    const parser = new Papa.Parser({ delimiter: this.delimiter, newline: this.newline });
    const { data, errors, meta } = parser.parse(this.held, 0, more) as Papa.ParseResult<string[]>;
    this.held = more ? this.held.slice(meta.cursor) : "";
    const wrong = new Set(errors.map(({ row }) => row));
    const rows: Row[] = [];
    data.forEach((cells, at) => {
      const row: Row = { line: this.line, cells };
      if (wrong.has(at)) row.trouble = { key: "import.trouble.quotes" };
      this.line += 1;
      for (const cell of cells) if (/[\r\n]/.test(cell)) this.line += lineEnds(cell);
      const empty = cells.every((cell) => cell.trim() === "");
      if (!empty || row.trouble) rows.push(row);
    });
    return rows;
  }
}

/** The line end that comes first outside of quotes. */
function newlineOf(text: string): "\n" | "\r\n" | "\r" {
  const found = /\r\n|\n|\r/.exec(text.replace(/"[^"]*"/g, ""))?.[0];
  return found === "\r\n" || found === "\r" ? found : "\n";
}

class LineSplitter implements Splitter {
  line = 1;
  private held = "";

  get left(): number {
    return this.held.length;
  }

  take(text: string): Row[] {
    const lines = (this.held + text).split("\n");
    this.held = lines.pop() ?? "";
    return lines.flatMap((line) => this.row(line));
  }

  end(): Row[] {
    const rows = this.row(this.held);
    this.held = "";
    return rows;
  }

  private row(text: string): Row[] {
    const { line } = this;
    this.line += 1;
    return text.trim() === "" ? [] : [parsed(text, line)];
  }
}

/** Finds the elements of one array, without reading them as one value. */
class ArraySplitter implements Splitter {
  line = 1;
  private held = "";
  /** Up to where `held` was looked at. */
  private at = 0;
  private depth = 0;
  private quoted = false;
  private state: "before" | "within" | "behind" = "before";

  get left(): number {
    return this.held.length;
  }

  take(text: string): Row[] {
    this.held += text;
    const rows: Row[] = [];
    let start = 0;
    for (; this.at < this.held.length; this.at += 1) {
      const end = this.step(this.held[this.at]!);
      if (end === "start") start = this.skip(start);
      if (end !== "element") continue;
      rows.push(...this.element(start));
      start = this.at + 1;
    }
    this.held = this.held.slice(start);
    this.at -= start;
    return rows;
  }

  end(): Row[] {
    if (this.state === "behind") return [];
    const key =
      this.state === "before" ? "import.trouble.noArray" : "import.trouble.unfinishedArray";
    return [{ line: this.line, trouble: { key } }];
  }

  private skip(start: number): number {
    this.line += lineEnds(this.held.slice(start, this.at));
    return this.at + 1;
  }

  /** Does the array start here, or does an element end here? */
  private step(letter: string): "start" | "element" | undefined {
    if (this.quoted) {
      if (letter === "\\") this.at += 1;
      else if (letter === '"') this.quoted = false;
      return undefined;
    }
    if (this.state === "before") {
      if (letter === "[") {
        this.state = "within";
        return "start";
      }
      if (/[^\s\ufeff]/.test(letter)) throw new Unreadable({ key: "import.trouble.noArray" });
      return undefined;
    }
    if (this.state === "behind") {
      if (/\S/.test(letter)) throw new Unreadable({ key: "import.trouble.behindArray" });
      return undefined;
    }
    return this.within(letter);
  }

  private within(letter: string): "element" | undefined {
    if (letter === '"') this.quoted = true;
    else if (letter === "{" || letter === "[") this.depth += 1;
    else if (this.depth > 0 && (letter === "}" || letter === "]")) this.depth -= 1;
    else if (this.depth === 0 && letter === "]") {
      this.state = "behind";
      return "element";
    } else if (this.depth === 0 && letter === ",") return "element";
    return undefined;
  }

  private element(start: number): Row[] {
    const text = this.held.slice(start, this.at);
    const blank = text.length - text.trimStart().length;
    this.line += lineEnds(text.slice(0, blank));
    const row = parsed(text, this.line);
    this.line += lineEnds(text.slice(blank));
    // Behind the last one there may be nothing.
    return text.trim() === "" && this.state === "behind" ? [] : [row];
  }
}

function parsed(text: string, line: number): Row {
  try {
    return { line, value: JSON.parse(text.replace(/^\ufeff/, "")) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    return { line, trouble: { key: "import.trouble.notJson", values: { reason } } };
  }
}
