/** The entry point for batches: several changes that happen together or not at all. */
import type { Client } from "../client.js";
import { errorFromAnswer, isLuge, LugeError } from "../errors.js";
import type { CreateOf, RecordOf, SchemaLike, UpdateOf } from "../schema.js";
import { isFile, path, type Outgoing, type RequestOptions } from "../transport.js";

/** One change; `R` is what it gives. */
export interface Step<R> {
  readonly method: "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: string;
  readonly body?: object;
  /** Only a type. */
  readonly gives?: R;
}

/** What the steps give, in their order. */
export type Results<T extends readonly Step<any>[]> = {
  -readonly [At in keyof T]: T[At] extends Step<infer R> ? R : never;
};

/** How a batch is sent. */
export interface BatchOptions extends RequestOptions {
  /** A random text: however often the batch is sent with it within a day, it happens once. */
  idempotencyKey?: string;
}

/** A batch of which nothing happened, since one step was refused. */
export class BatchError extends LugeError {
  constructor(
    message: string,
    /** Which step, from 0. */
    readonly step: number,
    /** What alone it would have been refused with. */
    readonly reason: LugeError,
    cause: LugeError,
  ) {
    const { status, requestId, retryAfter } = cause;
    const { fields } = reason;
    super(message, { code: "batch", status, fields, requestId, retryAfter, cause });
  }
}

/** Makes the steps for one collection. */
export class Steps<S extends SchemaLike<S>, C extends keyof S & string> {
  private readonly place: string;

  constructor(collection: C) {
    this.place = `/api/collections${path(collection)}/records`;
  }

  /** Creates a record. */
  create(body: CreateOf<S, C>): Step<RecordOf<S, C>> {
    return { method: "POST", url: this.place, body };
  }

  /** Changes the fields that are given. */
  update(id: string, body: UpdateOf<S, C>): Step<RecordOf<S, C>> {
    return { method: "PATCH", url: this.place + path(id), body };
  }

  /** Changes the record with the id, or creates it where there is none. */
  upsert(body: CreateOf<S, C> & { id?: string }): Step<RecordOf<S, C>> {
    return { method: "PUT", url: this.place, body };
  }

  /** Deletes a record. */
  delete(id: string): Step<null> {
    return { method: "DELETE", url: this.place + path(id) };
  }
}

/**
 * Carries out all steps or none; gives what each of them gave, in their order:
 * `const [post] = await batch(db, (on) => [on("posts").create(…), on("drafts").delete(id)])`.
 * BatchError says which step was refused and why.
 */
export async function batch<S extends SchemaLike<S>, const T extends readonly Step<any>[]>(
  client: Client<S>,
  make: (on: <C extends keyof S & string>(collection: C) => Steps<S, C>) => T,
  { idempotencyKey, ...options }: BatchOptions = {},
): Promise<Results<T>> {
  const steps = make((collection) => new Steps(collection));
  const outgoing: Outgoing = { ...options, method: "POST", body: encode(steps) };
  if (idempotencyKey !== undefined) {
    outgoing.headers = { ...options.headers, "Idempotency-Key": idempotencyKey };
  }
  try {
    const answers = await client.transport.send<{ body: unknown }[]>("/api/batch", outgoing);
    return answers.map(({ body }) => body ?? null) as Results<T>;
  } catch (error) {
    throw explained(error);
  }
}

/** Files travel beside the JSON, each named after its step and field. */
function encode(steps: readonly Step<any>[]): object {
  const form = new FormData();
  let files = false;
  const requests = steps.map(({ method, url, body }, at) => {
    const plain: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(body ?? {})) {
      if (!isFile(value)) plain[field] = value;
      else for (const file of [value].flat()) form.append(`requests.${at}.${field}`, file);
      files ||= isFile(value);
    }
    return { method, url, ...(body && { body: plain }) };
  });
  if (!files) return { requests };
  form.append("@jsonPayload", JSON.stringify({ requests }));
  return form;
}

function explained(error: unknown): unknown {
  if (!isLuge(error)) return error;
  for (const [place, problem] of Object.entries(error.fields)) {
    const step = /^requests\.(\d+)$/.exec(place)?.[1];
    const { response } = problem as { response?: { status: number } };
    if (step === undefined || response === undefined) continue;
    const reason = errorFromAnswer(response.status, response, new Headers());
    return new BatchError(`Step ${step}: ${reason.message}`, Number(step), reason, error);
  }
  return error;
}
