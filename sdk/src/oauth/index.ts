/**
 * The entry point for signing in through other providers, by a redirect or in a window of its own.
 *
 * A secret is made here and stays here: what comes back in an address is worth nothing without it.
 */
import { refusal, type AuthAnswer } from "../auth.js";
import type { Client } from "../client.js";
import { AbortedError, AuthError } from "../errors.js";
import type { RecordOf, SchemaLike, StoredRecord } from "../schema.js";
import { path, type RequestOptions } from "../transport.js";

/** How a sign-in is finished. */
export interface FinishOptions extends RequestOptions {
  /** Values of the record, where the sign-in makes one. */
  createData?: Record<string, unknown>;
}

/** A sign-in that was begun. */
export interface Begun {
  /** Where to send the browser. */
  url: string;
  /** To keep until the browser is back. */
  verifier: string;
}

/** Where the secret waits while the page is away. */
type Place = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const KEY = "luge.oauth";
const VERIFIER_BYTES = 32;
const CLOSED_CHECK_MS = 300;

/** Sign-in through the providers of an auth collection. */
export function oauth<S extends SchemaLike<S>, C extends keyof S & string>(
  client: Client<S>,
  collection: C,
): OAuth<S, C> {
  return new OAuth(client, collection);
}

/** Sign-in through the providers of one auth collection. */
export class OAuth<S extends SchemaLike<S>, C extends keyof S & string> {
  constructor(
    private readonly client: Client<S>,
    private readonly collection: C,
  ) {}

  /**
   * Begins a sign-in, for applications that open the address themselves, such as those of a phone.
   * `redirectURL` is a page of the application's address or one that the collection names.
   */
  async begin(provider: string, redirectURL: string): Promise<Begun> {
    const verifier = base64url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const codeChallenge = base64url(new Uint8Array(digest));
    const start = this.place("oauth2", provider, "start");
    const url = this.client.transport.url(start, { redirectURL, codeChallenge });
    return { url, verifier };
  }

  /** Finishes a sign-in with the address that the browser came back to, within a minute. */
  async finish(
    back: string | URL,
    verifier: string,
    { createData, ...options }: FinishOptions = {},
  ): Promise<AuthAnswer<RecordOf<S, C>>> {
    const query = new URL(back).searchParams;
    const code = query.get("code");
    if (code === null) throw declined(query.get("error"));
    const body = { code, codeVerifier: verifier, createData };
    const outgoing = { ...options, method: "POST", body };
    try {
      const answer = await this.client.transport.send<AuthAnswer<RecordOf<S, C>>>(
        this.place("auth-with-code"),
        outgoing,
      );
      this.client.session.set({ token: answer.token, record: answer.record as StoredRecord });
      return answer;
    } catch (error) {
      throw refusal(error);
    }
  }

  /** Leaves the page for the provider; `returned` on the page that comes back finishes. */
  async redirect(
    provider: string,
    redirectURL = pageAddress(),
    storage: Place = sessionStorage,
    go: (url: string) => void = (url) => location.assign(url),
  ): Promise<void> {
    const { url, verifier } = await this.begin(provider, redirectURL);
    storage.setItem(KEY, verifier);
    go(url);
  }

  /** Finishes a `redirect`, where the page was come back to; otherwise null. */
  async returned(
    options: FinishOptions = {},
    back = location.href,
    storage: Place = sessionStorage,
  ): Promise<AuthAnswer<RecordOf<S, C>> | null> {
    const verifier = storage.getItem(KEY);
    const query = new URL(back).searchParams;
    if (verifier === null || !(query.has("code") || query.has("error"))) return null;
    // It is good once, whatever becomes of it.
    storage.removeItem(KEY);
    return this.finish(back, verifier, options);
  }

  /**
   * Opens the provider in a window; call it right in the handler of a click. The page at
   * `redirectURL`, of the same origin, calls `answerPopup`. AbortedError where the window is
   * closed.
   */
  async popup(
    provider: string,
    redirectURL: string,
    options: FinishOptions = {},
  ): Promise<AuthAnswer<RecordOf<S, C>>> {
    // Before anything is waited for: later, browsers take it for an advertisement.
    const opened = open("", KEY, "popup,width=520,height=680");
    if (opened === null) {
      throw new AuthError("The browser allowed no window.", { code: "popup_blocked" });
    }
    try {
      const { url, verifier } = await this.begin(provider, redirectURL);
      opened.location.href = url;
      return await this.finish(await answered(opened, options.signal), verifier, options);
    } finally {
      opened.close();
    }
  }

  private place(...action: string[]): string {
    return `/api/collections${path(this.collection, ...action)}`;
  }
}

/** On the page that a window of `popup` comes back to: tells the application, and closes. */
export function answerPopup(back = location.href): void {
  const channel = new BroadcastChannel(KEY);
  channel.postMessage(back);
  channel.close();
  close();
}

/** The address that the window came back to. The provider may have cut it off from this page. */
function answered(opened: Window, signal: AbortSignal | undefined): Promise<string> {
  const channel = new BroadcastChannel(KEY);
  return new Promise<string>((resolve, reject) => {
    const end = () => {
      clearInterval(timer);
      channel.close();
      signal?.removeEventListener("abort", abort);
    };
    const abort = () => {
      end();
      opened.close();
      reject(new AbortedError("The sign-in was ended.", { code: "aborted" }));
    };
    const timer = setInterval(() => opened.closed && abort(), CLOSED_CHECK_MS);
    channel.onmessage = ({ data }) => {
      end();
      resolve(String(data));
    };
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
}

function declined(why: string | null): AuthError {
  const message = why === null ? "The address has no code." : `No sign-in: ${why}.`;
  return new AuthError(message, { code: "oauth_declined" });
}

/** The address of the page, without what a former sign-in left in it. */
function pageAddress(): string {
  return location.origin + location.pathname;
}

function base64url(bytes: Uint8Array): string {
  const plain = btoa(String.fromCharCode(...bytes));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
