/**
 * The entry point for lists that stay what their query says.
 *
 * At every change the list is read anew, several changes at once, and an unchanged list is not
 * sent: so filter, order, page and `expand` are always the server's, never guessed here. A record
 * that the caller may not see any more goes with the next change that it may see.
 */
import { AbortedError, LugeError } from "../errors.js";
import type { Query } from "../query.js";
import { pause, type Realtime } from "../realtime.js";
import type { SchemaLike } from "../schema.js";
import { tagOf, type RequestOptions } from "../transport.js";
import { newest } from "./newest.js";

/** A list at one moment. */
export interface LiveList<R> {
  items: R[];
  /** `stale`: the server cannot be reached at the moment, and the list is as it was. */
  state: "connecting" | "open" | "stale";
  /** Why the list has ended. */
  error?: LugeError;
}

/** Which part, and until when. */
export interface LiveOptions {
  page?: number;
  perPage?: number;
  signal?: AbortSignal;
}

/** Changes of this time are read together. */
const GATHERING_MS = 100;
const RETRY_MS = 2_000;

/** The list of a query as it is at the server: `for await (const { items } of live(query))`. */
export function live<S extends SchemaLike<S>, C extends keyof S & string, R>(
  query: Query<S, C, R>,
  { page = 1, perPage = 30, signal }: LiveOptions = {},
): Live<R> {
  const read = (options: RequestOptions) =>
    query.page(page, perPage, { ...options, skipTotal: true });
  return new Live(query.realtime, `${query.collection}/*`, read, signal);
}

/** A list and a way to follow it: an async iterable, and a store with `subscribe`. */
export class Live<R> implements AsyncIterable<LiveList<R>> {
  private list: LiveList<R> = { items: [], state: "connecting" };
  private readonly listeners = new Set<(list: LiveList<R>) => void>();
  private following: AbortController | undefined;
  private wake = () => {};

  constructor(
    private readonly realtime: Realtime,
    private readonly topic: string,
    private readonly read: (options: RequestOptions) => Promise<{ items: R[] } | undefined>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** The list as it is now. */
  get current(): LiveList<R> {
    return this.list;
  }

  /** Calls back now and at every change; returns how to stop that. The last one to go ends it. */
  subscribe(listener: (list: LiveList<R>) => void): () => void {
    this.listeners.add(listener);
    const begins = this.following === undefined;
    if (begins) this.list = { items: this.list.items, state: "connecting" };
    listener(this.list);
    if (begins) void this.follow((this.following = new AbortController()));
    return () => {
      if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
      this.following?.abort();
      this.following = undefined;
    };
  }

  /** Gives the list each time it has changed; slow readers get the newest only. */
  [Symbol.asyncIterator](): AsyncGenerator<LiveList<R>, void> {
    const waits = ({ state, error }: LiveList<R>) => state === "connecting" && !error;
    return newest((listener) => this.subscribe(listener), waits);
  }

  private async follow(following: AbortController): Promise<void> {
    const { signal } = following;
    const stop = () => following.abort();
    this.signal?.addEventListener("abort", stop);
    const leave = this.realtime.onState((state) => {
      if (state === "stale" && this.list.state === "open") this.show({ state });
    });
    try {
      if (this.signal?.aborted) stop();
      await this.keep(signal);
    } catch (error) {
      // Nobody listens any more, unless the caller's signal ended it.
      if (this.following === following && error instanceof LugeError) this.show({ error });
    } finally {
      leave();
      this.signal?.removeEventListener("abort", stop);
    }
  }

  private async keep(signal: AbortSignal): Promise<void> {
    let changed = true;
    const change = () => {
      changed = true;
      this.wake();
    };
    signal.addEventListener("abort", change);
    const options = { signal, fields: "id", onResync: change };
    await this.realtime.subscribe(this.topic, change, options);
    const leave = this.realtime.onState((state) => state === "open" && change());
    let known: { items: R[] } | undefined;
    try {
      for (;;) {
        while (!changed) await new Promise<void>((resolve) => (this.wake = resolve));
        if (signal.aborted) throw new AbortedError("The list was ended.", { code: "aborted" });
        changed = false;
        try {
          known = (await this.read({ signal, headers: whatIsKnown(known) })) ?? known;
          this.show({ items: known?.items ?? [], state: "open" });
          await pause(GATHERING_MS, signal);
        } catch (error) {
          if (!passes(error)) throw error;
          this.show({ state: "stale" });
          await pause(RETRY_MS, signal);
          changed = true;
        }
      }
    } finally {
      leave();
    }
  }

  private show(news: Partial<LiveList<R>>): void {
    const { items, state } = this.list;
    if (news.items === items && news.state === state) return;
    this.list = { items, state, ...news };
    for (const listener of [...this.listeners]) listener(this.list);
  }
}

/** Is it a failure that may be over soon? */
function passes(error: unknown): boolean {
  if (!(error instanceof LugeError) || error instanceof AbortedError) return false;
  return error.status === undefined || error.status >= 500 || error.status === 429;
}

function whatIsKnown(list: object | undefined): Record<string, string> {
  const tag = list && tagOf(list);
  return tag === undefined ? {} : { "If-None-Match": tag };
}
