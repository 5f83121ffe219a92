/** What views show of queries: a page, a record, or a list that follows its query. */
import { isForbidden, isLuge, isNotFound, LugeError } from "../errors.js";
import { Live, live, type LiveList } from "../live/index.js";
import type { Page, Query } from "../query.js";
import { tagOf, type RequestOptions } from "../transport.js";
import type { Begin, Observer } from "./observer.js";
import { shelfOf, type Source } from "./shelf.js";

/** Something read once, or again. */
export interface Reading<T> {
  data: T | undefined;
  /** Why there is nothing new. */
  error: LugeError | undefined;
  /** A request is on its way. */
  pending: boolean;
  /** Reads anew. */
  refresh: () => void;
}

/** A query, or nothing to ask for yet. */
export type Asked<R> = Query<any, any, R> | null | undefined;

/** Which part of a list. */
export interface PageChoice<R> {
  page?: number;
  perPage?: number;
  /** Counts all matches; by default they are not counted. */
  total?: boolean;
  /** The page that a server has read already, so that it is not read again. */
  initial?: Page<R>;
}

/** How a record is shown. */
export interface RecordChoice<R> {
  /** Follows its changes. */
  live?: boolean;
  /** The record that a server has read already. */
  initial?: R;
}

/** Which part of a list that follows its query. */
export interface LiveChoice<R> {
  page?: number;
  perPage?: number;
  /** What a server has read already; shown until the list is there. */
  initial?: readonly R[];
}

/** A page of a query. */
export function observePage<R>(
  query: Query<any, any, R>,
  { page = 1, perPage = 30, total = false, initial }: PageChoice<R> = {},
): Observer<Reading<Page<R>>> {
  const key = keyOf("page", query, page, perPage, total);
  const read = (options: RequestOptions) =>
    query.page(page, perPage, { ...options, skipTotal: !total });
  return shelf(query).take(key, () => reading(query.collection, read, initial));
}

/** One record. */
export function observeRecord<R>(
  query: Query<any, any, R>,
  id: string,
  { live: follows = false, initial }: RecordChoice<R> = {},
): Observer<Reading<R>> {
  const key = keyOf("record", query, id, follows);
  const read = (options: RequestOptions) => query.get(id, options);
  return shelf(query).take(key, () =>
    follows
      ? following(query, id, read, initial)
      : reading(query.collection, read, initial),
  );
}

/** A list that stays what its query says. */
export function observeLive<R>(
  query: Query<any, any, R>,
  { page = 1, perPage = 30, initial }: LiveChoice<R> = {},
): Observer<LiveList<R>> {
  return shelf(query).take(keyOf("live", query, page, perPage), () => {
    const empty: LiveList<R> = { items: [], state: "connecting" };
    return {
      collection: query.collection,
      empty,
      first: initial ? { ...empty, items: [...initial] } : empty,
      // Until it is connected, a list of before is better than none.
      // Each time another one: the items of the one before may have been somebody else's.
      begin: (show, current) =>
        live(query, { page, perPage }).subscribe((now) => {
          if (now.state !== "connecting" || now.error) show(now);
          else if (current().state !== "connecting") show({ ...current(), state: "connecting" });
        }),
    };
  });
}

/** Reads anew what views show of a query's collection; lists that are live need none. */
export function refresh(...queries: Query<any, any, any>[]): void {
  for (const query of queries) shelf(query).refresh(query.collection);
}

/** Nothing was asked for. */
export const NOTHING: Reading<never> = {
  data: undefined,
  error: undefined,
  pending: false,
  refresh: () => undefined,
};
/** No list was asked for. */
export const NO_LIST: LiveList<never> = { items: [], state: "connecting" };

function shelf(query: Query<any, any, any>) {
  return shelfOf(query.realtime.session);
}

function keyOf(kind: string, query: Query<any, any, any>, ...more: unknown[]): string {
  return JSON.stringify([kind, query.collection, query.plan, ...more]);
}

function reading<T>(
  collection: string,
  read: (options: RequestOptions) => Promise<T>,
  initial: T | undefined,
): Source<Reading<T>> {
  let again: (() => void) | undefined;
  const refresh = () => again?.();
  const empty: Reading<T> = { data: undefined, error: undefined, pending: true, refresh };
  let brought = initial;
  const begin: Begin<Reading<T>> = (show, current) => {
    let controller = new AbortController();
    again = () => {
      controller.abort();
      controller = new AbortController();
      void load(controller.signal);
    };
    const load = async (signal: AbortSignal) => {
      const { data } = current();
      if (!current().pending) show({ ...current(), pending: true });
      const done = (now: Partial<Reading<T>>) => {
        if (!signal.aborted) show({ data, error: undefined, pending: false, refresh, ...now });
      };
      try {
        // An unchanged answer is not sent, and stays the same object.
        done({ data: (await read({ signal, headers: ifChanged(data) })) ?? data });
      } catch (error) {
        done(failed(error));
      }
    };
    if (brought === undefined || current().data !== brought) void load(controller.signal);
    brought = undefined;
    return () => {
      again = undefined;
      controller.abort();
    };
  };
  const first = initial === undefined ? empty : { ...empty, data: initial, pending: false };
  return { collection, empty, first, begin, refresh };
}

function following<R>(
  query: Query<any, any, R>,
  id: string,
  read: (options: RequestOptions) => Promise<R>,
  initial: R | undefined,
): Source<Reading<R>> {
  const { refresh } = NOTHING;
  const empty: Reading<R> = { data: undefined, error: undefined, pending: true, refresh };
  const begin: Begin<Reading<R>> = (show, current) => {
    let known: R | undefined;
    const one = async ({ signal }: RequestOptions) => {
      const now = await read({ ...(signal && { signal }), headers: ifChanged(known) });
      // Nothing is sent where it has not changed, and then it is the one that is shown.
      return now === undefined ? undefined : { items: [(known = now)] };
    };
    const list = new Live<R>(query.realtime, `${query.collection}/${id}`, one, undefined);
    return list.subscribe(({ items, state, error }) => {
      if (error) show({ ...current(), pending: false, ...failed(error) });
      else if (state === "open") {
        show({ data: items[0], error: undefined, pending: false, refresh });
      }
    });
  };
  return {
    collection: query.collection,
    empty,
    first: initial === undefined ? empty : { ...empty, data: initial, pending: false },
    begin,
  };
}

function ifChanged(known: unknown): Record<string, string> {
  const tag = typeof known === "object" && known !== null ? tagOf(known) : undefined;
  return tag === undefined ? {} : { "If-None-Match": tag };
}

/** What is there no more, or is not for whoever looks, is not shown any longer. */
function failed(error: unknown): Partial<Reading<any>> {
  if (!isLuge(error)) throw error;
  return isNotFound(error) || isForbidden(error) ? { error, data: undefined } : { error };
}
