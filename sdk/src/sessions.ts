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

/** The sessions that go on in one auth collection. */
export class Sessions {
  constructor(
    private readonly transport: Transport,
    private readonly collection: string,
  ) {}

  /** Those of one record, the one that was used last first. */
  async list({ record, ...options }: HolderOptions = {}): Promise<OpenSession[]> {
    const { items } = await this.transport.send<{ items: OpenSession[] }>(
      this.place("sessions"),
      { ...options, query: { record } },
    );
    return items;
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
