/** Turns a failure into what a person can act on. */
import { isAuth, isLuge, isRateLimit, type FieldProblem, type LugeError } from "@luge/client";
import { isPasskey, type PasskeyError } from "@luge/client/passkeys";
import { wasRefusedElsewhere } from "../backend.ts";
import { t } from "../messages/index.svelte.ts";
import { session } from "./session.svelte.ts";

/** What went wrong, and where to find it in the log. */
export interface Problem {
  message: string;
  requestId?: string | undefined;
  /** Path of a field to what is wrong with it. */
  fields: Record<string, FieldProblem>;
}

/** Explains a failure; one that means the session is over also ends it here. */
export function explain(error: unknown): Problem {
  if (!isLuge(error)) throw error;
  const { fields, requestId } = error;
  const own = !wasRefusedElsewhere(requestId);
  if (isAuth(error) && error.code === "auth" && own) session.expire();
  return { message: messageOf(error), fields, requestId };
}

function messageOf(error: LugeError): string {
  if (isPasskey(error)) return messageOfDevice(error);
  if (isRateLimit(error) && error.retryAfter !== undefined) {
    return t("problem.wait", { seconds: error.retryAfter });
  }
  const known = { network: "problem.network", timeout: "problem.timeout" } as const;
  return error.code in known ? t(known[error.code as keyof typeof known]) : error.message;
}

function messageOfDevice({ code, domain }: PasskeyError): string {
  const known = {
    passkey_declined: "passkey.declined",
    passkey_known: "passkey.known",
    passkey_elsewhere: "passkey.elsewhere",
    passkey_unsupported: "passkey.unsupported",
    passkey_failed: "passkey.failed",
  } as const;
  return t(known[code], { domain: domain ?? "" });
}
