/** What is wrong with a row, as a text of the catalogue with its values. */
import type { Key } from "../../messages/en.ts";

export interface Trouble {
  key: Extract<Key, `import.trouble.${string}`>;
  values?: Record<string, string | number>;
  /** The field or column that it is about. */
  place?: string;
}

/** Thrown where a file cannot be read on. */
export class Unreadable extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.key);
  }
}
