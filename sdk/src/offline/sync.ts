/**
 * Keeps the records what the server has: read whole once, then change by change.
 *
 * The place of the last change is kept with the records, so that after a reload only what happened
 * meanwhile is told. Where the server cannot go back that far, everything is read anew.
 */
import type { Client } from "../client.js";
import { LugeError } from "../errors.js";
import { condition, type Condition, type Fields } from "../local/condition.js";
import type { Change, Query } from "../query.js";
import { pause, Realtime, type RealtimeState } from "../realtime.js";
import type { AnySchema } from "../schema.js";
import type { Writes } from "./shelf.js";
import type { Common } from "./tabs.js";

/** A record that may not be seen any more is not told of, so now and then all is read anew. */
const READ_ANEW_MS = 24 * 60 * 60 * 1000;
const RETRY_MS = 4_000;
const PART = 1000;

/** One collection of which records are kept. */
export interface Keeper {
  collection: string;
  filter: string;
  query: Query<AnySchema, string>;
  condition: Condition;
}

/** What a query asks to keep. */
export function keeperOf(query: Query<AnySchema, string>): Keeper {
  const { filter = "", fields, expand, search } = query.asked;
  if (search !== undefined) throw new TypeError("What a search finds cannot be kept.");
  if (fields !== undefined || expand !== undefined) {
    throw new TypeError("Records are kept whole and without expand: leave select and expand out.");
  }
  return { collection: query.collection, filter, query, condition: condition(filter) };
}

type Told = { collection: string; change: Change<Fields>; place: string | undefined };

/** Follows the server, in the leading tab. */
export class Sync {
  private told: Told[] = [];
  private stale = new Set<string>();
  private wake = () => {};

  constructor(
    private readonly db: Client<AnySchema>,
    private readonly common: Common,
    private readonly keepers: Map<string, Keeper>,
    private readonly onState: (state: RealtimeState) => void,
    private readonly onError: (error: LugeError) => void,
  ) {}

  /** Reads everything anew, once it can. */
  renew(): void {
    this.stale = new Set(this.keepers.keys());
    this.wake();
  }

  /** Follows until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.wake());
    this.stale = new Set([...this.keepers.values()].filter((keeper) => this.isOld(keeper)).map(
      ({ collection }) => collection,
    ));
    while (!signal.aborted) {
      try {
        await this.follow(signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof LugeError)) throw error;
        this.onError(error);
        await pause(RETRY_MS, signal);
      }
    }
  }

  private isOld({ collection, filter }: Keeper): boolean {
    const read = this.common.replica.facts.read[collection];
    return read === undefined || read.filter !== filter || Date.now() - read.at > READ_ANEW_MS;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    // A connection of its own: its place is that of the kept records.
    const realtime = new Realtime(this.db.transport, this.db.session);
    realtime.place = this.common.replica.facts.place;
    const ended = new AbortController();
    const end = () => ended.abort();
    signal.addEventListener("abort", end);
    const leave = realtime.onState(this.onState);
    try {
      await Promise.all([...this.keepers.keys()].map((collection) => {
        const hear = (change: Change<Fields>) => {
          this.told.push({ collection, change, place: realtime.place });
          this.wake();
        };
        const onResync = () => this.renew();
        return realtime.subscribe(`${collection}/*`, hear, { signal: ended.signal, onResync });
      }));
      await this.keepUp(realtime, signal);
    } finally {
      signal.removeEventListener("abort", end);
      end();
      leave();
      this.told = [];
    }
  }

  private async keepUp(realtime: Realtime, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.noteStale();
      const told = this.told.splice(0);
      if (told.length > 0) await this.take(told);
      const [collection] = this.stale;
      const keeper = collection === undefined ? undefined : this.keepers.get(collection);
      if (keeper && this.told.length === 0) await this.readAnew(keeper, realtime.place, signal);
      else if (this.told.length === 0) {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }

  /** What has to be read anew still has to after a reload, whatever is told until then. */
  private async noteStale(): Promise<void> {
    const { facts } = this.common.replica;
    const wrong = [...this.stale].filter((collection) => facts.read[collection]);
    if (wrong.length === 0) return;
    const read = { ...facts.read };
    for (const collection of wrong) delete read[collection];
    await this.common.write({ facts: { ...facts, read } });
  }

  private async take(told: Told[]): Promise<void> {
    const { replica } = this.common;
    const latest = new Map<string, Told>();
    for (const each of told) latest.set(`${each.collection}/${each.change.record.id}`, each);
    const writes: Required<Pick<Writes, "put" | "removed">> = { put: [], removed: [] };
    // New records stand in the order in which they were made.
    const ordered = told.filter((each) => latest.get(idOf(each)) === each);
    for (const { collection, change: { action, record } } of ordered) {
      const stays = action !== "delete" && this.keepers.get(collection)?.condition(record);
      if (stays) writes.put.push(replica.keeping(collection, record));
      else writes.removed.push([collection, String(record.id)]);
    }
    const place = told.at(-1)?.place;
    await this.common.write({ ...writes, facts: { ...replica.facts, place } });
  }

  /** What is told while it is read is applied after it, so it may be read in parts. */
  private async readAnew(
    keeper: Keeper,
    place: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { collection, filter, query } = keeper;
    this.stale.delete(collection);
    try {
      const records: Fields[] = [];
      for await (const record of query.all({ signal, perPage: PART })) records.push(record);
      const { replica } = this.common;
      const put = records.map((record, at) => ({
        collection,
        id: String(record.id),
        place: at + 1,
        record,
      }));
      const read = { ...replica.facts.read, [collection]: { at: Date.now(), filter } };
      const facts = { ...replica.facts, place, read };
      await this.common.write({ emptied: [collection], put, facts });
    } catch (error) {
      this.stale.add(collection);
      throw error;
    }
  }
}

function idOf({ collection, change }: Told): string {
  return `${collection}/${change.record.id}`;
}
