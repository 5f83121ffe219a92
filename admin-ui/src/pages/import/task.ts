/** What the steps of an import share. */
import type { Opened } from "./table.ts";
import type { Reader } from "./reader.ts";

/** A file that was opened, and who reads it. */
export interface OpenFile {
  file: File;
  opened: Opened;
  reader: Reader;
}
