/**
 * Who is signed in, and keeping it so.
 *
 * A session past half of its life is refreshed before the next request, once, however many
 * requests wait for it. An unexpired token is not proof: only the server can say that it holds.
 */
import { isAuth, isForbidden, isNotFound } from "./errors.js";
import type { StoredRecord } from "./schema.js";
import type { AuthStore } from "./stores.js";

/** A session as it is kept. */
export interface SignedIn<R = StoredRecord & Record<string, any>> {
  token: string;
  record: R;
  /** When the token was received, in milliseconds since 1970. */
  since: number;
}

interface Claims {
  exp?: number;
  refreshable?: boolean;
}

/** The session of one client. */
export class Session {
  private readonly listeners = new Set<(session: SignedIn | null) => void>();
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly store: AuthStore,
    private readonly refresh: (
      session: SignedIn,
    ) => Promise<{ token: string; record: StoredRecord }>,
    private readonly now: () => number,
  ) {
    store.watch?.(() => this.announce());
  }

  /** What is kept, expired or not. */
  get current(): SignedIn | null {
    return this.store.load();
  }

  /** The record that is signed in. */
  get record(): SignedIn["record"] | null {
    return this.current?.record ?? null;
  }

  /** The token, for requests made by other means. */
  get token(): string | null {
    return this.current?.token ?? null;
  }

  /** Does the token look unexpired? The server may still refuse it. */
  get looksValid(): boolean {
    const session = this.current;
    if (session === null) return false;
    const expires = claimsOf(session.token).exp;
    return expires !== undefined && expires * 1000 > this.now();
  }

  /** Keeps a new session, or none. */
  set(session: { token: string; record: StoredRecord } | null): void {
    this.store.save(session && { ...session, since: this.now() });
    this.announce();
  }

  /** Calls back at every change, also those of other tabs; returns how to stop that. */
  onChange(listener: (session: SignedIn | null) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The token to send, refreshed first when it is past half of its life. */
  async freshToken(): Promise<string | null> {
    const session = this.current;
    if (session !== null && this.isDue(session)) {
      this.refreshing ??= this.renew(session).finally(() => (this.refreshing = undefined));
      await this.refreshing;
    }
    return this.token;
  }

  private isDue(session: SignedIn): boolean {
    const { exp, refreshable } = claimsOf(session.token);
    if (exp === undefined || refreshable === false) return false;
    const expires = exp * 1000;
    const now = this.now();
    return now < expires && now - session.since > (expires - session.since) / 2;
  }

  private async renew(session: SignedIn): Promise<void> {
    try {
      const fresh = await this.refresh(session);
      // Someone may have signed out or in while the answer was on its way.
      if (this.token === session.token) this.set(fresh);
    } catch (error) {
      const refused = isAuth(error) || isForbidden(error) || isNotFound(error);
      // Any other failure leaves the token, which still holds: the next request tries again.
      if (refused && this.token === session.token) this.set(null);
    }
  }

  private announce(): void {
    const session = this.current;
    for (const listener of [...this.listeners]) listener(session);
  }
}

function claimsOf(token: string): Claims {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims: unknown = JSON.parse(atob(payload));
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
