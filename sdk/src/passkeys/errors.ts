/** What can go wrong between a page and a device. */
import { AbortedError, LugeError } from "../errors.js";

/** Why the device gave no passkey. */
export type PasskeyProblem =
  /** The person declined or took too long, or the device has no passkey that would do. */
  | "passkey_declined"
  /** The device has a passkey of this account already. */
  | "passkey_known"
  /** The passkeys are bound to a domain that the page does not belong to. */
  | "passkey_elsewhere"
  /** The browser or the device cannot do it, or the page was not loaded over HTTPS. */
  | "passkey_unsupported"
  /** Anything else; the cause tells. */
  | "passkey_failed";

/** The device gave no passkey: the server was not asked, so there is no status. */
export class PasskeyError extends LugeError {
  declare readonly code: PasskeyProblem;

  constructor(
    message: string,
    details: { code: PasskeyProblem; cause?: unknown },
    /** The domain that the passkeys are bound to, where it was known. */
    readonly domain?: string,
  ) {
    super(message, details);
  }
}

/** Did the device give no passkey? */
export const isPasskey = (error: unknown): error is PasskeyError => error instanceof PasskeyError;

/** What a browser's refusal means; browsers tell apart as little as they may. */
export function explain(cause: unknown, domain: string | undefined): LugeError {
  const refused = (code: PasskeyProblem, message: string) =>
    new PasskeyError(message, { code, cause }, domain);
  switch (nameOf(cause)) {
    case "AbortError":
      return new AbortedError("Asking for a passkey was aborted.", { code: "aborted", cause });
    case "NotAllowedError":
      return refused("passkey_declined", "No passkey was given: declined, or too late.");
    case "InvalidStateError":
      return refused("passkey_known", "The device has a passkey of this account already.");
    case "SecurityError":
      return refused(
        "passkey_elsewhere",
        `The passkeys are bound to ${domain ?? "another domain"}, which is not this page's.`,
      );
    case "NotSupportedError":
    case "ConstraintError":
      return refused("passkey_unsupported", "The device cannot make or use such a passkey.");
    default:
      return refused("passkey_failed", `The device gave no passkey: ${String(cause)}.`);
  }
}

/** Where there is nothing to ask with. */
export function unsupported(): PasskeyError {
  return new PasskeyError("This browser has no passkeys, or the page was not loaded over HTTPS.", {
    code: "passkey_unsupported",
  });
}

function nameOf(cause: unknown): string {
  return cause instanceof Error || cause instanceof DOMException ? cause.name : "";
}
