/** Pasting a block into the table: looked at first, then written as one change, or not at all. */
import { eq, or, type Client } from "@luge/client";
import type { Field } from "@luge/client/admin";
import { batch, BatchError } from "@luge/client/batch";
import { client as own } from "../../backend.ts";
import { count } from "../../messages/index.svelte.ts";
import { Attempt } from "../../state/attempt.svelte.ts";
import { explain } from "../../state/problem.ts";
import { tellChanged } from "./bulk-change.svelte.ts";
import { AT_ONCE, readByIds } from "./bulk.ts";
import { formsOf, planned, type PastedRow, type Refusal } from "./paste.ts";
import type { Forms } from "../import/values.ts";
import type { Drawn } from "./shape.ts";
import type { Table } from "./table.svelte.ts";
import type { Row } from "./view.ts";

export class PasteChange {
  readonly attempt = new Attempt();
  readonly columns: Drawn[];
  forms = $state.raw<Forms>({ numbers: "1234.5", dates: "iso", separator: "," });
  /** Undefined until the rows are read that it goes into. */
  rows = $state.raw<Row[]>();
  /** How many rows one change may have; none where the server takes no batches. */
  most = $state<number>();

  /** What the server refuses, by the row's id and the field's name. */
  private refused = $state.raw<ReadonlyMap<string, Refusal>>(new Map());
  private readonly plan: PastedRow[];

  constructor(
    private readonly table: Table,
    readonly cells: readonly string[][],
  ) {
    const { column } = table.spot;
    this.columns = table.shape.columns.slice(column, column + (cells[0]?.length ?? 0));
    this.forms = formsOf(cells, this.columns);
    this.plan = $derived(this.read());
  }

  /** What would become of the rows. */
  get planned(): PastedRow[] {
    return this.plan;
  }

  get changes(): number {
    return this.plan.flatMap(({ cells }) => cells.filter(({ refusal }) => !refusal)).length;
  }

  get refusals(): number {
    return this.plan.flatMap(({ cells }) => cells.filter(({ refusal }) => refusal)).length;
  }

  /** Cells that lie beyond the last row or column of the table. */
  get outside(): number {
    const [height, width] = [this.cells.length, this.cells[0]?.length ?? 0];
    return height * width - (this.rows?.length ?? 0) * this.columns.length;
  }

  /** Does it have more rows than one change may? */
  get tooMany(): boolean {
    return this.plan.length > Math.max(this.most ?? 0, 1);
  }

  /** Reads the rows, the related records that are named, and what the server takes at once. */
  begin(): Promise<boolean> {
    return this.attempt.run(async () => {
      const { row } = this.table.spot;
      const { batch } = await own.settings.get();
      this.most = batch.enabled ? Math.min(batch.maxRequests, AT_ONCE) : 0;
      const height = Math.min(this.cells.length, AT_ONCE);
      this.rows = await this.table.rows.range(row, row + height);
      await this.findRelated();
    });
  }

  /** Writes it; whether that was done. */
  run(): Promise<boolean> {
    return this.attempt.run(async () => {
      const { source, rows } = this.table;
      const changed = this.plan.flatMap(({ row, cells }) => {
        const set = cells.filter(({ refusal }) => !refusal);
        const body = Object.fromEntries(set.map(({ field, after }) => [field.name, after]));
        return set.length > 0 ? [{ row, body }] : [];
      });
      await this.write(changed);
      const fields = [...new Set(changed.flatMap(({ body }) => Object.keys(body)))];
      const ids = changed.map(({ row }) => row.id);
      const after = await readByIds(source, ids, fields, new AbortController().signal);
      tellChanged(this.table, changed.map(({ row }) => row), after, fields);
      await rows.refresh();
    });
  }

  private async write(changed: { row: Row; body: Record<string, unknown> }[]): Promise<void> {
    const { client, collection } = this.table.source;
    const [first] = changed;
    try {
      if (first && changed.length === 1) {
        await client.from(collection.name).update(first.row.id, first.body);
        return;
      }
      await batch(client as Client, (on) =>
        changed.map(({ row, body }) => on(collection.name).update(row.id, body)),
      );
    } catch (error) {
      const [reason, step] =
        error instanceof BatchError ? [error.reason, error.step] : [error, 0];
      const row = changed[step]?.row;
      if (row) this.refuse(row.id, explain(reason).fields);
      throw reason;
    }
  }

  private refuse(id: string, fields: Record<string, { message: string }>): void {
    const told = Object.entries(fields).map(
      ([field, { message }]) => [keyOf(id, field), { text: message }] as const,
    );
    this.refused = new Map([...this.refused, ...told]);
  }

  private read(): PastedRow[] {
    const rows = planned(this.cells, this.rows ?? [], this.columns, this.forms);
    return rows.map(({ row, cells }) => ({
      row,
      cells: cells.map((cell) => {
        const refusal = cell.refusal ?? this.refused.get(keyOf(row.id, cell.field.name));
        return refusal ? { ...cell, refusal } : cell;
      }),
    }));
  }

  /** The server takes an id that leads nowhere for no value; better that it is told before. */
  private async findRelated(): Promise<void> {
    const missing = new Map<string, Refusal>();
    for (const { field } of this.columns) {
      if (field.type !== "relation") continue;
      const named = this.plan.flatMap(({ row, cells }) =>
        cells
          .filter((cell) => cell.field.name === field.name && !cell.refusal)
          .map(({ after }) => ({ id: row.id, wanted: [after ?? []].flat().map(String) })),
      );
      const known = await this.known(field, named.flatMap(({ wanted }) => wanted));
      for (const { id, wanted } of named) {
        const value = wanted.find((each) => each !== "" && !known.has(each));
        if (value === undefined) continue;
        const key = "import.trouble.id" as const;
        missing.set(keyOf(id, field.name), { key, values: { value } });
      }
    }
    this.refused = missing;
  }

  private async known(field: Field, ids: readonly string[]): Promise<Set<string>> {
    const wanted = [...new Set(ids.filter(Boolean))];
    const found = new Set<string>();
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const some = wanted.slice(at, at + AT_ONCE);
      const query = this.table.source.client
        .from(String(field.collectionId))
        .where(or(...some.map((id) => eq("id", id))))
        .select("id");
      const { items } = await query.page(1, some.length, { skipTotal: true });
      for (const { id } of items) found.add(id);
    }
    return found;
  }
}

const keyOf = (id: string, field: string) => `${id}.${field}`;

/** What is pasted, in words. */
export const sizeOf = (cells: readonly string[][]) =>
  count("paste.title", cells.length * (cells[0]?.length ?? 0));
