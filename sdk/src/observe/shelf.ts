/**
 * The observers of one client, so that views that ask for the same share one request and one
 * subscription.
 *
 * What is kept belongs to who is signed in: at another sign-in all begins anew, without anything
 * of before.
 */
import { identity } from "../realtime.js";
import type { Session, SignedIn } from "../session.js";
import { Observer, type Begin } from "./observer.js";
import { warnIfShared } from "./request.js";

/** Who is signed in, for a view. */
export interface Auth {
  record: SignedIn["record"] | null;
  /** The token looks unexpired; whether it holds, only the server knows. */
  signedIn: boolean;
}

/** Nobody. */
export const GUEST: Auth = { record: null, signedIn: false };

/** How something is observed. */
export interface Source<T> {
  /** The value before anything is known. */
  empty: T;
  /** The same with what the page brought along. */
  first: T;
  begin: Begin<T>;
  collection: string;
  /** Reads anew; what follows changes by itself has none. */
  refresh?: () => void;
}

interface Kept extends Source<any> {
  observer: Observer<any>;
}

const shelves = new WeakMap<Session, Shelf>();

/** The observers of one session. */
export class Shelf {
  /** Who is signed in. */
  readonly auth: Observer<Auth>;
  private readonly kept = new Map<string, Kept>();
  private newest: Auth;
  private who: string | undefined;

  constructor(session: Session) {
    this.newest = authOf(session);
    this.who = identity(session.current);
    session.onChange((now) => {
      this.newest = authOf(session);
      this.identify(identity(now));
    });
    this.auth = new Observer(this.newest, (show) => {
      show(this.newest);
      return session.onChange(() => show(this.newest));
    });
  }

  /** The observer that has a key; `make` says how to observe where there is none. */
  take<T>(key: string, make: () => Source<T>): Observer<T> {
    const known = this.kept.get(key);
    if (known) return known.observer;
    const source = make();
    const observer: Observer<T> = new Observer(source.first, source.begin, () => {
      if (this.kept.get(key)?.observer === observer) this.kept.delete(key);
    });
    this.kept.set(key, { ...source, observer });
    return observer;
  }

  /** Reads anew what is shown of a collection. */
  refresh(collection: string): void {
    for (const each of [...this.kept.values()]) {
      if (each.collection === collection) each.refresh?.();
    }
  }

  private identify(who: string | undefined): void {
    if (who === this.who) return;
    this.who = who;
    for (const { observer, empty } of [...this.kept.values()]) observer.restart(empty);
  }
}

/** The observers that belong to a session. */
export function shelfOf(session: Session): Shelf {
  warnIfShared(session);
  let shelf = shelves.get(session);
  if (!shelf) shelves.set(session, (shelf = new Shelf(session)));
  return shelf;
}

function authOf(session: Session): Auth {
  const { record, looksValid } = session;
  return record === null ? GUEST : { record, signedIn: looksValid };
}
