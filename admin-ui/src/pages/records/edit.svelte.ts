/**
 * Editing one cell in its place.
 *
 * Nobody's change is lost: the record is read before it is written, and written only as it was
 * read. Where the field itself is another one than when editing began, both values are shown and
 * the person decides.
 */
import { isConflict } from "@luge/client";
import type { Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import { Unreadable } from "../../fields/unreadable.ts";
import { t } from "../../messages/index.svelte.ts";
import { explain } from "../../state/problem.ts";
import { toasts } from "../../state/toasts.svelte.ts";
import type { Source } from "./source.ts";
import type { Row } from "./view.ts";

/** How long it is told that a cell was saved, in milliseconds. */
const TOLD_MS = 2_500;
/** How often a write is tried again that others were faster than. */
const TRIES = 5;

export class Edit {
  /** What is being edited. */
  field = $state.raw<Field>();
  row = $state.raw<Row>();
  /** As it was typed. */
  value = $state.raw<unknown>();
  busy = $state(false);
  problem = $state<string>();
  /** What somebody else made of the field meanwhile. */
  theirs = $state.raw<{ value: unknown }>();

  private saved = $state.raw<{ id: string; field: string }>();
  private began: unknown;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly source: Source,
    private readonly show: (row: Row) => void,
  ) {}

  /** The field of a row that is being edited. */
  fieldOf(id: string): string | undefined {
    return this.row?.id === id ? this.field?.name : undefined;
  }

  /** The field of a row that has just been saved. */
  savedOf(id: string): string | undefined {
    return this.saved?.id === id ? this.saved.field : undefined;
  }

  begin(row: Row, field: Field): void {
    this.row = row;
    this.field = field;
    this.began = this.value = row[field.name];
    this.busy = false;
    this.problem = this.theirs = undefined;
  }

  cancel(): void {
    this.row = this.field = this.problem = this.theirs = undefined;
  }

  change(value: unknown): void {
    this.value = value;
    this.problem = value instanceof Unreadable ? value.reason : undefined;
  }

  /** The record is another one now: told where it is the field that is edited. */
  heard(now: Row): void {
    const { row, field } = this;
    if (row?.id !== now.id || field === undefined || this.busy) return;
    if (same(now[field.name], this.began)) return;
    this.theirs = same(now[field.name], this.value) ? undefined : { value: now[field.name] };
  }

  /** Takes what somebody else made of the field. */
  takeTheirs(): void {
    this.cancel();
  }

  /** Goes on with one's own value, knowing the other one. */
  keepMine(): void {
    this.began = this.theirs?.value;
    this.theirs = undefined;
  }

  /** Saves it; whether editing is over. */
  async save(): Promise<boolean> {
    const { row, field, value } = this;
    if (row === undefined || field === undefined) return true;
    if (this.busy || value instanceof Unreadable || this.theirs) return false;
    if (same(value, this.began)) {
      this.cancel();
      return true;
    }
    this.busy = true;
    try {
      const before = this.began;
      const sent = await kindOf(field.type).sent(value);
      const after = await this.write(row.id, field.name, sent, before);
      if (after === undefined) return false;
      this.done(after, field.name, before);
      return true;
    } catch (error) {
      const { fields, message } = explain(error);
      this.problem = fields[field.name]?.message ?? Object.values(fields)[0]?.message ?? message;
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Sets one field of a record at once, as a menu does. */
  async set(row: Row, field: string, value: unknown): Promise<void> {
    try {
      const after = await this.write(row.id, field, value, row[field]);
      if (after === undefined) toasts.bad(t("grid.changedMeanwhile", { id: row.id }));
      else this.done(after, field, row[field]);
    } catch (error) {
      toasts.bad(explain(error).message);
    }
  }

  private done(after: Row, field: string, before: unknown): void {
    this.show(after);
    if (this.row?.id === after.id && this.field?.name === field) this.cancel();
    this.saved = { id: after.id, field };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.saved = undefined), TOLD_MS);
    const type = this.source.collection.fields.find(({ name }) => name === field)?.type;
    // The files that were there before are gone.
    const canUndo = type !== "file" && type !== "password";
    const undo = { label: t("toast.undo"), run: () => void this.undo(after, field, before) };
    toasts.done(t("grid.fieldSaved", { field }), { actions: canUndo ? [undo] : [] });
  }

  private async undo(after: Row, field: string, before: unknown): Promise<void> {
    try {
      const back = await this.write(after.id, field, before, after[field]);
      if (back === undefined) toasts.bad(t("grid.cannotUndo", { id: after.id }));
      else {
        this.show(back);
        toasts.done(t("grid.undone"));
      }
    } catch (error) {
      toasts.bad(explain(error).message);
    }
  }

  /** Writes a field while it has the value that is known; undefined where it has another one. */
  private async write(
    id: string,
    field: string,
    value: unknown,
    known: unknown,
  ): Promise<Row | undefined> {
    const { client, collection } = this.source;
    const query = client.from(collection.name);
    for (let tried = 1; ; tried += 1) {
      const now = (await query.get(id)) as Row;
      if (!same(now[field], known)) {
        if (this.row?.id === id) this.theirs = { value: now[field] };
        return undefined;
      }
      try {
        return (await query.update(id, { [field]: value }, { ifMatch: now })) as Row;
      } catch (error) {
        if (!isConflict(error) || tried === TRIES) throw error;
      }
    }
  }
}

/** Are two values of a field the same? */
export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
