/** Signing in to an auth collection. Success is kept in the client's session. */
import { AuthError, LugeError } from "./errors.js";
import type { RecordOf, SchemaLike, StoredRecord } from "./schema.js";
import type { Session } from "./session.js";
import { Sessions } from "./sessions.js";
import { path, type Outgoing, type RequestOptions, type Transport } from "./transport.js";

/** What the server answers to a sign-in. */
export interface AuthAnswer<R> {
  token: string;
  record: R;
}

/** The ways to sign in that a collection offers. */
export interface AuthMethods {
  password: { enabled: boolean; identityFields: string[] };
  oauth2: { enabled: boolean; providers: { name: string; displayName: string }[] };
  otp: { enabled: boolean; duration: number };
  mfa: { enabled: boolean; duration: number };
  /** Left out by servers that have no passkeys. */
  passkey?: { enabled: boolean };
}

/** How to look the identity up. */
export interface PasswordOptions extends RequestOptions {
  /** The one field to look in, such as `username`; by default all that the collection allows. */
  identityField?: string;
  /** Completes a sign-in that `MfaRequiredError` broke off. */
  mfaId?: string;
}

/** Sign-in for one auth collection. */
export class AuthCollection<S extends SchemaLike<S>, C extends keyof S & string> {
  /** Where one is signed in. */
  readonly sessions: Sessions;

  constructor(
    private readonly transport: Transport,
    private readonly session: Session,
    private readonly collection: C,
  ) {
    this.sessions = new Sessions(transport, collection);
  }

  /** Which ways to sign in are offered. */
  methods(options: RequestOptions = {}): Promise<AuthMethods> {
    return this.transport.send(this.place("auth-methods"), options);
  }

  /** Signs in with an identity, such as an e-mail address, and a password. */
  async password(
    identity: string,
    password: string,
    { identityField, mfaId, ...options }: PasswordOptions = {},
  ): Promise<AuthAnswer<RecordOf<S, C>>> {
    const body = { identity, password, ...(identityField && { identityField }), mfaId };
    try {
      return await this.signIn("auth-with-password", { ...options, body, token: "" });
    } catch (error) {
      throw refusal(error);
    }
  }

  /** Renews the session; AuthError when it no longer holds. */
  refresh(options: RequestOptions = {}): Promise<AuthAnswer<RecordOf<S, C>>> {
    return this.signIn("auth-refresh", { ...options, token: this.session.token ?? "" });
  }

  /** Mails a link that confirms an address to the account that has it, if there is one. */
  requestVerification(email: string, options: RequestOptions = {}): Promise<void> {
    return this.post("request-verification", { email }, options);
  }

  /** Confirms an address with the token of the mail. */
  confirmVerification(token: string, options: RequestOptions = {}): Promise<void> {
    return this.post("confirm-verification", { token }, options);
  }

  /** Mails a link that replaces a forgotten password to the account that has an address. */
  requestPasswordReset(email: string, options: RequestOptions = {}): Promise<void> {
    return this.post("request-password-reset", { email }, options);
  }

  /** Replaces a password with the token of the mail; the account is signed out everywhere. */
  confirmPasswordReset(
    token: string,
    password: string,
    options: RequestOptions = {},
  ): Promise<void> {
    const body = { token, password, passwordConfirm: password };
    return this.post("confirm-password-reset", body, options);
  }

  /** Mails a link to the address that the signed-in account wants to have. */
  requestEmailChange(newEmail: string, options: RequestOptions = {}): Promise<void> {
    return this.transport.send(this.place("request-email-change"), {
      ...options,
      method: "POST",
      body: { newEmail },
    });
  }

  /** Changes the address with the token of the mail; the account is signed out everywhere. */
  confirmEmailChange(
    token: string,
    password: string,
    options: RequestOptions = {},
  ): Promise<void> {
    return this.post("confirm-email-change", { token, password }, options);
  }

  /** Sends as nobody: what is mailed proves itself. */
  private post(action: string, body: object, options: RequestOptions): Promise<void> {
    return this.transport.send(this.place(action), {
      ...options,
      method: "POST",
      body,
      token: "",
    });
  }

  private async signIn(action: string, outgoing: Outgoing) {
    const answer = await this.transport.send<AuthAnswer<RecordOf<S, C>>>(this.place(action), {
      ...outgoing,
      method: "POST",
    });
    const { token, record } = answer;
    this.session.set({ token, record: record as StoredRecord });
    return answer;
  }

  private place(action: string): string {
    return `/api/collections${path(this.collection, action)}`;
  }
}

/** Refused credentials are a 400 that names no field; to the caller they are an AuthError. */
export function refusal(error: unknown): unknown {
  if (!(error instanceof LugeError) || error.code !== "bad_request") return error;
  return new AuthError(error.message, {
    code: "credentials_refused",
    status: 400,
    requestId: error.requestId,
    cause: error,
  });
}
