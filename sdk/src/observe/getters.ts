/**
 * What frameworks share whose values are followed where they are read: objects with getters, which
 * must not be taken apart, made of a way to follow an observer.
 */
import type { Client } from "../client.js";
import type { Outcome } from "../errors.js";
import type { LiveList } from "../live/index.js";
import type { Page } from "../query.js";
import { IDLE, Mutation, type MutationChoice, type Progress } from "./mutation.js";
import type { Observer } from "./observer.js";
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
} from "./reading.js";
import { shelfOf, type Auth } from "./shelf.js";

/** Reads what an observer shows, and follows it; `nothing` where there is none. */
export type Follow = <T>(make: () => Observer<T> | null | undefined, nothing: T) => () => T;
/** A value that is followed where it is read. */
export type Signal = <T>(first: T) => [read: () => T, write: (value: T) => void];

/** The four that read. */
export function readers(follow: Follow) {
  const read = <T>(make: () => Observer<Reading<T>> | null | undefined): Readonly<Reading<T>> =>
    getters(follow<Reading<T>>(make, NOTHING), ["data", "error", "pending", "refresh"]);
  return {
    /** A page of a query; of null nothing is asked for yet. */
    useQuery: <R>(
      query: () => Asked<R>,
      choice: () => PageChoice<R> = () => ({}),
    ): Readonly<Reading<Page<R>>> =>
      read(() => {
        const asked = query();
        return asked && observePage(asked, choice());
      }),
    /** One record; without a query or an id nothing is asked for yet. */
    useRecord: <R>(
      query: () => Asked<R>,
      id: () => string | null | undefined,
      choice: () => RecordChoice<R> = () => ({}),
    ): Readonly<Reading<R>> =>
      read(() => {
        const [asked, named] = [query(), id()];
        return asked && named ? observeRecord(asked, named, choice()) : null;
      }),
    /** A list that stays what its query says: `const list = useLive(() => query)`. */
    useLive: <R>(
      query: () => Asked<R>,
      choice: () => LiveChoice<R> = () => ({}),
    ): Readonly<LiveList<R>> => {
      const make = () => {
        const asked = query();
        return asked && observeLive(asked, choice());
      };
      return getters(follow<LiveList<R>>(make, NO_LIST), ["items", "state", "error"]);
    },
    /** Who is signed in. */
    useAuth: (client: Client<any>): Readonly<Auth> => {
      const { auth } = shelfOf(client.session);
      return getters(
        follow(() => auth, auth.current),
        ["record", "signedIn"],
      );
    },
  };
}

/** A change, over a value of the framework. */
export function mutation<A extends unknown[], T>(
  signal: Signal,
  work: (...given: A) => Promise<T>,
  choice: MutationChoice,
): Readonly<Progress<T>> & { run: (...given: A) => Promise<Outcome<T>>; reset: () => void } {
  const [progress, show] = signal<Progress<T>>(IDLE);
  const { run, reset } = new Mutation(() => work, () => choice, show);
  return Object.assign(getters(progress, ["pending", "data", "error"]), { run, reset });
}

function getters<T extends object, K extends keyof T>(value: () => T, keys: K[]): Pick<T, K> {
  const made = {} as Pick<T, K>;
  for (const key of keys) {
    Object.defineProperty(made, key, { get: () => value()[key], enumerable: true });
  }
  return made;
}
