/** The entry point for signing in with codes and links, and for second factors. */
import { refusal, type AuthAnswer } from "../auth.js";
import type { Client } from "../client.js";
import { MfaRequiredError } from "../errors.js";
import type { RecordOf, SchemaLike, StoredRecord } from "../schema.js";
import type { HolderOptions } from "../sessions.js";
import { path, type RequestOptions } from "../transport.js";

/** An authenticator app that is yet to be confirmed. */
export interface NewApp {
  /** In base 32, to type in. */
  secret: string;
  /** What apps read from a QR code. */
  uri: string;
}

/** Whether an account has an authenticator app. */
export interface AppState {
  enabled: boolean;
  created?: string;
  /** How many are left. */
  recoveryCodes: number;
}

/** Completes a sign-in that `MfaRequiredError` broke off. */
export interface SecondOptions extends RequestOptions {
  mfaId?: string;
}

/** Codes, links and apps of an auth collection. */
export function factors<S extends SchemaLike<S>, C extends keyof S & string>(
  client: Client<S>,
  collection: C,
): Factors<S, C> {
  return new Factors(client, collection);
}

/** Codes, links and apps of one auth collection. A sign-in is kept in the client's session. */
export class Factors<S extends SchemaLike<S>, C extends keyof S & string> {
  constructor(
    private readonly client: Client<S>,
    private readonly collection: C,
  ) {}

  /** Mails a code to the account that has the address; gives the id to sign in with. */
  async requestCode(email: string, options: RequestOptions = {}): Promise<string> {
    const asked = { ...options, token: "" };
    return (await this.post<{ otpId: string }>(["request-otp"], { email }, asked)).otpId;
  }

  /** Signs in with a mailed code. */
  code(otpId: string, code: string, { mfaId, ...options }: SecondOptions = {}) {
    return this.signIn("auth-with-otp", { otpId, password: code, mfaId }, options);
  }

  /** Mails a link that signs in, to the account that has the address. */
  requestLink(email: string, options: RequestOptions = {}): Promise<void> {
    return this.post(["request-magic-link"], { email }, { ...options, token: "" });
  }

  /** Signs in with the token of a mailed link. */
  link(token: string, { mfaId, ...options }: SecondOptions = {}) {
    return this.signIn("auth-with-magic-link", { token, mfaId }, options);
  }

  /** Completes a sign-in with a code of an authenticator app. */
  app(mfaId: string, code: string, options: RequestOptions = {}) {
    return this.signIn("auth-with-totp", { mfaId, code }, options);
  }

  /** Completes a sign-in with a recovery code, which is used up. */
  recoveryCode(mfaId: string, code: string, options: RequestOptions = {}) {
    return this.signIn("auth-with-recovery-code", { mfaId, code }, options);
  }

  /** Makes an account without an address and signs in to it. */
  anonymous(values: Record<string, unknown> = {}, options: RequestOptions = {}) {
    return this.signIn("auth-anonymously", values, options);
  }

  /** Begins to add an authenticator app; it counts once `confirmApp` has a code of it. */
  beginApp(options: RequestOptions = {}): Promise<NewApp> {
    return this.post(["totp", "begin"], {}, options);
  }

  /** Switches the app on; gives the recovery codes, this once. */
  async confirmApp(code: string, options: RequestOptions = {}): Promise<string[]> {
    const answer = this.post<{ recoveryCodes: string[] }>(["totp", "confirm"], { code }, options);
    return (await answer).recoveryCodes;
  }

  /** Makes new recovery codes in place of those that are left. */
  async renewRecoveryCodes(options: RequestOptions = {}): Promise<string[]> {
    const place = ["totp", "recovery-codes"];
    return (await this.post<{ recoveryCodes: string[] }>(place, {}, options)).recoveryCodes;
  }

  /** Is there an app? */
  appState({ record, ...options }: HolderOptions = {}): Promise<AppState> {
    return this.client.transport.send(this.place("totp"), { ...options, query: { record } });
  }

  /** Removes the app. */
  async removeApp({ record, ...options }: HolderOptions = {}): Promise<void> {
    const outgoing = { ...options, method: "DELETE", query: { record } };
    await this.client.transport.send(this.place("totp"), outgoing);
  }

  private async signIn(
    action: string,
    body: object,
    options: RequestOptions,
  ): Promise<AuthAnswer<RecordOf<S, C>>> {
    try {
      const asked = { ...options, token: "" };
      const answer = await this.post<AuthAnswer<RecordOf<S, C>>>([action], body, asked);
      this.client.session.set({ token: answer.token, record: answer.record as StoredRecord });
      return answer;
    } catch (error) {
      throw refusal(error);
    }
  }

  private post<T>(
    action: string[],
    body: object,
    options: RequestOptions & { token?: string },
  ): Promise<T> {
    return this.client.transport.send(this.place(...action), { ...options, method: "POST", body });
  }

  private place(...action: string[]): string {
    return `/api/collections${path(this.collection, ...action)}`;
  }
}

/** Was the first factor right, and is another one asked for? */
export const isMfaRequired = (error: unknown): error is MfaRequiredError =>
  error instanceof MfaRequiredError;
