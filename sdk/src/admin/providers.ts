/** The providers that people can sign in with, and trying one out: superusers only. */
import { path, type RequestOptions, type Transport } from "../transport.js";

/** A provider that the server knows. */
export interface Provider {
  /** What definitions call it. */
  name: string;
  /** What people call it. */
  displayName: string;
  /** SVG. */
  logo: string;
}

/** What a provider of a collection comes down to, and a sign-in to begin. */
export interface ProviderTrial {
  provider: string;
  /** What to register at the provider. */
  redirectURLs: string[];
  authURL: string;
  tokenURL: string;
  userInfoURL: string;
  jwksURL: string;
  issuers: string[];
  pkce: boolean;
  trial: {
    /** Where to send the browser. */
    url: string;
    state: string;
    codeVerifier: string;
    redirectURL: string;
  };
}

/** What brings a trial to its end. */
export interface ProviderAnswer {
  /** What the provider sent the browser back with. */
  code: string;
  codeVerifier: string;
  redirectURL: string;
}

/** What a sign-in would have done: nothing is written. */
export interface ProviderOutcome {
  /** As they came. */
  claims: Record<string, unknown>;
  issuer: string;
  person: Record<string, unknown>;
  /** In words. */
  outcome: string;
  /** The id of the record that it would sign in to; null where there is none yet. */
  record: string | null;
  /** The values of fields that a new record would get. */
  mapped: Record<string, unknown>;
}

const ROOT = "/api/collections";

/** Providers that people can sign in with. */
export class Providers {
  constructor(private readonly transport: Transport) {}

  /** All that the server knows. */
  list(options: RequestOptions = {}): Promise<Provider[]> {
    return this.transport.send(`${ROOT}/meta/oauth2-providers`, options);
  }

  /** Begins to try one of a collection out. */
  begin(
    collection: string,
    provider: string,
    options: RequestOptions = {},
  ): Promise<ProviderTrial> {
    return this.transport.send(trial(collection, provider), options);
  }

  /** Says what a sign-in would have done. */
  finish(
    collection: string,
    provider: string,
    answer: ProviderAnswer,
    options: RequestOptions = {},
  ): Promise<ProviderOutcome> {
    const outgoing = { ...options, method: "POST", body: answer };
    return this.transport.send(trial(collection, provider), outgoing);
  }
}

const trial = (collection: string, provider: string) =>
  ROOT + path(collection, "oauth2", provider, "try");
