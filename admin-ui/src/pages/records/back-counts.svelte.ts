/**
 * How many records of other collections point at the rows on the screen. Each column is one
 * request, sent again whenever rows come, go or change, here or where they are pointed at from.
 */
import { isAborted } from "@luge/client";
import { getContext, setContext, untrack } from "svelte";
import { explain } from "../../state/problem.ts";
import { countingOf, type Back } from "./back.ts";
import { AT_ONCE } from "./bulk.ts";
import type { Table } from "./table.svelte.ts";

/** What happens in this time, in milliseconds, is counted together. */
const GATHERING_MS = 120;

/** What is known of a column. */
interface Found {
  counts: ReadonlyMap<string, number>;
  /** Why it could not be counted. */
  problem?: string;
}

export class BackCounts {
  private found = $state.raw<ReadonlyMap<string, Found>>(new Map());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private counting = new AbortController();
  private readonly shown: Back[];
  private readonly places: string;

  constructor(private readonly table: Table) {
    this.shown = $derived(this.table.shape.columns.flatMap(({ back }) => back ?? []));
    this.places = $derived(
      JSON.stringify([...new Set(this.shown.map(({ collection }) => collection.name))].sort()),
    );
  }

  /** How many point at a record; undefined while that is not known. */
  of(back: Back, id: string): number | undefined {
    return this.found.get(back.name)?.counts.get(id);
  }

  /** Why the numbers of a column are not known. */
  problemOf(back: Back): string | undefined {
    return this.found.get(back.name)?.problem;
  }

  /** Keeps the numbers as the server has them. Call it while a component is set up. */
  follow(): void {
    $effect(() => {
      void [this.shown, this.table.rows.version, this.table.rows.screen];
      untrack(() => this.soon());
    });
    $effect(() => {
      const controller = new AbortController();
      for (const name of JSON.parse(this.places) as string[]) {
        untrack(() => this.listen(name, controller.signal));
      }
      return () => controller.abort();
    });
    $effect(() => () => {
      clearTimeout(this.timer);
      this.counting.abort();
    });
  }

  private listen(name: string, signal: AbortSignal): void {
    const soon = () => this.soon();
    const query = this.table.source.client.from(name).select("id");
    // Where changes are not told, the numbers are those of when the rows were read.
    query.subscribe(soon, { signal, onResync: soon }).catch(() => undefined);
  }

  private soon(): void {
    this.timer ??= setTimeout(() => void this.count(), GATHERING_MS);
  }

  private async count(): Promise<void> {
    this.timer = undefined;
    this.counting.abort();
    const { signal } = (this.counting = new AbortController());
    const ids = this.table.rows.screen.map(({ id }) => id).slice(0, AT_ONCE);
    if (ids.length === 0) return;
    await Promise.all(this.shown.map((back) => this.countOne(back, ids, signal)));
  }

  private async countOne(back: Back, ids: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      const counts = await this.read(back, ids, signal);
      this.keep(back.name, { counts });
    } catch (error) {
      if (isAborted(error) || signal.aborted) return;
      this.keep(back.name, { counts: new Map(), problem: explain(error).message });
    }
  }

  private async read(
    back: Back,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, number>> {
    const { where, group, having } = countingOf(back, ids);
    const query = this.table.source.client.from(back.collection.name).where(where);
    const perPage = ids.length;
    const asked = { group: [group] as never[], perPage, signal, ...(having && { having }) };
    const { items } = await query.aggregate(asked);
    const counts = new Map(ids.map((id) => [id, 0]));
    for (const item of items) {
      const key = (item as unknown as { group: Record<string, unknown> }).group[group];
      if (counts.has(String(key))) counts.set(String(key), item.count);
    }
    return counts;
  }

  private keep(name: string, found: Found): void {
    this.found = new Map(this.found).set(name, found);
  }
}

const KEY = Symbol("back counts");

/** Hands the numbers to the cells below. */
export const provideBackCounts = (counts: BackCounts) => setContext(KEY, counts);

/** The numbers of the table that a cell is in. */
export const backCounts = () => getContext<BackCounts>(KEY);
