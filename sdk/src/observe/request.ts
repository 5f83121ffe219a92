/** Which sessions belong to one request to a server of pages; all others are everybody's there. */
import type { Session } from "../session.js";

/** Are pages made here, for many people? */
export const onServer = (): boolean => typeof window === "undefined";

const ofRequests = new WeakSet<Session>();
let warned = false;

/** Does a session serve one request only? */
export const isOfRequest = (session: Session): boolean => ofRequests.has(session);

/** Notes that a session serves one request. */
export function belongsToRequest(session: Session): void {
  ofRequests.add(session);
}

/** Warns, once, of a page that is made with a session that the next request has too. */
export function warnIfShared(session: Session): void {
  if (!onServer() || warned || session.current === null || isOfRequest(session)) return;
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  if (process?.env?.NODE_ENV === "production") return;
  warned = true;
  console.warn(
    "A page is made with a client that is signed in and not of this request: others may see what " +
      "only one person should. Make one for each request: createServerClient of @luge/client/ssr.",
  );
}
