/** The sessions of a record: every sign-in begins one, on one device. */
import { isNotFound } from "./errors.js";
import { path, type RequestOptions, type Transport } from "./transport.js";

/** Whose: by default of whoever is signed in. */
export interface HolderOptions extends RequestOptions {
  /** The id of another record; only superusers may name one. */
  record?: string;
}

/** A session as the server keeps it. */
export interface OpenSession {
  id: string;
  created: string;
  /** When it was last used, to within five minutes. */
  used: string;
  /** When it ends by itself. */
  ends: string;
  /** How it was begun, such as `password` or `passkey`. */
  method: string;
  /** What the device said that it is. */
  device: string;
  /** The network address it was begun from. */
  address: string;
  /** Is it the one that asks? */
  current: boolean;
}

/** One entry of the history of a record's sign-ins. */
export interface SignIn {
  id: string;
  created: string;
  /**
   * What came of it: a session; a second factor was asked for and has not come; the auth rule did
   * not hold; or a superuser has a token of the account.
   */
  outcome: "signedIn" | "unfinished" | "refused" | "impersonated";
  /** How the account was proved, such as `password`, `passkey` or `oauth2`. */
  method: string;
  /** The provider that vouched for it, or empty. */
  provider: string;
  /** How it was proved before this second factor; empty where one was enough. */
  first: string;
  /** What the device said that it is. */
  device: string;
  /** The network address it came from. */
  address: string;
  /** Was the account signed in to before, and never with this device from this network? */
  new: boolean;
  /** The session that it began, or empty. */
  session: string;
  /** Does that go on? */
  live: boolean;
  /** Is it the one that asks? */
  current: boolean;
  /** The superuser who acts as the account, as superusers are told; else empty. */
  by: string;
  /** When the token of that superuser ends, or empty. */
  until: string;
}

/** The sessions that go on in one auth collection. */
export class Sessions {
  constructor(
    private readonly transport: Transport,
    private readonly collection: string,
  ) {}

  /** Those of one record, the one that was used last first. */
  list(options: HolderOptions = {}): Promise<OpenSession[]> {
    return this.items("sessions", options);
  }

  /**
   * How one record was signed in to, the latest first: 90 days, and at most 100 sign-ins, with
   * those that a second factor or the auth rule ended, and with impersonations.
   */
  history(options: HolderOptions = {}): Promise<SignIn[]> {
    return this.items("sign-ins", options);
  }

  /** Ends one. */
  end(id: string, options: HolderOptions = {}): Promise<void> {
    return this.delete(["sessions", id], options);
  }

  /** Ends all but the one that asks. */
  async endOthers(options: RequestOptions = {}): Promise<void> {
    const others = (await this.list(options)).filter(({ current }) => !current);
    await Promise.all(
      others.map(({ id }) =>
        this.end(id, options).catch((error: unknown) => {
          // It has ended in between.
          if (!isNotFound(error)) throw error;
        }),
      ),
    );
  }

  /** Ends all: every token of the record is worth nothing from now on. */
  endAll(options: HolderOptions = {}): Promise<void> {
    return this.delete(["sessions"], options);
  }

  /** Ends the one that a token belongs to. */
  async endOf(token: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(this.place("auth-logout"), { ...options, method: "POST", token });
  }

  private async items<T>(
    action: string,
    { record, ...options }: HolderOptions,
  ): Promise<T[]> {
    const outgoing = { ...options, query: { record } };
    return (await this.transport.send<{ items: T[] }>(this.place(action), outgoing)).items;
  }

  private async delete(
    place: string[],
    { record, ...options }: HolderOptions,
  ): Promise<void> {
    const outgoing = { ...options, method: "DELETE", query: { record } };
    await this.transport.send(this.place(...place), outgoing);
  }

  private place(...action: string[]): string {
    return `/api/collections${path(this.collection, ...action)}`;
  }
}
