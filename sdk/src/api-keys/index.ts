/** The entry point for API keys, by which machines act as whoever made them. */
import type { Client } from "../client.js";
import type { SchemaLike } from "../schema.js";
import type { HolderOptions } from "../sessions.js";
import { path } from "../transport.js";

/** What a key may do to records. */
export type KeyAction = "list" | "view" | "create" | "update" | "delete";

/** Collections, by name or id, and what may be done to their records; `"*"` is all. */
export interface KeyScope {
  collections: string[];
  actions: (KeyAction | "*")[];
}

/** All that its owner may do, or some of that. */
export type KeyScopes = "*" | KeyScope[];

/** A key as the server keeps it. */
export interface ApiKey {
  id: string;
  name: string;
  scopes: KeyScopes;
  created: string;
  /** When it was last used, to within five minutes; empty before the first time. */
  used: string;
  /** When it ends by itself; empty for never. */
  expires: string;
}

/** What makes a key. */
export interface KeyRequest {
  name: string;
  scopes: KeyScopes;
  expires?: string | Date;
}

/** A `fetch` that signs in with a key: `createClient(url, { fetch: withKey(key) })`. */
export function withKey(key: string, fetcher: typeof fetch = fetch): typeof fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("Authorization", key);
    return fetcher(input, { ...init, headers });
  };
}

/** The API keys of an auth collection. */
export function apiKeys<S extends SchemaLike<S>>(
  client: Client<S>,
  collection: keyof S & string,
): ApiKeys<S> {
  return new ApiKeys(client, collection);
}

/** API keys of whoever is signed in; superusers may name another record. */
export class ApiKeys<S extends SchemaLike<S>> {
  constructor(
    private readonly client: Client<S>,
    private readonly collection: keyof S & string,
  ) {}

  /** All of them. */
  async list({ record, ...options }: HolderOptions = {}): Promise<ApiKey[]> {
    const outgoing = { ...options, query: { record } };
    const { transport } = this.client;
    return (await transport.send<{ items: ApiKey[] }>(this.place(), outgoing)).items;
  }

  /**
   * Makes one; `key` is shown this once. It needs a sign-in of the last minutes, else a
   * ForbiddenError says so.
   */
  create(
    { expires, ...rest }: KeyRequest,
    { record, ...options }: HolderOptions = {},
  ): Promise<ApiKey & { key: string }> {
    const body = { ...rest, expires: expires instanceof Date ? expires.toISOString() : expires };
    const outgoing = { ...options, method: "POST", query: { record }, body };
    return this.client.transport.send(this.place(), outgoing);
  }

  /** Revokes one: it is worth nothing from now on. */
  async revoke(id: string, { record, ...options }: HolderOptions = {}): Promise<void> {
    const outgoing = { ...options, method: "DELETE", query: { record } };
    await this.client.transport.send(this.place(id), outgoing);
  }

  private place(...id: string[]): string {
    return `/api/collections${path(this.collection, "api-keys", ...id)}`;
  }
}
