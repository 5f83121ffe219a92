/** Looks records up by a field: what relations mean, and which records are there already. */
import type { Trouble } from "./trouble.ts";

/** The most values of one question: the server allows a filter so many comparisons and letters. */
const VALUES_MAX = 100;
const CHARS_MAX = 2000;

/** Finds the ids of the records whose field has one of the values. */
export type Find = (
  collection: string,
  field: string,
  values: string[],
) => Promise<{ id: string; value: string }[]>;

/** What the records of one collection are called by one of their fields. */
export class LookUp {
  private readonly ids = new Map<string, string[]>();

  constructor(
    private readonly collection: string,
    private readonly field: string,
    private readonly find: Find,
    /** What people call the collection. */
    private readonly name = collection,
  ) {}

  /** Asks for those of the values that are not known yet. */
  async learn(values: Iterable<string>): Promise<void> {
    const missing = [...new Set(values)].filter((value) => !this.ids.has(value));
    for (const some of parts(missing)) {
      const found = await this.find(this.collection, this.field, some);
      for (const value of some) this.ids.set(value, []);
      for (const { id, value } of found) this.ids.get(value)?.push(id);
    }
  }

  /** The one record of that value, or what is wrong; undefined where there is none. */
  idOf(value: string): string | undefined | { trouble: Trouble } {
    const ids = this.ids.get(value) ?? [];
    if (ids.length < 2) return ids[0];
    const values = { value, collection: this.name, field: this.field };
    return { trouble: { key: "import.trouble.ambiguous", values } };
  }

  /** What is wrong with a value that no record has. */
  missing(value: string): Trouble {
    const values = { value, collection: this.name, field: this.field };
    return { key: "import.trouble.notFound", values };
  }
}

function parts(values: string[]): string[][] {
  const made: string[][] = [];
  let chars = CHARS_MAX;
  for (const value of values) {
    // The name of the field and the operator stand before each of them.
    const more = value.length * 2 + 30;
    const last = made.at(-1);
    if (last === undefined || last.length >= VALUES_MAX || chars + more > CHARS_MAX) {
      made.push([value]);
      chars = more;
    } else {
      last.push(value);
      chars += more;
    }
  }
  return made;
}
