/** The log as it is looked at: a page of it, or its end as it grows. */
import { isAborted } from "@luge/client";
import type { LogEntry } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { explain, type Problem } from "../../state/problem.ts";
import { FIELDS } from "./survey.ts";

const PER_PAGE = 50;
/** Most entries that are kept on the screen while they come. */
const KEPT = 500;
/** How long a tail that ended is waited for, in milliseconds. */
const AGAIN_MS = 2_000;

/** How many of the latest entries are surveyed, and how many of them are read at one time. */
export const SAMPLED = 5_000;
const SAMPLE_PAGE = 1_000;

/** The latest entries, with no more than a survey needs. */
export async function sampleOf(filter: string, signal: AbortSignal): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for (let page = 1; found.length < SAMPLED; page += 1) {
    const wanted = { filter, page, perPage: SAMPLE_PAGE, sort: "-created", fields: FIELDS };
    const { items } = await client.logs.list({ ...wanted, signal });
    found.push(...items.map((entry) => ({ ...entry, data: entry.data ?? {} })));
    if (items.length < SAMPLE_PAGE) break;
  }
  return found;
}

/** Most entries that are written. */
export const EXPORTED = 10_000;
const EXPORT_PAGE = 1_000;

/** All entries that a filter selects, newest first. */
export async function entriesOf(filter: string): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for (let page = 1; found.length < EXPORTED; page += 1) {
    const { items } = await client.logs.list({
      filter,
      page,
      perPage: EXPORT_PAGE,
      sort: "-created",
    });
    found.push(...items);
    if (items.length < EXPORT_PAGE) break;
  }
  return found;
}

export class Log {
  entries = $state.raw<LogEntry[]>([]);
  total = $state(0);
  /** Requests that could not be logged. */
  lost = $state(0);
  /** What is known of the latest entries, for what they have in common. */
  sample = $state.raw<LogEntry[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem>();
  /** How many entries went by untold while it was followed. */
  missed = $state(0);

  readonly perPage = PER_PAGE;

  /** Reads a page, newest first. */
  async read(filter: string, page: number, signal: AbortSignal): Promise<void> {
    try {
      const found = await client.logs.list({
        filter,
        page,
        perPage: PER_PAGE,
        sort: "-created",
        signal,
      });
      this.entries = found.items;
      this.total = found.totalItems;
      this.lost = found.lost ?? 0;
      this.missed = 0;
      this.problem = undefined;
      this.loaded = true;
    } catch (error) {
      if (isAborted(error)) return;
      this.problem = explain(error);
    }
  }

  /** Reads what the latest entries have in common. */
  async survey(filter: string, signal: AbortSignal): Promise<void> {
    try {
      this.sample = await sampleOf(filter, signal);
    } catch (error) {
      // The list tells of a failure.
      if (!isAborted(error)) this.sample = [];
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
            this.sample = [entry, ...this.sample].slice(0, SAMPLED);
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
