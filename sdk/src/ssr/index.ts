/**
 * The entry point for servers of pages: one client for each request.
 *
 * The session is in a cookie that no script reads, and is renewed before the page is made. What
 * the cookie says is a claim: only `user()`, which asks Luge, tells who somebody is.
 */
import { Client, type ClientOptions } from "../client.js";
import { isAuth, isForbidden, isNotFound, LugeError } from "../errors.js";
import { belongsToRequest } from "../observe/request.js";
import type { AnySchema, SchemaLike, StoredRecord } from "../schema.js";
import type { SignedIn } from "../session.js";
import { cookieStore, type CookieOptions, type CookieStore } from "../stores/index.js";
import { path } from "../transport.js";
import { forward } from "./forward.js";
import { headerOf, mayAct, type OriginOptions, type PageRequest } from "./origin.js";

export { isSameOrigin, requireSameOrigin, type OriginOptions, type PageRequest } from "./origin.js";

/** How the clients of a server of pages are made. */
export interface ServerOptions
  extends Omit<ClientOptions, "store">,
    OriginOptions,
    Pick<CookieOptions, "secure" | "sameSite"> {
  /** The name of the cookie; by default `__Host-luge_session`, without `secure` `luge_session`. */
  cookie?: string;
  /** No cookie can be set any more, as in a component of Next: then nothing is renewed. */
  readOnly?: boolean;
}

/** Makes the client of one request, its session renewed where that was due. */
export async function createServerClient<S extends SchemaLike<S> = AnySchema>(
  url: string,
  request: PageRequest,
  options: ServerOptions = {},
): Promise<ServerClient<S>> {
  if (typeof window !== "undefined") {
    throw new TypeError("createServerClient is for a server; a page uses createClient.");
  }
  const client = new ServerClient<S>(url, request, options);
  await client.session.freshToken();
  return client;
}

/** A client that serves one request. */
export class ServerClient<S extends SchemaLike<S> = AnySchema> extends Client<S> {
  private readonly cookies: CookieStore;
  private answered = false;
  private asked: Promise<SignedIn["record"] | null> | undefined;

  constructor(
    url: string,
    private readonly request: PageRequest,
    private readonly options: ServerOptions,
  ) {
    const { secure = true, readOnly = false } = options;
    const name = options.cookie ?? (secure ? "__Host-luge_session" : "luge_session");
    const sent = mayAct(request, options) ? headerOf(request, "cookie") : null;
    const cookies = cookieStore(sent, { ...options, secure, name });
    const save = (session: SignedIn | null) => this.save(session);
    super(url, {
      ...options,
      store: { load: () => (readOnly ? lasting(cookies.load(), options) : cookies.load()), save },
    });
    this.cookies = cookies;
    belongsToRequest(this.session);
  }

  /** Who is signed in, confirmed by Luge; null for guests. Asks once. */
  user(): Promise<SignedIn["record"] | null> {
    return (this.asked ??= this.confirm());
  }

  /** The headers that the answer has to have. After this nobody can sign in or out any more. */
  headers(): [name: string, value: string][] {
    this.answered = true;
    const cookie = this.cookies.setCookie();
    const own: [string, string][] = cookie === null ? [] : [["Set-Cookie", cookie]];
    // What is made for one person is kept by no cache on the way.
    const mine = cookie !== null || this.session.current !== null;
    return mine ? [...own, ["Cache-Control", "private, no-store"]] : own;
  }

  /** The answer with these headers. */
  answer(response: Response): Response {
    const made = new Response(response.body, response);
    for (const [name, value] of this.headers()) {
      if (name === "Set-Cookie") made.headers.append(name, value);
      else if (!made.headers.has(name)) made.headers.set(name, value);
    }
    return made;
  }

  /**
   * Hands a request of the page's own client on to Luge, as whoever is signed in: so a page has
   * live lists and changes while its token stays on the server. Only records, searches, realtime,
   * files and batches; what a page of elsewhere would change is a 403.
   */
  async forward(request: Request): Promise<Response> {
    const own = mayAct(request, this.options);
    const fetcher = this.options.fetch ?? fetch;
    return this.answer(await forward(request, own, this.url, this.session.token, fetcher));
  }

  private save(session: SignedIn | null): void {
    if (this.answered) {
      const message =
        "The answer's headers are made already. Is this client shared by several requests?";
      throw new LugeError(message, { code: "answered" });
    }
    // Only who it is: what a cookie says of somebody can be edited, and ages.
    this.cookies.save(session && { ...session, record: idsOf(session.record) });
    this.asked = undefined;
  }

  private async confirm(): Promise<SignedIn["record"] | null> {
    const { current } = this.session;
    if (current === null) return null;
    const { collectionName } = current.record;
    const place = `/api/collections${path(collectionName, "auth-refresh")}`;
    const { token } = current;
    try {
      const fresh = await this.transport.send<{ token: string; record: StoredRecord }>(place, {
        method: "POST",
        token,
      });
      const { asked } = this;
      if (!this.answered && !this.options.readOnly) this.session.set(fresh);
      this.asked = asked;
      return fresh.record;
    } catch (error) {
      if (!isAuth(error) && !isForbidden(error) && !isNotFound(error)) throw error;
      if (!this.answered && !this.options.readOnly) this.session.set(null);
      return null;
    }
  }
}

function idsOf({ id, collectionId, collectionName }: StoredRecord): StoredRecord {
  return { id, collectionId, collectionName };
}

/** As if it had just been received, so that it is not due. */
function lasting(session: SignedIn | null, { now = Date.now }: ServerOptions): SignedIn | null {
  return session && { ...session, since: now() };
}
