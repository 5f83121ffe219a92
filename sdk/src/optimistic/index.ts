/**
 * The entry point for changes that are shown before the server has answered.
 *
 * `optimistic(db)` is the one place that knows them. Its lists show each at once, and show it no
 * more when it was refused; when it has arrived, it stays until the list itself shows it.
 */
import type { Client } from "../client.js";
import { live, type Live, type LiveList, type LiveOptions } from "../live/index.js";
import { newest } from "../live/newest.js";
import type { Write } from "../local/change.js";
import type { Fields } from "../local/condition.js";
import { newId } from "../offline/mutation.js";
import type { CreateOptions, Query, WriteOptions } from "../query.js";
import type { CreateOf, RecordOf, SchemaLike, UpdateOf } from "../schema.js";
import { overlaid, shows, type Part, type Patch } from "./overlay.js";

export type { Write } from "../local/change.js";

/** What a query says of itself. */
type Asking = Pick<Query<any, any, any>, "collection" | "asked">;

/** A list may never show a change, such as one beyond its page: then it is let go. */
const SHOWN_MS = 3_000;

/** The changes of a client that are on their way. */
export function optimistic<S extends SchemaLike<S>>(db: Client<S>): Optimistic<S> {
  return new Optimistic(db);
}

/** Changes that are shown before they have arrived. */
export class Optimistic<S extends SchemaLike<S>> {
  private patches: Patch[] = [];
  private readonly watchers = new Set<(collection: string) => void>();

  constructor(private readonly db: Client<S>) {}

  /** A list as `@luge/client/live` has it, with the changes in it. */
  live<C extends keyof S & string, R>(
    query: Query<S, C, R>,
    options: LiveOptions = {},
  ): OptimisticLive<R> {
    const { page = 1, perPage = 30 } = options;
    return new OptimisticLive(this, live(query, options), query, { page, perPage });
  }

  /** Creates a record and shows it until the server has answered; rolls back where it refuses. */
  create<C extends keyof S & string>(
    collection: C,
    body: CreateOf<S, C>,
    options: CreateOptions = {},
  ): Promise<RecordOf<S, C>> {
    const record = idOf(body) ?? newId();
    const write: Write = { collection, action: "create", record, body: body as Fields };
    const whole = { ...body, id: record } as CreateOf<S, C>;
    return this.run(write, () => this.db.from(collection).create(whole, options));
  }

  /** Changes a record, and shows it so at once. */
  update<C extends keyof S & string>(
    collection: C,
    id: string,
    body: UpdateOf<S, C>,
    options: WriteOptions = {},
  ): Promise<RecordOf<S, C>> {
    const write: Write = { collection, action: "update", record: id, body: body as Fields };
    return this.run(write, () => this.db.from(collection).update(id, body, options));
  }

  /** Deletes a record, and shows it no more. */
  delete<C extends keyof S & string>(
    collection: C,
    id: string,
    options: WriteOptions = {},
  ): Promise<void> {
    const write: Write = { collection, action: "delete", record: id, body: {} };
    return this.run(write, () => this.db.from(collection).delete(id, options));
  }

  /** Shows what `write` will do while `work` does it, and no longer where that fails. */
  async run<T>(write: Write, work: () => Promise<T>): Promise<T> {
    const patch: Patch = { write };
    this.change(write.collection, [...this.patches, patch]);
    try {
      const answer = await work();
      this.settle(patch, answer);
      return answer;
    } catch (error) {
      this.drop(patch);
      throw error;
    }
  }

  /** A list of the server with the changes in it, for lists that are read by other means. */
  show<R>(query: Asking, items: readonly R[], part?: Partial<Part>): R[] {
    const patches = this.patches.filter(({ write }) => write.collection === query.collection);
    if (patches.length === 0) return items as R[];
    const { page = 1, perPage = Number.POSITIVE_INFINITY } = part ?? {};
    return overlaid(items as Fields[], patches, query.asked, { page, perPage }) as R[];
  }

  /** Calls back with the collection of every change; returns how to stop that. */
  watch(watcher: (collection: string) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** A list was read: changes that have arrived and that it shows are let go. */
  seen(collection: string, items: readonly Fields[], before: readonly Fields[]): void {
    const shown = this.patches.filter((patch) => {
      if (patch.settled === undefined || patch.write.collection !== collection) return false;
      return shows(items, patch, before.find(({ id }) => id === patch.write.record));
    });
    if (shown.length === 0) return;
    this.change(collection, this.patches.filter((patch) => !shown.includes(patch)));
  }

  private settle(patch: Patch, answer: unknown): void {
    const { action, collection } = patch.write;
    const isRecord = typeof answer === "object" && answer !== null && "id" in answer;
    if (action !== "delete" && !isRecord) return this.drop(patch);
    patch.settled = action === "delete" ? null : (answer as Fields);
    setTimeout(() => this.drop(patch), SHOWN_MS);
    this.change(collection, [...this.patches]);
  }

  private drop(patch: Patch): void {
    const rest = this.patches.filter((each) => each !== patch);
    if (rest.length < this.patches.length) this.change(patch.write.collection, rest);
  }

  private change(collection: string, patches: Patch[]): void {
    this.patches = patches;
    for (const watcher of [...this.watchers]) watcher(collection);
  }
}

/** A list with the changes in it: an async iterable, and a store with `subscribe`. */
export class OptimisticLive<R> implements AsyncIterable<LiveList<R>> {
  private readonly listeners = new Set<(list: LiveList<R>) => void>();
  private leave: (() => void) | undefined;
  private list: LiveList<R> | undefined;

  constructor(
    private readonly changes: Pick<Optimistic<never>, "show" | "watch" | "seen">,
    private readonly served: Live<R>,
    private readonly query: Asking,
    private readonly part: Part,
  ) {}

  /** The list as it is now. */
  get current(): LiveList<R> {
    if (this.list === undefined || this.leave === undefined) this.list = this.made();
    return this.list;
  }

  /** Calls back now and at every change; returns how to stop that. */
  subscribe(listener: (list: LiveList<R>) => void): () => void {
    this.listeners.add(listener);
    if (this.leave === undefined) this.leave = this.follow();
    else listener(this.current);
    return () => {
      if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
      this.leave?.();
      this.leave = undefined;
    };
  }

  /** Gives the list each time it has changed; slow readers get the newest only. */
  [Symbol.asyncIterator](): AsyncGenerator<LiveList<R>, void> {
    const waits = ({ state, error }: LiveList<R>) => state === "connecting" && !error;
    return newest((listener) => this.subscribe(listener), waits);
  }

  private follow(): () => void {
    const { collection } = this.query;
    let before: R[] = this.served.current.items;
    const leaves = [
      this.changes.watch((changed) => changed === collection && this.show()),
      this.served.subscribe(({ items }) => {
        const known = before;
        before = items;
        if (items !== known) this.changes.seen(collection, items as Fields[], known as Fields[]);
        this.show();
      }),
    ];
    return () => leaves.forEach((leave) => leave());
  }

  private made(): LiveList<R> {
    const list = this.served.current;
    return { ...list, items: this.changes.show(this.query, list.items, this.part) };
  }

  private show(): void {
    this.list = this.made();
    for (const listener of [...this.listeners]) listener(this.list);
  }
}

function idOf(body: object): string | undefined {
  return "id" in body && typeof body.id === "string" && body.id !== "" ? body.id : undefined;
}
