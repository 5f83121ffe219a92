/** Records that lie over each other in one panel: each was opened from the one below it. */
import type { Collection } from "@luge/client/admin";
import { NEW, RecordDraft, type Saved } from "./draft.svelte.ts";
import { takeStart } from "./start.ts";

/** One record of the stack. */
export interface Level {
  draft: RecordDraft;
  /** Told the id of the record, once it has been created. */
  made?: ((id: string) => void) | undefined;
}

export class Levels {
  all = $state.raw<Level[]>([]);

  constructor(collection: Collection, id: string) {
    this.begin(collection, id);
  }

  /** The one that is seen. */
  get top(): Level {
    const top = this.all.at(-1);
    if (top === undefined) throw new Error("A panel without a record.");
    return top;
  }

  /** The one that the panel was opened with. */
  get root(): RecordDraft | undefined {
    return this.all[0]?.draft;
  }

  /** Those over (and with) a place that have changes. */
  dirtyFrom(at: number): RecordDraft[] {
    return this.all.slice(at).flatMap(({ draft }) => (draft.isDirty ? [draft] : []));
  }

  /** Shows one record, and nothing over it. */
  begin(collection: Collection, id: string): void {
    const start = id === NEW ? takeStart(collection.id) : undefined;
    this.all = [{ draft: new RecordDraft(collection, id, start) }];
  }

  push(draft: RecordDraft, made?: Level["made"]): void {
    this.all = [...this.all, { draft, made }];
  }

  /** Goes back until only so many are left. */
  keep(count: number): void {
    this.all = this.all.slice(0, count);
  }

  /** After a save: one that was asked for from below has done its work when it exists. */
  saved({ action, record }: Saved): void {
    const { made } = this.top;
    if (action !== "create" || made === undefined || this.all.length < 2) return;
    this.keep(this.all.length - 1);
    made(record.id);
  }
}
