/** The client: one address, one session, and a query for each collection. */
import { AuthCollection } from "./auth.js";
import {
  isAborted,
  isAuth,
  isConflict,
  isForbidden,
  isLuge,
  isNetwork,
  isNotFound,
  isRateLimit,
  isTimeout,
  isValidation,
} from "./errors.js";
import { Query } from "./query.js";
import { Realtime } from "./realtime.js";
import type { AnySchema, SchemaLike, StoredRecord } from "./schema.js";
import { Session } from "./session.js";
import { Sessions } from "./sessions.js";
import { memoryStore, type AuthStore } from "./stores.js";
import { path, Transport, type RequestOptions } from "./transport.js";

/** How a client differs from the ordinary one. */
export interface ClientOptions {
  /** Where the session is kept; by default in memory. */
  store?: AuthStore;
  /** Instead of the global `fetch`. */
  fetch?: typeof fetch;
  /** Milliseconds until a request fails with TimeoutError; by default 30,000. */
  timeout?: number;
  /** The clock, in milliseconds since 1970. */
  now?: () => number;
}

const TIMEOUT_MS = 30_000;

/** Makes a client for the server at `url`. */
export function createClient<S extends SchemaLike<S> = AnySchema>(
  url: string,
  options: ClientOptions = {},
): Client<S> {
  return new Client<S>(url, options);
}

/** A client of one server. */
export class Client<S extends SchemaLike<S> = AnySchema> {
  /** Who is signed in. */
  readonly session: Session;
  /** Sends any request as whoever is signed in, for paths that have no method yet. */
  readonly transport: Transport;
  /** What happens at the server, over one connection. */
  readonly realtime: Realtime;

  readonly isAborted = isAborted;
  readonly isAuth = isAuth;
  readonly isConflict = isConflict;
  readonly isForbidden = isForbidden;
  readonly isLuge = isLuge;
  readonly isNetwork = isNetwork;
  readonly isNotFound = isNotFound;
  readonly isRateLimit = isRateLimit;
  readonly isTimeout = isTimeout;
  readonly isValidation = isValidation;

  constructor(
    /** The address of the server. */
    readonly url: string,
    options: ClientOptions,
  ) {
    // The global is looked up at each call: a page may replace it, and it must not lose its `this`.
    const fetcher: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.session = new Session(
      options.store ?? memoryStore(),
      ({ token, record }) =>
        this.transport.send<{ token: string; record: StoredRecord }>(
          `/api/collections${path(record.collectionName)}/auth-refresh`,
          { method: "POST", token },
        ),
      options.now ?? Date.now,
    );
    this.transport = new Transport(url, fetcher, options.timeout ?? TIMEOUT_MS, () =>
      this.session.freshToken(),
    );
    this.realtime = new Realtime(this.transport, this.session);
  }

  /** The records of a collection. */
  from<C extends keyof S & string>(collection: C): Query<S, C> {
    return new Query(this.transport, this.realtime, collection);
  }

  /** Sign-in to an auth collection. */
  auth<C extends keyof S & string>(collection: C): AuthCollection<S, C> {
    return new AuthCollection(this.transport, this.session, collection);
  }

  /**
   * Forgets the session at once and has the server end it. Rejects where the server could not be
   * told: there the token holds until it expires.
   */
  async signOut(options: RequestOptions = {}): Promise<void> {
    const { current } = this.session;
    this.session.set(null);
    if (current === null) return;
    try {
      const { token, record } = current;
      await new Sessions(this.transport, record.collectionName).endOf(token, options);
    } catch (error) {
      // It had ended already.
      if (!isAuth(error)) throw error;
    }
  }
}
