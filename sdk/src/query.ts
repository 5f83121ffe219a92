/** Queries: what to read from a collection, and the ways to change it. */
import { columns, type Aggregation, type Column, type Group } from "./aggregate.js";
import { NotFoundError } from "./errors.js";
import { and, fieldsOf, type Fields, Filter } from "./filter.js";
import type { Realtime, TopicOptions } from "./realtime.js";
import type { CreateOf, Expanded, ExpandPath, RecordOf, SchemaLike, UpdateOf } from "./schema.js";
import { path, tagOf, type Outgoing, type RequestOptions, type Transport } from "./transport.js";

/** One page of records. */
export interface Page<R> {
  items: R[];
  page: number;
  perPage: number;
  totalItems: number;
  totalPages: number;
  /** There are more hits of a search than the totals say. */
  totalIsLeast?: boolean;
}

/** A change of a record, as it is told: the record after it, before it where it was deleted. */
export interface Change<R> {
  action: "create" | "update" | "delete";
  record: R;
}

/** How changes are listened to. */
export type SubscribeOptions = Pick<TopicOptions, "signal" | "headers" | "onResync">;

/** A part of a list, and where the next one begins. */
export interface Slice<R> {
  items: R[];
  perPage: number;
  /** To hand to `slice` for what comes behind; null at the end. */
  nextCursor: string | null;
}

/** How words are found. */
export interface SearchOptions<H extends string = never> {
  /** The searched fields, or `*`, of which each hit shows what was found. */
  highlight?: readonly H[];
  /** `exact` counts all hits; by default they are counted up to 1,000. */
  total?: "estimate" | "exact";
  /** Waits until everything is found that was written before. */
  fresh?: boolean;
}

/** What a search adds to a record. */
export interface Hit<H extends string = never> {
  "@search": {
    /** Between 0 and 1. */
    score: number;
    /** HTML, escaped, with `<mark>` around what was found; fields without words are left out. */
    highlights: [H] extends [never] ? undefined : Highlights<H>;
  };
}
type Highlights<H extends string> = { [F in H as F extends "*" ? string : F]?: string };

/** How a page is read. */
export interface PageOptions extends RequestOptions {
  /** Does not count: both totals are -1. */
  skipTotal?: boolean;
}

/** A write that happens only to what the caller has seen. */
export interface WriteOptions extends RequestOptions {
  /**
   * The record as the same query read it, or its tag: when it has changed in between, nothing
   * happens, and a ConflictError has it as it is now.
   */
  ifMatch?: object | string;
}

/** A create that may be sent again. */
export interface CreateOptions extends RequestOptions {
  /** A random text: however often the create is sent with it within a day, it happens once. */
  idempotencyKey?: string;
}

/** A change of everything that a query selects. */
export interface BulkOptions extends RequestOptions {
  /** Only counts what would change, under the same checks of rules. */
  preview?: boolean;
}

/** A field to sort by; `-` in front means largest first. */
export type SortKey<R> =
  | (keyof R & string)
  | `-${keyof R & string}`
  | `${string}.${string}`
  | `${string}:${string}`
  | "@random"
  | "@rowid"
  | "-@rowid";

/** What a query asks for, as text. */
export interface Asked {
  readonly filter?: string;
  readonly sort?: string;
  readonly fields?: string;
  readonly expand?: string;
  /** Of a search, which only the server can answer. */
  readonly search?: object | undefined;
}

interface Plan {
  readonly filter?: Filter;
  readonly sort?: string;
  readonly fields?: string;
  readonly expand?: string;
  readonly search?: Outgoing["query"];
}

const MOST_PER_PAGE = 1000;

/** A query on one collection. Each step makes a new one, so a query can be kept and built on. */
export class Query<S extends SchemaLike<S>, C extends keyof S & string, R = RecordOf<S, C>> {
  constructor(
    private readonly transport: Transport,
    /** Where its changes are told. */
    readonly realtime: Realtime,
    /** The name of the collection. */
    readonly collection: C,
    /** Tells queries apart. */
    readonly plan: Plan = {},
  ) {}

  /** What it asks for, as it is sent. */
  get asked(): Asked {
    const { filter: _, ...rest } = this.plan;
    const filter = this.filterText();
    return filter === undefined ? rest : { ...rest, filter };
  }

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

  /** Only these fields of each record, and what `expand` adds. */
  select<F extends keyof RecordOf<S, C> & string>(
    ...fields: F[]
  ): Query<S, C, Pick<RecordOf<S, C>, F> & ExpandIn<R>> {
    return this.with({ fields: fields.join(",") });
  }

  /** Adds related records under `expand`: `"author"`, `"comments_via_post.author"`. */
  expand<P extends ExpandPath<S, C>>(...paths: P[]): Query<S, C, R & Expanded<S, C, P>> {
    const known = this.plan.expand === undefined ? [] : [this.plan.expand];
    return this.with({ expand: [...known, ...paths].join(",") });
  }

  /**
   * Only records that contain words, the best hit first: `"two words"` in quotes are a phrase,
   * `-word` must not occur. The collection says what of it is searched.
   */
  search<H extends SearchedField<RecordOf<S, C>> = never>(
    search: string,
    { highlight, total, fresh }: SearchOptions<H> = {},
  ): Query<S, C, R & Hit<H>> {
    const wait = fresh || undefined;
    const asked = { search, highlight: highlight?.join(), searchTotal: total, wait };
    return this.with({ search: asked });
  }

  /** One page and the totals. */
  page(page = 1, perPage = 30, { skipTotal, ...options }: PageOptions = {}): Promise<Page<R>> {
    return this.list({ page, perPage, skipTotal: skipTotal || undefined }, options);
  }

  /**
   * A part of the list by cursor: what was not changed is seen exactly once, whatever else comes
   * and goes in between.
   */
  slice(
    cursor: string | null = null,
    perPage = 30,
    options: RequestOptions = {},
  ): Promise<Slice<R>> {
    return this.list({ cursor: cursor ?? "", perPage }, options);
  }

  /** Every record, by cursor: `for await (const post of db.from("posts").all())`. */
  async *all(options: RequestOptions & { perPage?: number } = {}): AsyncGenerator<R, void> {
    const { perPage = MOST_PER_PAGE, ...rest } = options;
    for (let cursor: string | null = null; ; ) {
      const { items, nextCursor }: Slice<R> = await this.slice(cursor, perPage, rest);
      yield* items;
      if (nextCursor === null) return;
      cursor = nextCursor;
    }
  }

  /** The first match, or null. */
  async first(options: RequestOptions = {}): Promise<R | null> {
    const { items } = await this.page(1, 1, { ...options, skipTotal: true });
    return items[0] ?? null;
  }

  /** How many records match. */
  async count(options: RequestOptions = {}): Promise<number> {
    const { search } = this.plan;
    const exact = search && { search: { ...search, searchTotal: "exact" } };
    return (await this.with({ fields: "id", ...exact }).page(1, 1, options)).totalItems;
  }

  /** Counts and adds up what matches: a page of groups. */
  aggregate<
    G extends Column<RecordOf<S, C>> = never,
    Sum extends Column<RecordOf<S, C>> = never,
    Avg extends Column<RecordOf<S, C>> = never,
    Min extends Column<RecordOf<S, C>> = never,
    Max extends Column<RecordOf<S, C>> = never,
  >(
    asked: Aggregation<RecordOf<S, C>, G, Sum, Avg, Min, Max> = {},
  ): Promise<Page<Group<RecordOf<S, C>, G, Sum, Avg, Min, Max>>> {
    return this.transport.send(`/api/collections${path(this.collection, "aggregate")}`, {
      ...optionsOf(asked),
      query: { ...columns(asked), filter: this.filterText() },
    });
  }

  /** The record with this id; NotFoundError when there is none. */
  async get(id: string, options: RequestOptions = {}): Promise<R> {
    return this.transport.send(this.place(id), { ...options, query: this.shape() });
  }

  /** The record as it is now: `known` itself where nothing has changed, which costs no transfer. */
  async renew(known: R & { id: string }, options: RequestOptions = {}): Promise<R> {
    const headers = { ...options.headers, "If-None-Match": tagFor(known) };
    return (await this.get(known.id, { ...options, headers })) ?? known;
  }

  /** Creates a record. */
  create(
    body: CreateOf<S, C>,
    { idempotencyKey, ...options }: CreateOptions = {},
  ): Promise<R> {
    const outgoing = withHeader(options, "Idempotency-Key", idempotencyKey);
    return this.transport.send(this.place(), {
      ...outgoing,
      method: "POST",
      body,
      query: this.shape(),
    });
  }

  /** Changes the fields that are given. */
  async update(id: string, body: UpdateOf<S, C>, options: WriteOptions = {}): Promise<R> {
    const outgoing = { ...matching(options), method: "PATCH", body, query: this.shape() };
    return this.transport.send(this.place(id), outgoing);
  }

  /** Deletes a record. */
  async delete(id: string, options: WriteOptions = {}): Promise<void> {
    const outgoing = { ...matching(options), method: "DELETE", query: this.shape() };
    await this.transport.send(this.place(id), outgoing);
  }

  /** Changes every match at once, all or none; answers how many. At most 1,000. */
  updateAll(body: UpdateOf<S, C>, options: BulkOptions = {}): Promise<number> {
    return this.bulk({ method: "PATCH", body }, options);
  }

  /** Deletes every match at once, all or none; answers how many. At most 1,000. */
  deleteAll(options: BulkOptions = {}): Promise<number> {
    return this.bulk({ method: "DELETE" }, options);
  }

  /**
   * Listens to changes of matching records, or of one. Resolves, with how to stop, once nothing is
   * missed any more. An update after which a record does not match is not told: see
   * `@luge/client/live`.
   */
  subscribe(
    listener: (change: Change<R>) => void,
    { id = "*", ...options }: SubscribeOptions & { id?: string } = {},
  ): Promise<() => void> {
    const topic = `${this.collection}/${id}`;
    const asked = { ...options, filter: this.filterText(), ...this.shape() };
    return this.realtime.subscribe(topic, listener, asked);
  }

  /** The list as the server answers it, with parameters that have no method here. */
  list<T>(which: Outgoing["query"], options: RequestOptions = {}): Promise<T> {
    const { filter, sort, search } = this.plan;
    const all = { ...which, filter: text(filter), sort: sort || undefined, ...search };
    return this.transport.send(this.place(), { ...options, query: { ...all, ...this.shape() } });
  }

  private async bulk(
    request: Outgoing,
    { preview, ...options }: BulkOptions,
  ): Promise<number> {
    const filter = this.filterText();
    if (filter === undefined) {
      throw new TypeError("Say which records with where(); filter`id != ''` is all of them.");
    }
    const query = { filter, preview: preview || undefined };
    const answer = await this.transport.send<{ count: number }>(this.place(), {
      ...options,
      ...request,
      query,
    });
    return answer.count;
  }

  private with<Narrowed>(more: Plan): Query<S, C, Narrowed> {
    return new Query(this.transport, this.realtime, this.collection, { ...this.plan, ...more });
  }

  /** For what a search does not narrow. */
  private filterText(): string | undefined {
    if (this.plan.search) throw new TypeError("Only lists can be searched.");
    return text(this.plan.filter);
  }

  private shape(): { fields: string | undefined; expand: string | undefined } {
    const { fields, expand, search } = this.plan;
    const added = `${expand ? ",expand" : ""}${search ? ",@search" : ""}`;
    return { fields: fields && fields + added, expand };
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

const text = (filter: Filter | undefined) => (filter && String(filter)) || undefined;

/** A field that may be searched: one of the record, or of a related record, or `*`. */
type SearchedField<R> = (keyof R & string) | `${string}.${string}` | "*";

/** What `expand` and `search` added to a record, where something did. */
type ExpandIn<R> = (R extends { expand?: infer E } ? { expand?: E } : unknown) &
  (R extends { "@search": infer H } ? { "@search": H } : unknown);

function matching({ ifMatch, ...options }: WriteOptions): RequestOptions {
  const tag = typeof ifMatch === "object" ? tagFor(ifMatch) : ifMatch;
  return withHeader(options, "If-Match", tag);
}

function tagFor(record: object): string {
  const tag = tagOf(record);
  if (tag !== undefined) return tag;
  throw new TypeError("Only a record that get, create or update answered has a tag.");
}

function withHeader(
  options: RequestOptions,
  name: string,
  value: string | undefined,
): RequestOptions {
  if (value === undefined) return options;
  return { ...options, headers: { ...options.headers, [name]: value } };
}

/** Only what every request takes. */
function optionsOf({ signal, headers, timeout }: RequestOptions): RequestOptions {
  return {
    ...(signal && { signal }),
    ...(headers && { headers }),
    ...(timeout !== undefined && { timeout }),
  };
}
