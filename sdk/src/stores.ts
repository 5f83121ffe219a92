/** Where a session is kept between requests. A store only keeps: it never checks or refreshes. */
import type { SignedIn } from "./session.js";

/** A place for one session. */
export interface AuthStore {
  load(): SignedIn | null;
  save(session: SignedIn | null): void;
  /** Calls back when someone else changed the session, such as another tab. */
  watch?(changed: () => void): () => void;
}

/** Keeps the session as long as the client lives. */
export function memoryStore(): AuthStore {
  let kept: SignedIn | null = null;
  return {
    load: () => kept,
    save: (session) => {
      kept = session;
    },
  };
}

/** Keeps the session in the browser, shared by its tabs. */
export function localStore(key = "luge.session", storage: Storage = localStorage): AuthStore {
  return {
    load: () => parse(storage.getItem(key)),
    save: (session) => {
      if (session === null) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(session));
    },
    watch: (changed) => {
      const listen = (event: StorageEvent) => {
        // A null key means that the whole storage was cleared.
        if (event.key === key || event.key === null) changed();
      };
      globalThis.addEventListener("storage", listen);
      return () => globalThis.removeEventListener("storage", listen);
    },
  };
}

/** What is stored may be of an older version or edited by hand: then nobody is signed in. */
export function parse(text: string | null): SignedIn | null {
  if (text === null) return null;
  try {
    const session = JSON.parse(text) as Partial<SignedIn> | null;
    if (typeof session?.token !== "string" || typeof session.record !== "object") return null;
    return session as SignedIn;
  } catch {
    return null;
  }
}
