/**
 * Asking the browser for a passkey, in the JSON forms of WebAuthn (level 3, §5.1).
 *
 * A document can ask for one passkey at a time: whoever asks takes over from an autofill that
 * waits. The JSON is read and written here, since `toJSON` is missing in some browsers and in what
 * password managers put in their place.
 */
import { explain, unsupported } from "./errors.js";

/** What the server says to ask with: bytes are base64url. */
export interface AskedJson {
  challenge: string;
  timeout?: number;
  rpId?: string;
  rp?: { id?: string; name: string };
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: DescriptorJson[];
  allowCredentials?: DescriptorJson[];
  [option: string]: unknown;
}

/** What a device made or used, as the server reads it. */
export interface CredentialJson {
  id: string;
  rawId: string;
  type: string;
  response: object;
  clientExtensionResults: object;
}

interface DescriptorJson {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

/** How to ask. */
export interface Asking {
  signal?: AbortSignal | undefined;
  /** Only among the suggestions of an input, without a dialog. */
  autofill?: boolean;
}

/** Can passkeys be asked for here at all? */
export function supported(): boolean {
  return typeof PublicKeyCredential === "function" && navigator.credentials !== undefined;
}

/** Can passkeys be offered among the suggestions of an input? */
export async function canAutofill(): Promise<boolean> {
  if (!supported()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** Has the device make a passkey. */
export function make(asked: AskedJson, asking: Asking): Promise<CredentialJson> {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user?.id ?? "") },
    excludeCredentials: asked.excludeCredentials?.map(descriptor) ?? [],
  } as unknown as PublicKeyCredentialCreationOptions;
  return alone(asking, asked.rp?.id, (signal) =>
    navigator.credentials.create({ publicKey, signal }),
  );
}

/** Has the device prove that it holds a passkey. */
export function prove(asked: AskedJson, asking: Asking): Promise<CredentialJson> {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: asked.allowCredentials?.map(descriptor) ?? [],
  } as unknown as PublicKeyCredentialRequestOptions;
  const mediation = asking.autofill ? { mediation: "conditional" as const } : {};
  return alone(asking, asked.rpId, (signal) =>
    navigator.credentials.get({ publicKey, signal, ...mediation }),
  );
}

/** Tells the device that the server does not know a passkey, where the browser passes that on. */
export async function forget(rpId: string, credentialId: string): Promise<void> {
  const telling = PublicKeyCredential.signalUnknownCredential?.({ rpId, credentialId });
  // A device that keeps it shows one passkey too many: no reason to fail.
  await telling?.catch(() => undefined);
}

/** Who asks in this document. */
let waiting: { autofill: boolean; controller: AbortController } | undefined;

/** Asks in place of whoever asked before; but an autofill makes way for a dialog. */
async function alone(
  { signal, autofill = false }: Asking,
  domain: string | undefined,
  ask: (signal: AbortSignal) => Promise<Credential | null>,
): Promise<CredentialJson> {
  if (!supported()) throw unsupported();
  const controller = new AbortController();
  const mine = { autofill, controller };
  const abort = () => controller.abort();
  if (signal?.aborted || (autofill && waiting?.autofill === false)) abort();
  else {
    waiting?.controller.abort();
    waiting = mine;
  }
  signal?.addEventListener("abort", abort);
  try {
    return written(await ask(controller.signal));
  } catch (cause) {
    throw explain(cause, domain);
  } finally {
    signal?.removeEventListener("abort", abort);
    if (waiting === mine) waiting = undefined;
  }
}

/** A credential as the server reads it. */
function written(credential: Credential | null): CredentialJson {
  if (credential === null) throw new DOMException("No credential was given.", "NotAllowedError");
  const made = credential as PublicKeyCredential;
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: answer(made.response),
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

function answer(response: AuthenticatorResponse): object {
  const clientDataJSON = text(response.clientDataJSON);
  if ("attestationObject" in response) {
    const made = response as AuthenticatorAttestationResponse;
    return {
      clientDataJSON,
      attestationObject: text(made.attestationObject),
      transports: made.getTransports?.() ?? [],
    };
  }
  const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse;
  return {
    clientDataJSON,
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle === null ? undefined : text(userHandle),
  };
}

function descriptor({ id, ...rest }: DescriptorJson): PublicKeyCredentialDescriptor {
  return { ...rest, id: bytes(id) };
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
