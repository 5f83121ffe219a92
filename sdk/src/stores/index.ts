/** The entry point for more places of a session: slow storage, and cookies of a server. */
import type { SignedIn } from "../session.js";
import { parse, type AuthStore } from "../stores.js";

/** A storage that takes time, such as the secure store of a phone. */
export interface SlowStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
}

/** A session that was read before the client begins, and is written behind it. */
export interface SlowStore extends AuthStore {
  /** Resolves when everything is written; rejects with what the storage failed with. */
  settled(): Promise<void>;
}

/** Reads the session that a slow storage keeps: `{ store: await slowStore(SecureStore) }`. */
export async function slowStore(
  storage: SlowStorage,
  { key = "luge.session" }: { key?: string } = {},
): Promise<SlowStore> {
  let kept = parse(await storage.getItem(key));
  // One write after the other, so that the last one is what stays.
  let writing: Promise<unknown> = Promise.resolve();
  return {
    load: () => kept,
    save: (session) => {
      kept = session;
      const write = () =>
        session === null
          ? storage.removeItem(key)
          : storage.setItem(key, JSON.stringify(session));
      writing = writing.then(write, write);
      // `settled` tells; until somebody asks, it is no unhandled failure.
      writing.catch(() => undefined);
    },
    settled: async () => void (await writing),
  };
}

/** How the cookie is set. */
export interface CookieOptions {
  name?: string;
  path?: string;
  domain?: string;
  /** Only over HTTPS; switch it off for a server of one's own machine only. */
  secure?: boolean;
  sameSite?: "Lax" | "Strict" | "None";
}

/** A session that came with a request; for one request, never shared. */
export interface CookieStore extends AuthStore {
  /** The `Set-Cookie` of the answer, or null where the session has not changed. */
  setCookie(): string | null;
}

/** Browsers keep cookies of this size; a larger record is left out and only its ids are kept. */
const COOKIE_BYTES = 4096;
/** As long as a session goes on. */
const YEAR_SECONDS = 31_536_000;

/**
 * The session in the cookies of a request to a server of pages. The cookie is out of reach for
 * scripts (`HttpOnly`): hand `setCookie()` to the answer when the request is done.
 */
export function cookieStore(
  cookies: string | null | undefined,
  options: CookieOptions = {},
): CookieStore {
  const { name = "luge_session" } = options;
  let kept = read(cookies ?? "", name);
  let changed = false;
  return {
    load: () => kept,
    save: (session) => {
      kept = session;
      changed = true;
    },
    setCookie: () => (changed ? written(name, kept, options) : null),
  };
}

function read(cookies: string, name: string): SignedIn | null {
  for (const each of cookies.split(";")) {
    const at = each.indexOf("=");
    if (each.slice(0, at).trim() !== name) continue;
    try {
      return parse(decodeURIComponent(each.slice(at + 1).trim()));
    } catch {
      // Cookies can be edited by hand: then nobody is signed in.
      return null;
    }
  }
  return null;
}

function written(name: string, session: SignedIn | null, options: CookieOptions): string {
  const { path = "/", domain, secure = true, sameSite = "Lax" } = options;
  const marks = [
    `Path=${path}`,
    domain && `Domain=${domain}`,
    `Max-Age=${session === null ? 0 : YEAR_SECONDS}`,
    "HttpOnly",
    secure && "Secure",
    `SameSite=${sameSite}`,
  ].filter(Boolean);
  const value = session === null ? "" : encodeURIComponent(JSON.stringify(session));
  const cookie = [`${name}=${value}`, ...marks].join("; ");
  if (session === null || cookie.length <= COOKIE_BYTES) return cookie;
  const { id, collectionId, collectionName } = session.record;
  const slim = { ...session, record: { id, collectionId, collectionName } };
  return [`${name}=${encodeURIComponent(JSON.stringify(slim))}`, ...marks].join("; ");
}
