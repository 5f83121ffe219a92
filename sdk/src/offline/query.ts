/** Queries on kept records: the same steps and reads as on those of the server. */
import { NotFoundError } from "../errors.js";
import type { Filter, Fields as FilterFields } from "../filter.js";
import { condition } from "../local/condition.js";
import type { Fields } from "../local/condition.js";
import { orderBy } from "../local/order.js";
import type { Page, Query, SortKey } from "../query.js";
import type { CreateOf, RecordOf, SchemaLike, UpdateOf } from "../schema.js";
import { KeptLive } from "./live.js";
import type { Shown } from "./replica.js";
import { closed } from "./shelf.js";
import type { Common } from "./tabs.js";
import type { Writer } from "./writer.js";

/** A record as it is kept; `$pending` while the server has not all of it. */
export type Kept<R> = R & { readonly $pending?: true };

/** A query on the kept records of a collection. */
export class KeptQuery<S extends SchemaLike<S>, C extends keyof S & string, R = RecordOf<S, C>> {
  private select: ((records: Iterable<Shown>) => Shown[]) | undefined;
  /** The last answer, and the records that it was made of. */
  private last: { of: Map<string, Shown>; list: Shown[] } | undefined;

  constructor(
    private readonly common: Common,
    private readonly writer: Writer,
    private readonly query: Query<S, C, R>,
  ) {}

  /** Only records that match; a second `where` narrows further. */
  where(
    chosen: Filter | ((fields: FilterFields<RecordOf<S, C>>) => Filter),
  ): KeptQuery<S, C, R> {
    return new KeptQuery(this.common, this.writer, this.query.where(chosen));
  }

  /** The order, the first key first. */
  orderBy(...keys: SortKey<RecordOf<S, C>>[]): KeptQuery<S, C, R> {
    return new KeptQuery(this.common, this.writer, this.query.orderBy(...keys));
  }

  /** Every match. Rejects what only the server knows: related records, the caller, `@random`. */
  async list(): Promise<Kept<R>[]> {
    return [...this.read()];
  }

  /** One page and the totals. */
  async page(page = 1, perPage = 30): Promise<Page<Kept<R>>> {
    const all = this.read();
    const totalPages = Math.ceil(all.length / perPage);
    return { items: part(all, page, perPage), page, perPage, totalItems: all.length, totalPages };
  }

  /** The first match, or null. */
  async first(): Promise<Kept<R> | null> {
    return this.read()[0] ?? null;
  }

  /** How many records match. */
  async count(): Promise<number> {
    return this.read().length;
  }

  /** The record with this id; NotFoundError when none is kept. */
  async get(id: string): Promise<Kept<R>> {
    this.check();
    const found = this.common.replica.shown(this.query.collection).get(id);
    if (found) return found as Kept<R>;
    throw new NotFoundError("No such record is kept.", { code: "not_found", status: 404 });
  }

  /** The list, now and at every change: also a store, as `live` of `@luge/client/live` is. */
  live({ page = 1, perPage = 30 }: { page?: number; perPage?: number } = {}): KeptLive<Kept<R>> {
    const read = () => part(this.read(), page, perPage);
    return new KeptLive(this.common, this.query.collection, read);
  }

  /** Creates a record. It is there at once, under an id that others may refer to. */
  create(body: CreateOf<S, C>): Promise<Kept<R>> {
    return this.writer.create(this.query.collection, body as Fields) as Promise<Kept<R>>;
  }

  /** Changes the fields that are given. */
  update(id: string, body: UpdateOf<S, C>): Promise<Kept<R>> {
    const collection = this.query.collection;
    const write = { collection, action: "update", record: id, body: body as Fields } as const;
    return this.writer.write(write) as Promise<Kept<R>>;
  }

  /** Deletes a record. */
  async delete(id: string): Promise<void> {
    const collection = this.query.collection;
    await this.writer.write({ collection, action: "delete", record: id, body: {} });
  }

  private read(): readonly Kept<R>[] {
    this.check();
    this.select ??= this.selection();
    const of = this.common.replica.shown(this.query.collection);
    if (this.last?.of !== of) this.last = { of, list: this.select(of.values()) };
    return this.last.list as Kept<R>[];
  }

  private selection(): (records: Iterable<Shown>) => Shown[] {
    const { filter, sort } = this.query.asked;
    const matches = condition(filter);
    const inOrder = orderBy(sort);
    return (records) => inOrder([...records].filter(matches));
  }

  private check(): void {
    if (this.common.state === "closed") throw closed();
  }
}

function part<T>(all: readonly T[], page: number, perPage: number): T[] {
  return all.slice((page - 1) * perPage, page * perPage);
}
