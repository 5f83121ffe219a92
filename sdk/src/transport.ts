/**
 * Sending: the one place that calls `fetch`.
 *
 * Requests are never cancelled behind the caller's back: only its signal and the time limit do.
 */
import { AbortedError, NetworkError, TimeoutError, errorFromAnswer, LugeError } from "./errors.js";

/** What every method takes as its last argument. */
export interface RequestOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Milliseconds until a TimeoutError; 0 waits forever. */
  timeout?: number;
}

/** One request. */
export interface Outgoing extends RequestOptions {
  method?: string;
  /** `undefined` is left out, the empty text is sent. */
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON, with files as a form; a Blob or a form is sent as it is. */
  body?: object;
  /** The token to send instead of the session's. */
  token?: string;
}

/** How to send, and as whom. */
export class Transport {
  constructor(
    private readonly base: string,
    private readonly fetcher: typeof fetch,
    private readonly timeout: number,
    private readonly freshToken: () => Promise<string | null>,
  ) {}

  /** Sends a request and reads its JSON answer; an empty answer is undefined. */
  send<T>(path: string, outgoing: Outgoing = {}): Promise<T> {
    return this.exchange(path, outgoing, read<T>);
  }

  /** Sends a request and hands its answer, within the same time limit, to `read`. */
  async exchange<T>(
    path: string,
    outgoing: Outgoing,
    read: (answer: Response) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(outgoing.signal, outgoing.timeout ?? this.timeout);
    try {
      const token = outgoing.token ?? (await deadline.orEnd(this.freshToken()));
      const headers = new Headers(outgoing.headers);
      if (token !== null && token !== "") headers.set("Authorization", token);
      const body = encode(outgoing.body, headers);
      const answer = await this.fetcher(this.url(path, outgoing.query), {
        method: outgoing.method ?? "GET",
        headers,
        signal: deadline.signal,
        ...(body === undefined ? {} : { body }),
      });
      return await read(answer);
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.end();
    }
  }

  /** Opens a stream, which goes on until the server or the signal ends it. */
  async stream(
    path: string,
    query: Outgoing["query"],
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const headers = { Accept: "text/event-stream" };
    const request: RequestInit = { headers, cache: "no-store", signal };
    const answer = await this.fetcher(this.url(path, query), request);
    if (!answer.ok) return read(answer);
    if (answer.body) return answer.body;
    throw new LugeError("This fetch cannot stream, which realtime needs.", {
      code: "no_streaming",
    });
  }

  /** The address of a path, with its query. */
  url(path: string, query: Outgoing["query"] = {}): string {
    const text = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) text.set(name, String(value));
    }
    const suffix = text.size > 0 ? `?${text}` : "";
    return `${this.base.replace(/\/+$/, "")}${path}${suffix}`;
  }
}

/** A path of segments that may hold any character. */
export function path(...segments: string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
}

/** Ends a request at the caller's signal or the time limit, and remembers which it was. */
class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private expired = false;
  private readonly abort = () => this.controller.abort(this.caller?.reason);

  constructor(
    private readonly caller: AbortSignal | undefined,
    private readonly timeout: number,
  ) {
    if (caller?.aborted) this.abort();
    caller?.addEventListener("abort", this.abort);
    if (timeout > 0) {
      this.timer = setTimeout(() => {
        this.expired = true;
        this.controller.abort();
      }, timeout);
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Waits for what cannot be ended, but no longer than until the request is. */
  orEnd<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const end = () => reject(signal.reason);
      if (signal.aborted) end();
      signal.addEventListener("abort", end);
      void work.then(resolve, reject).then(() => signal.removeEventListener("abort", end));
    });
  }

  explain(cause: unknown): LugeError {
    if (cause instanceof LugeError) return cause;
    if (this.caller?.aborted) {
      return new AbortedError("The request was aborted.", { code: "aborted", cause });
    }
    if (this.expired) {
      const message = `The server did not answer within ${this.timeout} ms.`;
      return new TimeoutError(message, { code: "timeout", cause });
    }
    return new NetworkError("The server could not be reached.", { code: "network", cause });
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener("abort", this.abort);
  }
}

/** Reads a JSON answer; rejects with what a failure means. */
export async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    if (answer.ok) {
      const message = "The server's answer is not JSON. Does the address point to a Luge server?";
      throw new LugeError(message, { code: "not_json", status: answer.status, cause });
    }
  }
  if (!answer.ok && answer.status !== UNCHANGED) {
    throw errorFromAnswer(answer.status, body, answer.headers);
  }
  const tag = answer.headers.get("etag");
  if (tag !== null && typeof body === "object" && body !== null) tags.set(body, tag);
  return body as T;
}

/** What `If-None-Match` is answered where the caller has it already: without a body. */
const UNCHANGED = 304;
/** The tags of answers, which are no part of what they tag. */
const tags = new WeakMap<object, string>();

/** The tag that a record came with, for `If-Match`; undefined for what is no answer itself. */
export const tagOf = (answer: object): string | undefined => tags.get(answer);

/** JSON, or a form when there are files: the other values then travel as one JSON part. */
function encode(body: object | undefined, headers: Headers): BodyInit | undefined {
  if (body === undefined || body instanceof Blob || body instanceof FormData) return body;
  const files = Object.entries(body).filter(([, value]) => isFile(value));
  if (files.length === 0) {
    headers.set("Content-Type", "application/json");
    return JSON.stringify(body);
  }
  const form = new FormData();
  const plain = Object.entries(body).filter(([, value]) => !isFile(value));
  form.append("@jsonPayload", JSON.stringify(Object.fromEntries(plain)));
  for (const [name, value] of files) {
    for (const file of [value].flat() as Blob[]) form.append(name, file);
  }
  return form;
}

/** Is it a file, or a list of files? */
export function isFile(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isFile);
  return value instanceof Blob;
}
