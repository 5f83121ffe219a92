/** Turns a failure into what a person can act on. */
import { isAuth, isLuge, isRateLimit, type FieldProblem } from "@luge/client";
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
  if (isAuth(error) && error.code === "auth") session.expire();
  const { fields, requestId } = error;
  return { message: messageOf(error), fields, requestId };
}

function messageOf(error: Parameters<typeof isRateLimit>[0] & Error): string {
  if (isRateLimit(error) && error.retryAfter !== undefined) {
    return t("problem.wait", { seconds: error.retryAfter });
  }
  const known = { network: "problem.network", timeout: "problem.timeout" } as const;
  const key = isLuge(error) ? known[error.code as keyof typeof known] : undefined;
  return key === undefined ? error.message : t(key);
}
