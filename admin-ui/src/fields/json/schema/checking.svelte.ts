/** Checks a value against the schema of its field while it is edited. */
import { t } from "../../../messages/index.svelte.ts";
import type { Read } from "../value.ts";
import type { Misfit } from "./check.ts";
import type { Schema } from "./kept.ts";
import { keyOf, placesIn, type Span } from "./path.ts";
import { reasonFor } from "./words.ts";

/** What does not fit, and where. */
export interface Finding extends Span {
  /** The key of the path of the value. */
  key: string;
  reason: string;
  /** Counted from one. */
  line: number;
  column: number;
}

/** What is checked. */
export interface Given {
  schema: Schema | undefined;
  text: string;
  read: Read;
}

/** Whoever types fast is told when they pause. */
const SETTLED_MS = 120;

export class Checking {
  findings = $state.raw<Finding[]>([]);
  /** Why the schema cannot be used, if it cannot. */
  unusable = $state("");
  /** Does the value fit? Undefined while that is not known. */
  fits = $state<boolean>();

  /** To be called while a component begins; `given` is asked again whenever it changes. */
  constructor(given: () => Given) {
    $effect(() => {
      const { schema, text, read } = given();
      let left = false;
      // An empty field is checked by what is required of it, and not by its schema.
      const isChecked = schema !== undefined && !read.error && read.value !== null;
      if (!isChecked) return this.tell([]);
      const timer = setTimeout(() => {
        void import("./check.ts").then(
          ({ misfits }) => left || this.find(() => misfits(schema, read.value), text),
          () => left || this.tell([], t("problem.page")),
        );
      }, SETTLED_MS);
      return () => {
        left = true;
        clearTimeout(timer);
      };
    });
  }

  private find(misfits: () => Misfit[], text: string): void {
    try {
      const found = misfits();
      const places = found.length > 0 ? placesIn(text) : new Map<string, Span>();
      const all = found.map((misfit) => {
        const key = keyOf(misfit.path);
        const place = places.get(key) ?? { from: 0, to: 0 };
        const before = text.slice(0, place.from).split("\n");
        const column = (before.at(-1)?.length ?? 0) + 1;
        return { ...place, key, reason: reasonFor(misfit), line: before.length, column };
      });
      this.tell(all.toSorted((one, other) => one.from - other.from));
      this.fits = all.length === 0;
    } catch (error) {
      this.tell([], t("schema.unusable", { reason: String((error as Error).message) }));
    }
  }

  private tell(findings: Finding[], unusable = ""): void {
    this.findings = findings;
    this.unusable = unusable;
    this.fits = undefined;
  }
}
