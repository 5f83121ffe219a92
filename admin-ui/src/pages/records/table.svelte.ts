/** The table of one collection: its rows, what is chosen in it, and how it is laid out. */
import type { Collection } from "@luge/client/admin";
import { relations } from "../../state/relations.ts";
import { changed, moved, shownOf, stepped, type Column } from "./columns.ts";
import { Edit } from "./edit.svelte.ts";
import { takeEarly } from "./first-page.ts";
import type { Spot } from "./keyboard.ts";
import type { Layouts } from "./layouts.svelte.ts";
import { Marks, type Mark } from "./marks.svelte.ts";
import { Rows } from "./rows.svelte.ts";
import { Selection } from "./selection.svelte.ts";
import { shapeOf, type Shape } from "./shape.ts";
import type { Source } from "./source.ts";
import { listingOf, relationsOf, withRelated, type Asked } from "./view.ts";

export type { Asked };

export class Table {
  readonly rows = new Rows();
  readonly selection = new Selection();
  readonly marks = new Marks();
  readonly edit: Edit;
  /** Where the keyboard is. */
  spot = $state.raw<Spot>({ row: 0, column: 0 });
  /** Grows whenever another list is shown. */
  openings = $state(0);

  /** Records that are about to be deleted. */
  private held = $state.raw<ReadonlySet<string>>(new Set());
  private readonly placed: Shape;

  constructor(
    readonly source: Source,
    readonly layouts: Layouts,
  ) {
    this.edit = new Edit(source, (row) => this.rows.replace(row));
    this.placed = $derived(shapeOf(this.collection, shownOf(this.layout), this.layouts.backs));
  }

  get collection(): Collection {
    return this.source.collection;
  }

  /** The columns, also those that are hidden. */
  get layout(): Column[] {
    return this.layouts.current;
  }

  /** What people read as the name of a column. */
  labelOf(name: string): string {
    return this.layouts.backs.find((back) => back.name === name)?.label ?? name;
  }

  /** The columns as they are drawn. */
  get shape(): Shape {
    return this.placed;
  }

  /** Shows another list. */
  open(asked: Asked): void {
    this.selection.clear();
    this.marks.clear();
    this.spot = { row: 0, column: this.spot.column };
    this.openings += 1;
    const { source, rows, collection } = this;
    const names = relationsOf(collection);
    const early = takeEarly(collection.name, asked);
    const opened = rows.open(withRelated(listingOf(source, asked), names), early?.rows);
    relations.keep(collection.name, names);
    // They were asked for before it was known what they refer to.
    const isLess = early !== undefined && early.relations.join() !== names.join();
    if (isLess) void opened.then(() => rows.refresh());
  }

  /** Changes how a column is shown. */
  change(name: string, change: Partial<Column>): void {
    this.layouts.set(changed(this.layout, name, change));
  }

  /** Moves a column before another one. */
  move(name: string, before: string): void {
    this.layouts.set(moved(this.layout, name, before));
  }

  /** Moves a column by one place. */
  step(name: string, by: -1 | 1): void {
    this.layouts.set(stepped(this.layout, name, by));
  }

  /** What has become of a row just now. */
  markOf(id: string | undefined): Mark | undefined {
    return id !== undefined && this.held.has(id) ? "gone" : this.marks.of(id);
  }

  /** Shows records as those that are about to be deleted. */
  hold(ids: readonly string[]): void {
    this.held = new Set([...this.held, ...ids]);
  }

  /** Shows them as ordinary ones again. */
  release(ids: readonly string[]): void {
    const gone = new Set(ids);
    this.held = new Set([...this.held].filter((id) => !gone.has(id)));
  }

  /** The ids of the rows before and behind one, as far as they are loaded. */
  neighboursOf(id: string): { previous?: string | undefined; next?: string | undefined } {
    const at = this.rows.indexOf(id);
    return at < 0 ? {} : { previous: this.rows.at(at - 1)?.id, next: this.rows.at(at + 1)?.id };
  }

  /** Chooses all rows from the one that was chosen last to this one. */
  async chooseRange(index: number): Promise<void> {
    this.selection.set(await this.rows.range(...this.selection.rangeTo(index)), true);
  }
}
