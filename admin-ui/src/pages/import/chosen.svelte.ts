/**
 * The file that an import is of, and what its beginning shows. It goes from the page that creates
 * a collection to the one that fills it.
 */
import { explain, type Problem } from "../../state/problem.ts";
import { Reader } from "./reader.ts";
import type { Reading } from "./reading.ts";
import { sentence } from "./run.svelte.ts";
import type { Opened } from "./table.ts";
import { Unreadable } from "./trouble.ts";

export class Chosen {
  file = $state.raw<File>();
  opened = $state.raw<Opened>();
  problem = $state.raw<Problem>();
  busy = $state(false);
  /** How it is to be read, also where it could not be. */
  reading = $state.raw<Reading>();
  readonly reader = new Reader();

  private tries = 0;

  /** Looks at a file, in a given way or in the one that it suggests. */
  async take(file: File, reading?: Reading): Promise<void> {
    const current = ++this.tries;
    this.file = file;
    this.busy = true;
    try {
      const opened = await this.reader.open(file, reading);
      if (current !== this.tries) return;
      this.opened = opened;
      this.reading = opened.reading;
      this.problem = undefined;
    } catch (error) {
      if (current !== this.tries) return;
      this.opened = undefined;
      this.reading = reading;
      this.problem =
        error instanceof Unreadable
          ? { message: sentence(error.trouble), fields: {} }
          : explain(error);
    } finally {
      if (current === this.tries) this.busy = false;
    }
  }

  /** Reads the same file in another way. */
  async change(change: Partial<Reading>): Promise<void> {
    if (this.file && this.reading) await this.take(this.file, { ...this.reading, ...change });
  }

  forget(): void {
    this.tries += 1;
    this.busy = false;
    this.file = this.opened = this.problem = this.reading = undefined;
  }
}

let carried: Chosen | undefined;

/** Hands a file over to the next page. */
export function carry(chosen: Chosen): void {
  carried = chosen;
}

/** The file that the page before handed over, else none yet. */
export function handedOver(): Chosen {
  const chosen = carried ?? new Chosen();
  carried = undefined;
  return chosen;
}
