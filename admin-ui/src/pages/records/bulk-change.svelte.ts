/** Setting fields of all chosen records: what is to be set, what became of it, and back again. */
import type { Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import { Unreadable } from "../../fields/unreadable.ts";
import { count, t } from "../../messages/index.svelte.ts";
import { explain, type Problem } from "../../state/problem.ts";
import { toasts } from "../../state/toasts.svelte.ts";
import { putBack, readChosen, setFields, type Outcome } from "./bulk.ts";
import type { Asked, Table } from "./table.svelte.ts";
import type { Row } from "./view.ts";

/** How many records show what would happen. */
const EXAMPLES = 3;
/** Fields of these are of one record alone. */
const SINGLE = ["autodate", "file", "password"];

export class BulkChange {
  /** What is set, by field. */
  values = $state.raw<Record<string, unknown>>({});
  busy = $state(false);
  tried = $state(0);
  /** Why nothing was changed. */
  problem = $state.raw<Problem>();
  outcome = $state.raw<Outcome>();

  private ending = new AbortController();

  constructor(
    private readonly table: () => Table,
    private readonly asked: () => Asked,
  ) {}

  /** The fields that can be set for many. */
  get editable(): Field[] {
    return this.table().collection.fields.filter(
      ({ name, type, system }) => name !== "id" && !system && !SINGLE.includes(type),
    );
  }

  /** The fields that are set. */
  get chosen(): Field[] {
    return this.editable.filter(({ name }) => name in this.values);
  }

  /** Some of the records that are changed. */
  get examples(): Row[] {
    const { selection, rows } = this.table();
    if (!selection.all) return [...selection.picked.values()].slice(0, EXAMPLES);
    const first = Array.from({ length: EXAMPLES }, (_, at) => rows.at(at));
    return first.filter((row) => row !== undefined).filter(({ id }) => selection.has(id));
  }

  get ready(): boolean {
    const values = Object.values(this.values);
    return values.length > 0 && !values.some((value) => value instanceof Unreadable);
  }

  /** What is wrong with the value of a field. */
  problemOf(name: string): string | undefined {
    const value = this.values[name];
    return value instanceof Unreadable ? value.reason : this.problem?.fields[name]?.message;
  }

  /** Adds a field; it begins as the first record has it. */
  add(name: string): void {
    this.set(name, this.examples[0]?.[name] ?? "");
  }

  set(name: string, value: unknown): void {
    this.values = { ...this.values, [name]: value };
    this.problem = undefined;
  }

  leave(name: string): void {
    const { [name]: _, ...rest } = this.values;
    this.values = rest;
    this.problem = undefined;
  }

  /** Ends what is under way after the step that it is at. */
  stop(): void {
    this.ending.abort();
  }

  /** Changes them. */
  async run({ oneByOne = false } = {}): Promise<void> {
    this.busy = true;
    this.tried = 0;
    this.problem = undefined;
    this.ending = new AbortController();
    const { source, selection, rows } = this.table();
    const fields = this.chosen.map(({ name }) => name);
    try {
      const conduct = { signal: this.ending.signal, onprogress: () => {} };
      const before = await readChosen(source, this.asked(), selection, fields, conduct);
      const onprogress = (tried: number) => (this.tried = tried);
      const body = await this.body();
      const how = { ...conduct, onprogress, oneByOne };
      const outcome = await setFields(source, before, body, how);
      this.outcome = outcome;
      if (outcome.done.length > 0) tellChanged(this.table(), before, outcome.done, fields);
      await rows.refresh();
    } catch (error) {
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  }

  private async body(): Promise<Record<string, unknown>> {
    const entries = this.chosen.map(
      async ({ name, type }) => [name, await kindOf(type).sent(this.values[name])] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }
}

/** Tells that fields of records were changed, and lets that be taken back. */
export function tellChanged(
  table: Table,
  before: readonly Row[],
  after: readonly Row[],
  fields: readonly string[],
): void {
  const undo = { label: t("toast.undo"), run: () => void takeBack(table, before, after, fields) };
  toasts.done(count("bulk.changed", after.length), { actions: [undo] });
}

async function takeBack(
  { source, rows }: Table,
  before: readonly Row[],
  after: readonly Row[],
  fields: readonly string[],
): Promise<void> {
  const conduct = { signal: new AbortController().signal, onprogress: () => {} };
  try {
    const { done, failures } = await putBack(source, before, after, fields, conduct);
    const why = (message: string) => message || t("bulk.changedSince");
    const stayed = failures.map(({ id, message }) => `${id} ${why(message)}`);
    if (stayed.length > 0) toasts.bad(count("bulk.notPutBack", stayed.length), stayed);
    if (done.length > 0) toasts.done(count("bulk.putBack", done.length));
  } catch (error) {
    toasts.bad(explain(error).message);
  }
  await rows.refresh();
}
