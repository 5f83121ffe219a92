/** How many records collections have, as far as that has been asked. */
import { isAborted } from "@luge/client";
import type { Collection } from "@luge/client/admin";
import { client } from "../backend.ts";
import { quiet } from "./quiet.ts";

/** Counting every collection of a very large server would be rude. */
const MOST_COUNTED = 60;
const AT_ONCE = 4;

class Counts {
  private amounts = $state<Record<string, number>>({});

  /** The number of records, or undefined while it is not known. */
  of(name: string): number | undefined {
    return this.amounts[name];
  }

  /** Counts those, a few at a time, until the signal, once the view shows something. */
  async ask(collections: Collection[], signal: AbortSignal): Promise<void> {
    await quiet.wait();
    const waiting = collections.filter(({ type }) => type !== "view").slice(0, MOST_COUNTED);
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await this.count(next.name, signal);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** Forgets everything at sign-out. */
  clear(): void {
    this.amounts = {};
  }

  private async count(name: string, signal: AbortSignal): Promise<void> {
    try {
      this.amounts[name] = await client.from(name).count({ signal });
    } catch (error) {
      // The list itself tells of a failure; a missing number is only missing.
      if (!isAborted(error)) delete this.amounts[name];
    }
  }
}

export const counts = new Counts();
