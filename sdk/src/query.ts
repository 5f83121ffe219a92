/** Queries: what to read from a collection, and the four ways to change it. */
import { NotFoundError } from "./errors.js";
import { and, fieldsOf, type Fields, Filter } from "./filter.js";
import type { CreateOf, RecordOf, SchemaLike, UpdateOf } from "./schema.js";
import { path, type RequestOptions, type Transport } from "./transport.js";

/** One page of records. */
export interface Page<R> {
  items: R[];
  page: number;
  perPage: number;
  totalItems: number;
  totalPages: number;
}

/** A field to sort by; `-` in front means largest first. */
export type SortKey<R> =
  (keyof R & string) | `-${keyof R & string}` | "@random" | "@rowid" | "-@rowid";

interface Plan {
  readonly filter?: Filter;
  readonly sort?: string;
  readonly fields?: string;
}

const MOST_PER_PAGE = 1000;

/** A query on one collection. Each step makes a new one, so a query can be kept and built on. */
export class Query<S extends SchemaLike<S>, C extends keyof S & string, R = RecordOf<S, C>> {
  constructor(
    private readonly transport: Transport,
    /** The name of the collection. */
    readonly collection: C,
    private readonly plan: Plan = {},
  ) {}

  /** Only records that match; a second `where` narrows further. */
  where(condition: Filter | ((fields: Fields<RecordOf<S, C>>) => Filter)): Query<S, C, R> {
    const made = condition instanceof Filter ? condition : condition(fieldsOf());
    const filter = this.plan.filter === undefined ? made : and(this.plan.filter, made);
    return this.with<R>({ filter });
  }

  /** The order, the first key first. */
  orderBy(...keys: SortKey<RecordOf<S, C>>[]): Query<S, C, R> {
    return this.with<R>({ sort: keys.join(",") });
  }

  /** Only these fields of each record. */
  select<F extends keyof RecordOf<S, C> & string>(
    ...fields: F[]
  ): Query<S, C, Pick<RecordOf<S, C>, F>> {
    return this.with({ fields: fields.join(",") });
  }

  /** One page and the totals. */
  page(page = 1, perPage = 30, options: RequestOptions = {}): Promise<Page<R>> {
    return this.list(page, perPage, false, options);
  }

  /** Every record, page by page: `for await (const post of db.from("posts").all())`. */
  async *all(options: RequestOptions & { perPage?: number } = {}): AsyncGenerator<R, void> {
    const size = Math.min(Math.max(1, options.perPage ?? MOST_PER_PAGE), MOST_PER_PAGE);
    for (let number = 1; ; number += 1) {
      const { items } = await this.list(number, size, true, options);
      yield* items;
      if (items.length < size) return;
    }
  }

  /** The first match, or null. */
  async first(options: RequestOptions = {}): Promise<R | null> {
    const { items } = await this.list(1, 1, true, options);
    return items[0] ?? null;
  }

  /** How many records match. */
  async count(options: RequestOptions = {}): Promise<number> {
    return (await this.with({ fields: "id" }).list(1, 1, false, options)).totalItems;
  }

  /** The record with this id; NotFoundError when there is none. */
  async get(id: string, options: RequestOptions = {}): Promise<R> {
    return this.transport.send(this.place(id), { ...options, query: this.shape() });
  }

  /** Creates a record. */
  create(body: CreateOf<S, C>, options: RequestOptions = {}): Promise<R> {
    const query = this.shape();
    return this.transport.send(this.place(), { ...options, method: "POST", body, query });
  }

  /** Changes the fields that are given. */
  async update(id: string, body: UpdateOf<S, C>, options: RequestOptions = {}): Promise<R> {
    const query = this.shape();
    return this.transport.send(this.place(id), { ...options, method: "PATCH", body, query });
  }

  /** Deletes a record. */
  async delete(id: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(this.place(id), { ...options, method: "DELETE" });
  }

  private with<Narrowed>(more: Plan): Query<S, C, Narrowed> {
    return new Query(this.transport, this.collection, { ...this.plan, ...more });
  }

  private list(
    page: number,
    perPage: number,
    skipTotal: boolean,
    options: RequestOptions,
  ): Promise<Page<R>> {
    const { filter, sort } = this.plan;
    return this.transport.send(this.place(), {
      ...options,
      query: {
        page,
        perPage,
        skipTotal: skipTotal || undefined,
        filter: filter && String(filter),
        sort,
        ...this.shape(),
      },
    });
  }

  private shape(): { fields: string | undefined } {
    return { fields: this.plan.fields };
  }

  /** An empty id would address the whole collection, so it is refused before it is sent. */
  private place(id?: string): string {
    if (id === "") {
      throw new NotFoundError("A record's id cannot be empty.", { code: "not_found", status: 404 });
    }
    const records = `/api/collections${path(this.collection)}/records`;
    return id === undefined ? records : records + path(id);
  }
}
