/** The log as it is looked at: a page of it, or its end as it grows. */
import { isAborted } from "@luge/client";
import type { LogEntry } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { explain, type Problem } from "../../state/problem.ts";

const PER_PAGE = 50;
/** Most entries that are kept on the screen while they come. */
const KEPT = 500;
/** How long a tail that ended is waited for, in milliseconds. */
const AGAIN_MS = 2_000;

export class Log {
  entries = $state.raw<LogEntry[]>([]);
  total = $state(0);
  /** Requests that could not be logged. */
  lost = $state(0);
  hours = $state.raw<{ date: string; total: number }[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem>();
  /** How many entries went by untold while it was followed. */
  missed = $state(0);

  readonly perPage = PER_PAGE;

  /** Reads a page, newest first. */
  async read(filter: string, page: number, signal: AbortSignal): Promise<void> {
    try {
      const [found, hours] = await Promise.all([
        client.logs.list({ filter, page, perPage: PER_PAGE, sort: "-created", signal }),
        client.logs.stats({ filter, signal }),
      ]);
      this.entries = found.items;
      this.total = found.totalItems;
      this.lost = found.lost ?? 0;
      this.missed = 0;
      this.hours = hours;
      this.problem = undefined;
      this.loaded = true;
    } catch (error) {
      if (isAborted(error)) return;
      this.problem = explain(error);
    }
  }

  /** Puts entries on top as they come, until the signal; a tail that ends is begun again. */
  async follow(filter: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await client.logs.tail({
          signal,
          filter,
          onEntry: (entry) => {
            this.entries = [entry, ...this.entries].slice(0, KEPT);
            this.total += 1;
          },
          onMissed: (writes) => (this.missed += writes),
        });
      } catch (error) {
        // Who reads it anew follows it anew, as when the server is back.
        if (!isAborted(error)) this.problem = explain(error);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
