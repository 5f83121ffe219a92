/**
 * A record while it is edited: what is stored, what was changed, and what went wrong.
 *
 * A save says which record it was made to. When that has changed in between, nothing is written,
 * and somebody decides field by field.
 */
import { isConflict, isNotFound, type FieldProblem, type StoredRecord } from "@luge/client";
import type { Collection, Field } from "@luge/client/admin";
import { untrack } from "svelte";
import { client } from "../../backend.ts";
import { kindOf } from "../../fields/index.ts";
import { Unreadable } from "../../fields/unreadable.ts";
import { explain, type Problem } from "../../state/problem.ts";
import { keep, placeOf, read } from "./kept.ts";
import { differences, isWritable, merged, same, type Difference, type Values } from "./merge.ts";

/** A record as the server shows it. */
export type Stored = StoredRecord & Values;

/** What a save did. */
export interface Saved {
  action: "create" | "update";
  record: Stored;
}

/** The id that stands for a record that is yet to be created. */
export const NEW = "new";

export class RecordDraft {
  /** The record as it was last read; undefined until then, and while it is new. */
  stored = $state.raw<Stored>();
  /** The values that were changed, by their fields. */
  edits = $state.raw<Values>({});
  problem = $state.raw<Problem>();
  busy = $state(false);
  /** When the changes were made that a reload brought back. */
  restoredFrom = $state<string>();
  /** What others changed since, which has to be decided before a save. */
  conflict = $state.raw<Difference[]>();
  /** Others changed it: `shown` already, or `waiting` for a decision; or it was `deleted`. */
  elsewhere = $state<"shown" | "waiting" | "deleted">();
  /** Is what others changed being compared? */
  comparing = $state(false);
  /** There is no such record. */
  missing = $state(false);
  /** Whose id it is; `new` until it has been created. */
  id = $state("");

  private bases: Values = {};
  private key = "";
  private stale = false;

  constructor(
    readonly collection: Collection,
    id: string,
    /** What a new record begins with. */
    start: Values = {},
  ) {
    this.id = id;
    if (this.isNew) this.edits = start;
  }

  get isNew(): boolean {
    return this.id === NEW;
  }

  /** The fields that are shown, in their order. */
  get fields(): Field[] {
    return this.collection.fields.filter(({ name }) => name !== "tokenKey");
  }

  /** Those that were changed. */
  get changed(): string[] {
    return Object.keys(this.edits);
  }

  get isDirty(): boolean {
    return this.changed.length > 0;
  }

  /** The value of a field as it is on the screen. */
  value({ name, default: initial }: Field): unknown {
    if (name in this.edits) return this.edits[name];
    return this.stored === undefined ? initial : this.stored[name];
  }

  /** What is wrong with a field; a nested problem is told at the field. */
  problemOf(name: string): string | undefined {
    const value = this.edits[name];
    if (value instanceof Unreadable) return value.reason;
    const found = Object.entries(this.problem?.fields ?? {}).find(([path]) => isOf(path, name));
    return found?.[1].message;
  }

  /** Problems that belong to no field on the screen. */
  get strayProblems(): [string, FieldProblem][] {
    const names = this.fields.map(({ name }) => name);
    return Object.entries(this.problem?.fields ?? {}).filter(
      ([path]) => !names.some((name) => isOf(path, name)),
    );
  }

  set(field: Field, value: unknown): void {
    const { name } = field;
    const { [name]: _, ...others } = this.edits;
    const before = this.stored === undefined ? field.default : this.stored[name];
    const isBack = value === undefined || (!(value instanceof Unreadable) && same(value, before));
    this.edits = isBack ? others : { ...others, [name]: value };
    if (!(name in this.bases)) this.bases = { ...this.bases, [name]: before };
    if (this.problem && name in this.problem.fields) this.forgive(name);
    this.keep();
  }

  /** Takes the changes back: one, or all. */
  undo(name?: string): void {
    const { [name ?? ""]: _, ...others } = this.edits;
    this.edits = name === undefined ? {} : others;
    if (name === undefined) this.problem = this.restoredFrom = this.conflict = undefined;
    else this.forgive(name);
    this.keep();
  }

  /** Would something be lost that is not kept as a draft, such as a file or a password? */
  get wouldLose(): boolean {
    const kept = read(localStorage, this.place())?.edits ?? {};
    return this.changed.some((name) => !(name in kept));
  }

  /** Reads the record once, and what was kept of changes to it. */
  async open(): Promise<void> {
    if (this.isNew) return this.restore();
    if (this.stored) return this.lookAgain();
    this.busy = true;
    this.problem = undefined;
    try {
      this.stored = await this.query().get(this.id);
      this.restore();
    } catch (error) {
      this.missing = isNotFound(error);
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  }

  /** Saves; what it did, or undefined where it did not. */
  async save(): Promise<Saved | undefined> {
    this.comparing = this.conflict !== undefined;
    if (this.busy || this.conflict || (!this.isDirty && !this.isNew)) return undefined;
    const unreadable = Object.values(this.edits).some((value) => value instanceof Unreadable);
    if (unreadable) return undefined;
    this.busy = true;
    this.problem = undefined;
    try {
      const record = await this.write(await this.body());
      const action = this.isNew ? "create" : "update";
      this.forget();
      this.stored = record;
      this.id = record.id;
      return { action, record };
    } catch (error) {
      if (isConflict(error) && !this.isNew) await this.compare();
      else if (isNotFound(error) && !this.isNew) this.elsewhere = "deleted";
      else this.problem = explain(error);
      return undefined;
    } finally {
      this.busy = false;
      if (this.stale) void this.lookAgain();
    }
  }

  /** Takes the decisions over; the changes that are left can be saved then. */
  decide(decided: Difference[]): void {
    this.edits = merged(this.edits, decided);
    this.conflict = this.elsewhere = undefined;
    this.comparing = false;
    this.rebase();
  }

  /** Somebody wrote the record, perhaps this very page: looks what it is now. */
  async lookAgain(): Promise<void> {
    this.stale = this.busy;
    const { stored } = this;
    if (this.busy || stored === undefined) return;
    try {
      const now = await this.query().renew(stored);
      if (now === stored || this.stored !== stored || this.busy) return;
      this.take(now);
    } catch (error) {
      if (isNotFound(error)) this.elsewhere = "deleted";
      else this.problem = explain(error);
    }
  }

  /** What another record like this one begins with. */
  copy(): Values {
    const own = this.fields.filter(
      (field) => isWritable(field) && !["password", "file"].includes(field.type),
    );
    const values = own.map((field): [string, unknown] => [field.name, this.value(field)]);
    return Object.fromEntries(
      values.filter(([, value]) => !same(value, undefined) && !(value instanceof Unreadable)),
    );
  }

  /** Forgets the changes, here and where they were kept. */
  forget(): void {
    this.edits = {};
    this.bases = {};
    this.problem = this.restoredFrom = this.elsewhere = this.conflict = undefined;
    this.keep();
  }

  private query() {
    return client.from(this.collection.name);
  }

  /** Others' values where nothing was changed here; else what both changed is to be decided. */
  private take(now: Stored): void {
    const found = differences(this.fields, this.basesNow(), this.edits, now);
    this.stored = now;
    if (this.isDirty && found.length > 0) {
      this.conflict = found;
      this.elsewhere = "waiting";
    } else {
      this.elsewhere = found.length > 0 ? "shown" : undefined;
      this.rebase();
    }
  }

  private async compare(): Promise<void> {
    try {
      const theirs: Stored = await this.query().get(this.id);
      this.take(theirs);
      this.comparing = this.conflict !== undefined;
    } catch (error) {
      if (isNotFound(error)) this.elsewhere = "deleted";
      else this.problem = explain(error);
    }
  }

  private basesNow(): Values {
    return { ...this.stored, ...this.bases };
  }

  private rebase(): void {
    this.bases = Object.fromEntries(this.changed.map((name) => [name, this.stored?.[name]]));
    this.keep();
  }

  private async body(): Promise<Values> {
    const body: Values = {};
    for (const field of this.collection.fields) {
      if (!(field.name in this.edits)) continue;
      body[field.name] = await kindOf(field.type).sent(this.edits[field.name]);
      const isAccount = this.collection.type === "auth" && field.name === "password";
      if (isAccount) body.passwordConfirm = body.password;
    }
    return body;
  }

  private write(body: Values): Promise<Stored> {
    if (!this.isNew) return this.query().update(this.id, body, { ifMatch: this.stored ?? "" });
    // Sent again after an answer that was lost, it creates nothing twice.
    this.key ||= crypto.randomUUID();
    return this.query().create(body, { idempotencyKey: this.key });
  }

  private restore(): void {
    const kept = read(localStorage, this.place());
    if (kept === undefined || this.isDirty) return;
    const names = this.fields.filter(isWritable).map(({ name }) => name);
    const known = Object.entries(kept.edits).filter(([name]) => names.includes(name));
    const left = known.filter(([name, value]) => !same(value, this.stored?.[name]));
    if (left.length === 0) return this.keep();
    this.edits = Object.fromEntries(left);
    this.bases = kept.bases;
    this.restoredFrom = kept.at;
    if (this.stored) this.take(this.stored);
  }

  private keep(): void {
    // Another body is another request.
    this.key = "";
    const draft = { edits: this.edits, bases: this.bases, at: new Date().toISOString() };
    untrack(() => keep(localStorage, this.place(), this.collection.fields, draft));
  }

  private place(): string {
    return placeOf(client.session.record?.id ?? "", this.collection.id, this.id);
  }

  private forgive(name: string): void {
    if (this.problem === undefined) return;
    const fields = Object.entries(this.problem.fields).filter(([path]) => !isOf(path, name));
    this.problem =
      fields.length === 0 && Object.keys(this.problem.fields).length > 0
        ? undefined
        : { ...this.problem, fields: Object.fromEntries(fields) };
  }
}

const isOf = (path: string, name: string) =>
  path === name ||
  path.startsWith(`${name}.`) ||
  (name === "password" && path === "passwordConfirm");
