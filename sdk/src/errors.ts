/**
 * Every failure of the client, as one class per thing a caller does about it.
 *
 * No method ever rejects with anything but a `LugeError`, and none has the status 0 of a vague
 * "something went wrong": a failure without an answer is Network, Aborted or Timeout.
 */
import type { StoredRecord } from "./schema.js";

/** What is wrong with one field of a request. */
export interface FieldProblem {
  code: string;
  message: string;
  params?: Record<string, unknown>;
}

interface Details {
  code: string;
  status?: number | undefined;
  fields?: Record<string, FieldProblem>;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  cause?: unknown;
  current?: ConflictError["current"];
}

/** The base of every error: what happened, and where to find it in the server's log. */
export class LugeError extends Error {
  /** A stable name of the kind of failure, for programs. */
  readonly code: string;
  /** The HTTP status, or undefined when there was no answer. */
  readonly status: number | undefined;
  /** Path of a field (`fields.1.name`) to what is wrong with it. */
  readonly fields: Record<string, FieldProblem>;
  /** The request's id in the server's log. */
  readonly requestId: string | undefined;
  /** Seconds to wait before trying again, when the server said so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: Details) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.status = details.status;
    this.fields = details.fields ?? {};
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter;
  }
}

/** 400 that says which fields are wrong. */
export class ValidationError extends LugeError {}
/** 401, or credentials that were refused. */
export class AuthError extends LugeError {}
/** 401 that asks for another factor: the first one was right. See `@luge/client/factors`. */
export class MfaRequiredError extends AuthError {
  constructor(
    message: string,
    details: Details,
    /** Names the sign-in that is to be completed. */
    readonly mfaId: string,
    /** What completes it, where the server says so; otherwise any other one. */
    readonly methods: string[],
  ) {
    super(message, details);
  }
}
/** 403: signed in or not, this is not allowed. */
export class ForbiddenError extends LugeError {}
/** 404: it does not exist, or may not be seen. */
export class NotFoundError extends LugeError {}
/** 409: something else changed in between; or an idempotency key of another request. */
export class ConflictError extends LugeError {
  /** The record as it is now, where it may be viewed. */
  readonly current: (StoredRecord & Record<string, any>) | undefined;

  constructor(message: string, details: Details) {
    super(message, details);
    this.current = details.current;
  }
}
/** 429: see `retryAfter`. */
export class RateLimitError extends LugeError {}
/** The server could not be reached. */
export class NetworkError extends LugeError {}
/** The caller's `AbortSignal` ended the request. */
export class AbortedError extends LugeError {}
/** The server did not answer in time. */
export class TimeoutError extends LugeError {}

/** Is it any failure of this client? */
export const isLuge = (error: unknown): error is LugeError => error instanceof LugeError;
/** Does it say which fields are wrong? */
export const isValidation = (error: unknown): error is ValidationError =>
  error instanceof ValidationError;
/** Does it ask for a sign-in? */
export const isAuth = (error: unknown): error is AuthError => error instanceof AuthError;
/** Was it not allowed? */
export const isForbidden = (error: unknown): error is ForbiddenError =>
  error instanceof ForbiddenError;
/** Was there nothing to find? */
export const isNotFound = (error: unknown): error is NotFoundError =>
  error instanceof NotFoundError;
/** Did something else change in between? */
export const isConflict = (error: unknown): error is ConflictError =>
  error instanceof ConflictError;
/** Were there too many requests? */
export const isRateLimit = (error: unknown): error is RateLimitError =>
  error instanceof RateLimitError;
/** Could the server not be reached? */
export const isNetwork = (error: unknown): error is NetworkError => error instanceof NetworkError;
/** Did the caller end it? */
export const isAborted = (error: unknown): error is AbortedError => error instanceof AbortedError;
/** Did the server not answer in time? */
export const isTimeout = (error: unknown): error is TimeoutError => error instanceof TimeoutError;

/** What became of a request: its value or why there is none. */
export type Outcome<T> = { value: T; error?: never } | { value?: never; error: LugeError };

/** Does not throw: `const { value, error } = await safe(db.from("posts").get(id))`. */
export async function safe<T>(work: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (isLuge(error)) return { error };
    throw error;
  }
}

/** Turns an answer of 400 or more into the error that says what to do about it. */
export function errorFromAnswer(status: number, body: unknown, headers: Headers): LugeError {
  const answer = isObject(body) ? body : {};
  const message =
    typeof answer.message === "string" && answer.message !== ""
      ? answer.message
      : `The server answered ${status}.`;
  // The data of a conflict is a record, in which nothing is a problem.
  const fields = status === 409 ? {} : flatten(answer.data);
  const named = Object.keys(fields).length > 0;
  const [Kind, code] = kindOf(status, named);
  const wait = Number.parseFloat(headers.get("retry-after") ?? "");
  const details = {
    code,
    status,
    fields,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfter: Number.isFinite(wait) ? wait : undefined,
    current: status === 409 && isRecord(answer.data) ? answer.data : undefined,
  };
  if (status !== 401 || typeof answer.mfaId !== "string") return new Kind(message, details);
  const methods = Array.isArray(answer.methods) ? answer.methods : [];
  const asked = { ...details, code: "mfa_required" };
  return new MfaRequiredError("Another factor is asked for.", asked, answer.mfaId, methods);
}

function kindOf(status: number, named: boolean): [typeof LugeError, string] {
  switch (status) {
    case 400:
      return named ? [ValidationError, "validation"] : [LugeError, "bad_request"];
    case 401:
      return [AuthError, "auth"];
    case 403:
      return [ForbiddenError, "forbidden"];
    case 404:
      return [NotFoundError, "not_found"];
    case 409:
      return [ConflictError, "conflict"];
    case 413:
      return [LugeError, "too_large"];
    case 422:
      return [ConflictError, "idempotency_key_used"];
    case 429:
      return [RateLimitError, "rate_limit"];
    default:
      return [LugeError, status >= 500 ? "server" : "bad_request"];
  }
}

/** The server nests problems as the body is nested; a path is easier to look up. */
export function flatten(data: unknown, path = ""): Record<string, FieldProblem> {
  const found: Record<string, FieldProblem> = {};
  if (!isObject(data)) return found;
  for (const [key, value] of Object.entries(data)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (isProblem(value)) found[place] = value;
    else Object.assign(found, flatten(value, place));
  }
  return found;
}

function isProblem(value: unknown): value is FieldProblem {
  return isObject(value) && typeof value.code === "string" && typeof value.message === "string";
}

function isRecord(value: unknown): value is NonNullable<ConflictError["current"]> {
  return isObject(value) && typeof value.id === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
