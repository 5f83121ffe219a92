/**
 * The rows of a list, of which only those near the screen are loaded, by pages.
 *
 * What is loaded stays on the screen until it is replaced. A page that was scrolled past is no
 * longer waited for. The total is counted beside the list and never keeps it waiting.
 */
import { isAborted } from "@luge/client";
import { explain, type Problem } from "../../state/problem.ts";
import { quiet } from "../../state/quiet.ts";
import { PER_PAGE, type Listing, type Row } from "./view.ts";

/** Pages that are kept, so that scrolling back shows them at once. */
const KEPT = 60;
/** So long, in milliseconds, rows are on the screen before what lacks of them is asked for. */
const GATHERING_MS = 50;

interface Shelf {
  rows: Row[];
  /** Something changed at the server since. */
  stale: boolean;
}

export class Rows {
  /** How many there are; undefined until that is known. */
  total = $state<number>();
  /** Is something being loaded that the screen waits for? */
  loading = $state(false);
  problem = $state.raw<Problem>();
  /** Has the list been shown at least once? */
  ready = $state(false);
  /** Grows whenever rows come or go. */
  version = $state(0);

  private listing: Listing | undefined;
  private pages = new Map<number, Shelf>();
  private waiting = new Map<number, AbortController>();
  private wanted = $state.raw<readonly [number, number]>([0, 1]);
  /** The first row that is on the screen, and the one behind the last. */
  private shown: readonly [number, number] = [0, 0];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private counting: AbortController | undefined;
  /** Behind the last row that was ever loaded, while the total is not known. */
  private known = 0;

  /** How many rows to make room for. */
  get length(): number {
    void this.version;
    return this.total ?? (this.known === 0 ? 0 : this.known + PER_PAGE);
  }

  /**
   * Shows another list, from its beginning, whose first rows may be on their way already. What was
   * shown stays until they are there.
   */
  open(listing: Listing, early?: Promise<Row[]>): Promise<void> {
    this.close();
    this.listing = listing;
    this.wanted = [0, 1];
    this.pages.forEach((shelf) => (shelf.stale = true));
    const begun = this.begin(listing, early);
    quiet.hold(begun);
    return begun;
  }

  /** Ends everything that is waited for. */
  close(): void {
    this.forget();
    this.counting?.abort();
    this.waiting.forEach((controller) => controller.abort());
    this.waiting.clear();
    this.tellLoading();
  }

  /** The row at a place, if it is loaded. */
  at(index: number): Row | undefined {
    void this.version;
    return this.pages.get(Math.floor(index / PER_PAGE))?.rows[index % PER_PAGE];
  }

  /** The loaded rows of the pages that are on the screen. */
  get screen(): Row[] {
    void this.version;
    const [from, to] = this.wanted;
    const pages = Array.from({ length: to - from + 1 }, (_, at) => this.pages.get(from + at));
    return pages.flatMap((shelf) => shelf?.rows ?? []);
  }

  /** The place of a loaded row; -1 where it is not loaded. */
  indexOf(id: string): number {
    // Pages come and go without a trace for who asks.
    void this.version;
    for (const [page, { rows }] of this.pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * PER_PAGE + at;
    }
    return -1;
  }

  /**
   * These rows are on the screen: loads what lacks, soon. Where they are wholly others each time,
   * as when the scrollbar is dragged, nothing is asked for until they stay.
   */
  show(first: number, end: number): void {
    const isElsewhere = end <= this.shown[0] || first >= this.shown[1];
    this.shown = [first, end];
    const [from, to] = [first, Math.max(end - 1, first)].map((at) => Math.floor(at / PER_PAGE));
    if (from !== this.wanted[0] || to !== this.wanted[1]) this.wanted = [from!, to!];
    for (const [page, controller] of this.waiting) {
      if (this.isWanted(page)) continue;
      controller.abort();
      this.waiting.delete(page);
    }
    const lacks = this.missing().length > 0;
    if (isElsewhere || !lacks) this.forget();
    if (lacks) this.timer ??= setTimeout(() => this.fill(), GATHERING_MS);
    this.tellLoading();
  }

  /** Something changed: reads what is on the screen and the total anew. */
  async refresh(): Promise<void> {
    if (this.listing === undefined) return;
    this.pages.forEach((shelf) => (shelf.stale = true));
    const { listing } = this;
    await Promise.all([this.count(listing), ...this.missing().map((page) => this.load(page))]);
  }

  /** Puts a row as it is now in the place of the one that is loaded. */
  replace(row: Row): void {
    const index = this.indexOf(row.id);
    const shelf = this.pages.get(Math.floor(index / PER_PAGE));
    const before = shelf?.rows[index % PER_PAGE];
    if (shelf === undefined || before === undefined) return;
    shelf.rows[index % PER_PAGE] = { ...before, ...row };
    this.version += 1;
  }

  /** The rows of a range, those that are not loaded read from the server. */
  async range(first: number, end: number): Promise<Row[]> {
    const found: Row[] = [];
    for (let page = Math.floor(first / PER_PAGE); page * PER_PAGE < end; page += 1) {
      const shelf = this.pages.get(page);
      const rows = shelf && !shelf.stale ? shelf.rows : await this.read(page);
      const from = page * PER_PAGE;
      found.push(...rows.slice(Math.max(first - from, 0), Math.max(end - from, 0)));
    }
    return found;
  }

  private async begin(listing: Listing, early?: Promise<Row[]>): Promise<void> {
    const others = [...this.pages.keys()].filter((page) => page > 0);
    await this.load(0, early);
    if (this.listing !== listing || this.problem) return;
    for (const page of others) this.pages.delete(page);
    const rows = this.pages.get(0)?.rows.length ?? 0;
    this.known = rows;
    this.total = rows < PER_PAGE ? rows : undefined;
    this.ready = true;
    this.version += 1;
    if (this.total === undefined) void this.count(listing);
  }

  private async count(listing: Listing): Promise<void> {
    this.counting?.abort();
    const controller = (this.counting = new AbortController());
    try {
      const total = await listing.count({ signal: controller.signal });
      if (this.listing === listing && !controller.signal.aborted) this.total = total;
    } catch (error) {
      // The list itself tells what is wrong with it; without a total it goes on without end.
      if (!isAborted(error)) this.problem ??= explain(error);
    }
  }

  /** Asks for nothing that was to be asked for. */
  private forget(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private tellLoading(): void {
    this.loading = this.timer !== undefined || this.waiting.size > 0;
  }

  private fill(): void {
    this.timer = undefined;
    for (const page of this.missing()) void this.load(page);
    this.tellLoading();
  }

  private missing(): number[] {
    const [from, to] = this.wanted;
    const pages = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    return pages.filter((page) => {
      if (this.waiting.has(page)) return false;
      return this.pages.get(page)?.stale !== false && page * PER_PAGE < Math.max(this.length, 1);
    });
  }

  private isWanted(page: number): boolean {
    return page >= this.wanted[0] && page <= this.wanted[1];
  }

  private async load(page: number, early?: Promise<Row[]>): Promise<void> {
    const { listing } = this;
    this.waiting.get(page)?.abort();
    const controller = new AbortController();
    this.waiting.set(page, controller);
    this.tellLoading();
    try {
      const rows = await (early ?? this.read(page, controller.signal));
      if (controller.signal.aborted || listing !== this.listing) return;
      this.keep(page, rows);
      this.problem = undefined;
    } catch (error) {
      if (isAborted(error) || controller.signal.aborted) return;
      this.problem = explain(error);
    } finally {
      if (this.waiting.get(page) === controller) this.waiting.delete(page);
      this.tellLoading();
    }
  }

  private async read(page: number, signal?: AbortSignal): Promise<Row[]> {
    if (this.listing === undefined) return [];
    const options = { skipTotal: true, ...(signal && { signal }) };
    return (await this.listing.page(page + 1, PER_PAGE, options)).items;
  }

  private keep(page: number, rows: Row[]): void {
    this.pages.delete(page);
    this.pages.set(page, { rows, stale: false });
    this.known = Math.max(this.known, page * PER_PAGE + rows.length);
    const isEnd = rows.length < PER_PAGE && (rows.length > 0 || page * PER_PAGE === this.known);
    if (isEnd) this.total = page * PER_PAGE + rows.length;
    for (const other of this.pages.keys()) {
      if (this.pages.size <= KEPT) break;
      if (!this.isWanted(other)) this.pages.delete(other);
    }
    this.version += 1;
  }
}
