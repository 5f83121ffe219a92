/**
 * The entry point for TanStack Query, of any framework: what its hooks take as options, made of
 * queries, and its cache told of changes.
 *
 * Nothing of TanStack is imported, so its version is the application's own affair.
 */
import type { Client } from "../client.js";
import { identity } from "../realtime.js";
import type { Page, Query, Slice } from "../query.js";
import type { SchemaLike } from "../schema.js";

/** What tells cached answers apart: all, those of a collection, those of a query. */
export type LugeKey = readonly ["luge", collection?: string, ...rest: unknown[]];

/** What a function that reads is handed. */
interface Reading {
  signal: AbortSignal;
}

/** Options of `useQuery` and `prefetchQuery`. */
export interface ReadOptions<T> {
  queryKey: LugeKey;
  queryFn: (context: Reading) => Promise<T>;
}

/** Options of `useInfiniteQuery`. */
export interface InfiniteOptions<R> {
  queryKey: LugeKey;
  queryFn: (context: Reading & { pageParam: string | null }) => Promise<Slice<R>>;
  initialPageParam: string | null;
  getNextPageParam: (last: Slice<R>) => string | null;
}

/** The part of a `QueryClient` that is told of changes. */
export interface Cache {
  invalidateQueries(filter: { queryKey: LugeKey }): Promise<unknown>;
  resetQueries(filter: { queryKey: LugeKey }): Promise<unknown>;
}

/** A page: `useQuery(pageOptions(db.from("posts"), { perPage: 20 }))`. */
export function pageOptions<R>(
  query: Query<any, any, R>,
  { page = 1, perPage = 30, skipTotal = false } = {},
): ReadOptions<Page<R>> {
  return {
    queryKey: keyOf(query, "page", { page, perPage, skipTotal }),
    queryFn: ({ signal }) => query.page(page, perPage, { skipTotal, signal }),
  };
}

/** One record: `useQuery(recordOptions(db.from("posts").expand("author"), id))`. */
export function recordOptions<R>(query: Query<any, any, R>, id: string): ReadOptions<R> {
  return {
    queryKey: keyOf(query, "record", id),
    queryFn: ({ signal }) => query.get(id, { signal }),
  };
}

/** The first match, or null. */
export function firstOptions<R>(query: Query<any, any, R>): ReadOptions<R | null> {
  return {
    queryKey: keyOf(query, "first"),
    queryFn: ({ signal }) => query.first({ signal }),
  };
}

/** How many records match. */
export function countOptions(query: Query<any, any, any>): ReadOptions<number> {
  return {
    queryKey: keyOf(query, "count"),
    queryFn: ({ signal }) => query.count({ signal }),
  };
}

/** Part after part by cursor: `useInfiniteQuery(infiniteOptions(db.from("posts")))`. */
export function infiniteOptions<R>(
  query: Query<any, any, R>,
  { perPage = 30 } = {},
): InfiniteOptions<R> {
  return {
    queryKey: keyOf(query, "slices", perPage),
    queryFn: ({ pageParam, signal }) => query.slice(pageParam, perPage, { signal }),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  };
}

/** What invalidates everything of a collection: `invalidateQueries({ queryKey: … })`. */
export function collectionKey(collection: string): LugeKey {
  return ["luge", collection];
}

/** Changes of this time invalidate together. */
const GATHERING_MS = 100;

/**
 * Has everything of these collections read anew when something in them changes, also during a
 * break, and forgets all answers when somebody else signs in. Resolves with how to stop, once
 * nothing is missed any more; rejects where the server tells of no changes.
 */
export async function followChanges<S extends SchemaLike<S>>(
  client: Client<S>,
  cache: Cache,
  collections: (keyof S & string)[],
): Promise<() => void> {
  const ending = new AbortController();
  const due = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const each of due) void cache.invalidateQueries({ queryKey: collectionKey(each) });
    due.clear();
  };
  const change = (collection: string) => {
    due.add(collection);
    timer ??= setTimeout(flush, GATHERING_MS);
  };
  let who = identity(client.session.current);
  const unwatch = client.session.onChange((now) => {
    if (who === (who = identity(now))) return;
    void cache.resetQueries({ queryKey: ["luge"] });
  });
  const stop = () => {
    ending.abort();
    clearTimeout(timer);
    unwatch();
  };
  try {
    await Promise.all(
      collections.map((each) => {
        const options = { fields: "id", signal: ending.signal, onResync: () => change(each) };
        return client.realtime.subscribe(`${each}/*`, () => change(each), options);
      }),
    );
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

function keyOf(query: Query<any, any, any>, ...rest: unknown[]): LugeKey {
  const { filter, ...plan } = query.plan;
  // As text: keys are compared as JSON.
  return ["luge", query.collection, { ...plan, ...(filter && { filter: `${filter}` }) }, ...rest];
}
