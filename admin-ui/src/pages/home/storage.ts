/** How what is stored is shown: the largest first, as parts of the largest. */
import type { CollectionStorage, Storage } from "@luge/client/admin";

/** A collection as it is shown. */
export interface Row {
  name: string;
  records: number;
  recordBytes: number | undefined;
  indexBytes: number | undefined;
  files: number | undefined;
  /** With the kept previews. */
  fileBytes: number | undefined;
  /** Of all that is known. */
  bytes: number;
}

/** How many bars there are at most; the table has them all. */
export const BARS_MAX = 8;

/** Every collection, the largest first; system collections that hold nothing are left out. */
export function rowsOf(storage: Storage, own: ReadonlySet<string>): Row[] {
  return storage.collections
    .map(rowOf)
    .filter(({ name, records, bytes }) => own.has(name) || records > 0 || bytes > 0)
    .toSorted(
      (one, other) =>
        other.bytes - one.bytes ||
        other.records - one.records ||
        one.name.localeCompare(other.name),
    );
}

function rowOf(found: CollectionStorage): Row {
  const { name, records, recordBytes, indexBytes, files, fileBytes, previewBytes } = found;
  const whole = fileBytes === null ? undefined : fileBytes + (previewBytes ?? 0);
  return {
    name,
    records,
    recordBytes: recordBytes ?? undefined,
    indexBytes: indexBytes ?? undefined,
    files: files ?? undefined,
    fileBytes: whole,
    bytes: (recordBytes ?? 0) + (indexBytes ?? 0) + (whole ?? 0),
  };
}

/** A part of a bar: what it is, and its share of the longest bar in percent. */
export interface Part {
  name: "records" | "indexes" | "files";
  share: number;
}

/** The parts of a row's bar, where the longest bar is that of `most` bytes. */
export function partsOf(row: Row, most: number): Part[] {
  const parts = [
    ["records", row.recordBytes],
    ["indexes", row.indexBytes],
    ["files", row.fileBytes],
  ] as const;
  return parts.flatMap(([name, bytes]) => {
    const share = most > 0 ? (100 * (bytes ?? 0)) / most : 0;
    return share > 0 ? [{ name, share }] : [];
  });
}
