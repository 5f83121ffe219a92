/**
 * Who sends a request to try it: the superuser at the screen, a guest, or the record of an auth
 * collection. For a record the server issues a token that ends by itself after a moment; it is
 * kept here in memory only, never stored and never shown.
 */
import type { Client } from "@luge/client";
import type { RulePrincipal } from "@luge/client/admin";
import { client, clientOfItsOwn } from "../../backend.ts";

export type Who = "superuser" | "guest" | "record";

/** How long a token holds that one request is sent with. */
const REQUEST_SECONDS = 60;
/** How long one holds that listens. */
const LISTENER_SECONDS = 900;
/** After so long it is to be renewed, in milliseconds. */
export const RENEWAL_MS = 600_000;

const GUEST = "guest";

/** How an address names a record that asks. */
export const callerName = ({ collection, id }: { collection: string; id: string }) =>
  `${collection}/${id}`;

/** Who asks. */
export class Caller {
  who = $state<Who>("superuser");
  /** The record that asks, and the name of its auth collection. */
  record = $state({ collection: "", id: "" });

  /** Who asks, as an address says it; whom it does not name is the superuser. */
  constructor(named: string | null = null) {
    const [, collection = "", id = ""] = /^([^/]+)\/([^/]+)$/.exec(named ?? "") ?? [];
    if (named === GUEST) this.who = "guest";
    if (id === "") return;
    this.who = "record";
    this.record = { collection, id };
  }

  /** The same for an address: ids, never a token. */
  get name(): string | undefined {
    if (this.who === "guest") return GUEST;
    return this.who === "record" && this.named ? callerName(this.record) : undefined;
  }

  /** Is it known who asks? */
  get named(): boolean {
    return this.who !== "record" || (this.record.collection !== "" && this.record.id !== "");
  }

  /** As the tester of rules names who asks. */
  get principal(): RulePrincipal {
    if (this.who === "record") return { ...this.record };
    return this.who === "superuser" ? "superuser" : null;
  }

  /** For one request: undefined is the session at the screen, the empty text nobody's. */
  async token(): Promise<string | undefined> {
    if (this.who === "superuser") return undefined;
    return this.who === "guest" ? "" : (await this.issue(REQUEST_SECONDS)).token;
  }

  /** A client of its own that listens as who asks. */
  async listener(): Promise<Client> {
    const other = clientOfItsOwn();
    if (this.who === "record") other.session.set(await this.issue(LISTENER_SECONDS));
    if (this.who === "superuser") other.session.set(client.session.current);
    return other;
  }

  /** Lets a client of `listener` go on as long again. */
  async renew(other: Client): Promise<void> {
    if (this.who === "record") other.session.set(await this.issue(LISTENER_SECONDS));
  }

  private issue(seconds: number) {
    const { collection, id } = this.record;
    return client.accounts.impersonate(collection, id, { seconds });
  }
}
