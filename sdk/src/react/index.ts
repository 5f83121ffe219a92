/**
 * The entry point for React 18 and later: hooks over the same observers as in every framework.
 *
 * Views that ask for the same share one request and one subscription. Nothing happens while a page
 * is made on a server, unless a view suspends.
 */
import { useRef, useState, useSyncExternalStore } from "react";
import type { Client } from "../client.js";
import type { Outcome } from "../errors.js";
import type { LiveList } from "../live/index.js";
import type { Page } from "../query.js";
import { IDLE, Mutation, type MutationChoice, type Progress } from "../observe/mutation.js";
import type { Observer } from "../observe/observer.js";
import {
  NO_LIST,
  NOTHING,
  observeLive,
  observePage,
  observeRecord,
  type Asked,
  type LiveChoice,
  type PageChoice,
  type Reading,
  type RecordChoice,
} from "../observe/reading.js";
import { onServer } from "../observe/request.js";
import { GUEST, shelfOf, type Auth } from "../observe/shelf.js";

export * from "../observe/index.js";

/** Waits in the nearest `Suspense`, and fails in the nearest error boundary. */
export interface Suspending {
  suspense?: boolean;
}

/** A page of a query; of null nothing is asked for yet. */
export function useQuery<R>(
  query: Asked<R>,
  { suspense, ...choice }: PageChoice<R> & Suspending = {},
): Reading<Page<R>> {
  return useReading(query && observePage(query, choice), suspense);
}

/** One record; without a query or an id nothing is asked for yet. */
export function useRecord<R>(
  query: Asked<R>,
  id: string | null | undefined,
  { suspense, ...choice }: RecordChoice<R> & Suspending = {},
): Reading<R> {
  return useReading(query && id ? observeRecord(query, id, choice) : null, suspense);
}

/** A list that stays what its query says: `const { items, state } = useLive(query)`. */
export function useLive<R>(
  query: Asked<R>,
  { suspense, ...choice }: LiveChoice<R> & Suspending = {},
): LiveList<R> {
  const observer = query ? observeLive(query, choice) : null;
  const list = useObserver<LiveList<R>>(observer, NO_LIST, suspense);
  if (suspense && observer && !onServer()) {
    if (list.error) throw list.error;
    const empty = list.state === "connecting" && list.items.length === 0;
    if (empty) throw observer.until(({ state, error }) => state !== "connecting" || !!error);
  }
  return list;
}

/** A change: `const { run, pending, error } = useMutation((title: string) => …)`. */
export function useMutation<A extends unknown[], T>(
  work: (...given: A) => Promise<T>,
  choice: MutationChoice = {},
): Progress<T> & { run: (...given: A) => Promise<Outcome<T>>; reset: () => void } {
  const newest = useRef({ work, choice });
  newest.current = { work, choice };
  const [progress, show] = useState<Progress<T>>(IDLE);
  const [{ run, reset }] = useState(
    () => new Mutation(() => newest.current.work, () => newest.current.choice, show),
  );
  return { ...progress, run, reset };
}

/** Who is signed in; `initial` is whom a server has made the page for. */
export function useAuth(client: Client<any>, { initial = GUEST }: { initial?: Auth } = {}): Auth {
  const { auth } = shelfOf(client.session);
  const before = () => (onServer() ? auth.current : initial);
  return useSyncExternalStore(auth.subscribe, () => auth.current, before);
}

function useReading<T>(
  observer: Observer<Reading<T>> | null | undefined,
  suspense: boolean | undefined,
): Reading<T> {
  const reading = useObserver<Reading<T>>(observer, NOTHING, suspense);
  if (suspense && observer && reading.data === undefined) {
    if (reading.error) throw reading.error;
    throw observer.until(({ data, error }) => data !== undefined || error !== undefined);
  }
  return reading;
}

function useObserver<T>(
  observer: Observer<T> | null | undefined,
  nothing: T,
  suspense: boolean | undefined,
): T {
  const now = () => (observer ? observer.current : nothing);
  // A page that wakes up shows at first what its server did; what suspends had waited there too.
  const before = () => (observer && !suspense && !onServer() ? observer.first : now());
  return useSyncExternalStore(observer ? observer.subscribe : never, now, before);
}

const never = () => () => undefined;
