/** How a file is read: its format, encoding and delimiter, as its beginning shows them. */
import Papa from "papaparse";

export const FORMATS = ["csv", "json", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const DELIMITERS = [",", ";", "\t", "|"] as const;

/** How a file is read. */
export interface Reading {
  format: Format;
  encoding: Encoding;
  /** Between the columns of a CSV file. */
  delimiter: string;
  /** Does the first row of a CSV file name its columns? */
  header: boolean;
}

/** How much of a file is looked at before it is read. */
export const SAMPLE_BYTES = 256 * 1024;

/** The way to read a file of this name that begins with these bytes. */
export function readingOf(name: string, bytes: Uint8Array, whole: boolean): Reading {
  const encoding = encodingOf(bytes, whole);
  const text = new TextDecoder(encoding).decode(bytes);
  const format = formatOf(name, text);
  return { format, encoding, delimiter: delimiterOf(name, text), header: true };
}

function encodingOf(bytes: Uint8Array, whole: boolean): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // Latin letters in UTF-16 have a zero on one side; no other encoding has zeros at all.
  const zeros = [0, 0];
  bytes.forEach((byte, at) => byte === 0 && (zeros[at % 2]! += 1));
  const most = bytes.length / 8;
  if (zeros[1]! > most) return "utf-16le";
  if (zeros[0]! > most) return "utf-16be";
  return isUtf8(bytes, whole) ? "utf-8" : "windows-1252";
}

function isUtf8(bytes: Uint8Array, whole: boolean): boolean {
  try {
    // A beginning may end within a character.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
    return true;
  } catch {
    return false;
  }
}

function formatOf(name: string, text: string): Format {
  if (/\.(csv|tsv|tab)$/i.test(name)) return "csv";
  if (/\.(ndjson|jsonl)$/i.test(name)) return "ndjson";
  const start = text.trimStart();
  if (start.startsWith("[") && /^\[\s*(\{|\])/.test(start)) return "json";
  if (start.startsWith("{")) return "ndjson";
  return "csv";
}

function delimiterOf(name: string, text: string): string {
  if (/\.(tsv|tab)$/i.test(name)) return "\t";
  const { meta } = Papa.parse(text.slice(0, 50_000), {
    preview: 20,
    delimitersToGuess: [...DELIMITERS],
  });
  return meta.delimiter;
}
