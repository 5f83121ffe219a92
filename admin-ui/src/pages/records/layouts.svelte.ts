/**
 * The columns of a collection as somebody looks at them: those that the address names, else those
 * that the person keeps, on every device.
 */
import type { Collection } from "@luge/client/admin";
import { collections } from "../../state/collections.svelte.ts";
import { go, href, place } from "../../state/location.svelte.ts";
import { preferences } from "../../state/preferences.svelte.ts";
import { backsOf, type Back } from "./back.ts";
import { fitting, plainLayout, readColumns, writeColumns, type Column } from "./columns.ts";
import { viewOf } from "./view.ts";

const KEY = "columns";
/** Changes of this time, as while a column is made wider, are kept together. */
const GATHERING_MS = 600;

export class Layouts {
  private drawn = $state.raw<Column[]>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  private readonly pointing: Back[];
  private readonly named: Column[] | undefined;

  constructor(private readonly collection: Collection) {
    this.pointing = $derived(backsOf(this.collection, collections.all));
    this.named = $derived(
      readColumns(this.collection, viewOf(place.query).columns, this.pointing),
    );
  }

  /** What can be counted in a column: the records that point at those of the table. */
  get backs(): Back[] {
    return this.pointing;
  }

  /** As it is shown. */
  get current(): Column[] {
    return this.drawn ?? this.named ?? fitting(this.collection, this.kept, this.pointing);
  }

  /** Does the address say which columns there are? */
  get isOfAddress(): boolean {
    return this.named !== undefined;
  }

  /** Shows other columns: in the address where they are of it, else as what the person keeps. */
  set(layout: Column[]): void {
    this.drawn = layout;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), GATHERING_MS);
  }

  /** Keeps the columns of the address as one's own. */
  keep(): void {
    this.remember(this.current);
    this.address("");
  }

  /** Forgets what was changed. */
  reset(): void {
    this.drawn = undefined;
    clearTimeout(this.timer);
    if (this.isOfAddress) this.address("");
    this.remember(plainLayout(this.collection, this.pointing));
  }

  /** Writes down at once what was changed. */
  settle(): void {
    clearTimeout(this.timer);
    const layout = this.drawn;
    if (layout === undefined) return;
    if (this.isOfAddress) this.address(writeColumns(layout));
    else this.remember(layout);
    this.drawn = undefined;
  }

  private get kept(): Partial<Column>[] {
    const kept = keptOf(preferences.part(KEY))[this.collection.id];
    return Array.isArray(kept) ? kept : [];
  }

  private remember(layout: Column[]): void {
    const all = keptOf(preferences.part(KEY));
    void preferences.keep(KEY, { ...all, [this.collection.id]: layout });
  }

  private address(columns: string): void {
    const query = { ...Object.fromEntries(place.query), columns };
    go(href(place.path, query), { replace: true });
  }
}

/** Layouts by the ids of their collections, whoever wrote them. */
function keptOf(part: unknown): Record<string, Column[] | undefined> {
  return typeof part === "object" && part !== null ? { ...part } : {};
}
