/** The entry point for passkeys: signing in with a key pair on a device, and keeping such keys. */
import { refusal, type AuthAnswer } from "../auth.js";
import type { Client } from "../client.js";
import { isAborted, isLuge } from "../errors.js";
import type { RecordOf, SchemaLike, StoredRecord } from "../schema.js";
import type { HolderOptions } from "../sessions.js";
import { path, type RequestOptions } from "../transport.js";
import { forget, make, prove, type AskedJson } from "./device.js";

export { canAutofill, supported } from "./device.js";
export { PasskeyError, isPasskey, type PasskeyProblem } from "./errors.js";

/** A passkey as the server keeps it. */
export interface Passkey {
  id: string;
  name: string;
  created: string;
  /** When it last signed in; at first when it was made. */
  used: string;
}

/** How to sign in. */
export interface PasskeySignIn extends RequestOptions {
  /** Whose passkey it must be; by default anybody's that the device has. */
  identity?: string;
  /**
   * Waits among the suggestions of an input that has `autocomplete="username webauthn"`, for as
   * long as it takes, without a dialog. Any other request for a passkey ends it, as does `signal`.
   */
  autofill?: boolean;
}

interface Ceremony {
  ceremony: string;
  publicKey: AskedJson;
}

/** An autofill asks anew when this part of its time is over, so that it never comes too late. */
const RENEWED_AFTER = 0.8;
/** How long a ceremony goes on where its options do not say, in milliseconds. */
const CEREMONY_MS = 300_000;

/** The passkeys of an auth collection. */
export function passkeys<S extends SchemaLike<S>, C extends keyof S & string>(
  client: Client<S>,
  collection: C,
): Passkeys<S, C> {
  return new Passkeys(client, collection);
}

/** Passkeys of one auth collection: signing in with them, and those of whoever is signed in. */
export class Passkeys<S extends SchemaLike<S>, C extends keyof S & string> {
  constructor(
    private readonly client: Client<S>,
    private readonly collection: C,
  ) {}

  /**
   * Signs in with a passkey; PasskeyError where the device gives none, AuthError where the server
   * refuses it.
   */
  async signIn({ identity, autofill = false, ...options }: PasskeySignIn = {}): Promise<
    AuthAnswer<RecordOf<S, C>>
  > {
    const begin = () =>
      this.post<Ceremony>(["passkeys", "auth-options"], { ...options, token: "" }, { identity });
    const { ceremony, credential } = autofill
      ? await patiently(begin, options.signal)
      : await once(begin, options.signal);
    const outgoing = { ...options, token: "" };
    try {
      const answer = await this.post<AuthAnswer<RecordOf<S, C>>>(["auth-with-passkey"], outgoing, {
        ceremony,
        credential,
      });
      this.client.session.set({ token: answer.token, record: answer.record as StoredRecord });
      return answer;
    } catch (error) {
      throw refusal(error);
    }
  }

  /**
   * Makes a passkey on this device; ForbiddenError where the sign-in is more than a few minutes
   * ago.
   */
  async register({ name, ...options }: RequestOptions & { name?: string } = {}): Promise<Passkey> {
    const begun = await this.post<Ceremony>(["passkeys", "register-options"], options, {});
    const credential = await make(begun.publicKey, options);
    const body = { ceremony: begun.ceremony, credential, name };
    try {
      return await this.post(["passkeys", "register"], options, body);
    } catch (error) {
      const { rp } = begun.publicKey;
      // Else the device would offer, from now on, what signs nobody in.
      if (isRefusal(error) && rp?.id !== undefined) await forget(rp.id, credential.id);
      throw error;
    }
  }

  /** The passkeys of whoever is signed in, in the order of their making. */
  async list({ record, ...options }: HolderOptions = {}): Promise<Passkey[]> {
    const outgoing = { ...options, query: { record } };
    const { items } = await this.client.transport.send<{ items: Passkey[] }>(
      this.place("passkeys"),
      outgoing,
    );
    return items;
  }

  /** Gives a passkey another name. */
  rename(id: string, name: string, options: RequestOptions = {}): Promise<Passkey> {
    const place = this.place("passkeys", id);
    return this.client.transport.send(place, { ...options, method: "PATCH", body: { name } });
  }

  /** Removes a passkey; ForbiddenError where the sign-in is more than a few minutes ago. */
  async remove(id: string, { record, ...options }: HolderOptions = {}): Promise<void> {
    const outgoing = { ...options, method: "DELETE", query: { record } };
    await this.client.transport.send(this.place("passkeys", id), outgoing);
  }

  private post<T>(
    action: string[],
    options: RequestOptions & { token?: string },
    body: object,
  ): Promise<T> {
    return this.client.transport.send(this.place(...action), { ...options, method: "POST", body });
  }

  private place(...action: string[]): string {
    return `/api/collections${path(this.collection, ...action)}`;
  }
}

/** Did the server answer that it does not take it? */
function isRefusal(error: unknown): boolean {
  return isLuge(error) && error.status !== undefined && error.status < 500;
}

interface Proof {
  ceremony: string;
  credential: object;
}

async function once(
  begin: () => Promise<Ceremony>,
  signal: AbortSignal | undefined,
): Promise<Proof> {
  const { ceremony, publicKey } = await begin();
  return { ceremony, credential: await prove(publicKey, { signal }) };
}

/** Waits for longer than one ceremony goes on, by beginning another in time. */
async function patiently(
  begin: () => Promise<Ceremony>,
  caller: AbortSignal | undefined,
): Promise<Proof> {
  for (;;) {
    const { ceremony, publicKey } = await begin();
    const late = AbortSignal.timeout((publicKey.timeout ?? CEREMONY_MS) * RENEWED_AFTER);
    const signal = AbortSignal.any(caller === undefined ? [late] : [late, caller]);
    try {
      return { ceremony, credential: await prove(publicKey, { signal, autofill: true }) };
    } catch (error) {
      const over = isAborted(error) && late.aborted && !caller?.aborted;
      if (!over) throw error;
    }
  }
}
