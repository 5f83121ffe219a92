/**
 * Sends the outbox, the first write first, one at a time.
 *
 * Nothing leaves the outbox but what has arrived and what the caller gave up.
 */
import type { Client } from "../client.js";
import { isAuth, isConflict, LugeError } from "../errors.js";
import type { Fields } from "../local/condition.js";
import { pause } from "../realtime.js";
import type { AnySchema } from "../schema.js";
import { deliver, look, type Arrived } from "./deliver.js";
import { newKey, problemOf, type Mutation, type OnConflict, type Resolution } from "./mutation.js";
import type { Writes } from "./shelf.js";
import type { Common } from "./tabs.js";

const FIRST_PAUSE_MS = 500;

/** Who the writes belong to, and what becomes of those that are refused. */
export interface SenderOptions {
  onConflict: OnConflict;
  onError: (error: LugeError) => void;
  /** Is the account that the writes belong to signed in? */
  signedIn: () => boolean;
}

/** The sender of the leading tab. */
export class Sender {
  private wake = () => {};
  private waiting = new AbortController();
  /** In a row, without a word of the server. */
  private failures = 0;
  /** Resolutions in a row that were to try again. */
  private tries = 0;
  /** What is kept is tried once more. */
  private again = false;

  constructor(
    private readonly db: Client<AnySchema>,
    private readonly common: Common,
    private readonly options: SenderOptions,
  ) {}

  /** There may be something to send. */
  poke(): void {
    this.wake();
  }

  /** There may be a server to send it to. */
  hurry(): void {
    this.failures = 0;
    this.waiting.abort();
    this.wake();
  }

  /** Tries again now, also what was kept. */
  flush(): void {
    this.again = true;
    this.hurry();
  }

  /** Sends until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.hurry());
    while (!signal.aborted) {
      const first = this.common.replica.outbox[0];
      const held = first?.problem !== undefined && !this.again;
      if (first === undefined || held || !this.options.signedIn()) {
        if (first !== undefined && !held) this.common.report("signed-out");
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      this.again = false;
      try {
        await this.handOver(first, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof LugeError)) throw error;
        await this.failed(error, signal);
      }
    }
  }

  private async handOver(mutation: Mutation, signal: AbortSignal): Promise<void> {
    // Marked before it is sent: afterwards nobody may be there to do it.
    const marked = { ...mutation, attempted: true, problem: undefined };
    await this.common.write({ outbox: [marked] });
    let arrived: Arrived;
    try {
      arrived = await deliver(this.db, mutation, signal);
    } catch (error) {
      if (error instanceof LugeError && refuses(error)) return this.refused(marked, error, signal);
      throw error;
    }
    this.failures = 0;
    this.tries = 0;
    await this.common.write(this.afterwards(mutation, arrived));
    if (this.common.state === "signed-out") this.common.report("open");
  }

  /** What is known when a write has arrived, and what those behind it are made upon. */
  private afterwards(mutation: Mutation, { record, tag }: Arrived): Writes {
    const { replica } = this.common;
    const { collection, record: id, number } = mutation;
    const known = record
      ? { put: [replica.keeping(collection, record, tag)] }
      : { removed: [[collection, id] as [string, string]] };
    return { ...known, done: [number], outbox: this.rebased(mutation, record, tag) };
  }

  private rebased(mutation: Mutation, seen: Fields | null, tag?: string): Mutation[] {
    const { collection, record, number } = mutation;
    return this.common.replica.outbox
      .filter((other) => other.collection === collection && other.record === record)
      .filter((other) => other.number > number)
      .map((other) => ({ ...other, seen, tag }));
  }

  private async refused(
    mutation: Mutation,
    error: LugeError,
    signal: AbortSignal,
  ): Promise<void> {
    await this.holds(error);
    const options = { signal };
    const current = isConflict(error) && error.current
      ? error.current
      : await look(this.db, mutation, options);
    const resolution = await this.decide({ mutation, error, current });
    if (signal.aborted) return;
    this.failures = 0;
    this.tries = resolution === "drop" || resolution === "keep" ? 0 : this.tries + 1;
    await this.common.write(this.resolved(mutation, resolution, error, current));
    // Whoever always decides the same must not keep the server busy with it.
    if (this.tries > 1) await this.pause(this.tries, signal);
  }

  private resolved(
    mutation: Mutation,
    resolution: Resolution,
    error: LugeError,
    current: Fields | null,
  ): Writes {
    const { replica } = this.common;
    const { collection, record, number } = mutation;
    const known: Writes = {};
    if (current) known.put = [replica.keeping(collection, current)];
    else if (error.status === 404) known.removed = [[collection, record]];
    if (resolution === "keep") {
      return { ...known, outbox: [{ ...mutation, problem: problemOf(error) }] };
    }
    if (resolution === "drop") {
      return { ...known, done: [number], outbox: this.rebased(mutation, current) };
    }
    const body = resolution === "retry" ? mutation.body : resolution.body;
    const seen = mutation.action === "create" ? null : current;
    const fresh = { seen, tag: undefined, attempted: false, key: newKey() };
    return { ...known, outbox: [{ ...mutation, ...fresh, body, problem: undefined }] };
  }

  private async decide(conflict: Parameters<OnConflict>[0]): Promise<Resolution> {
    try {
      return await this.options.onConflict(conflict);
    } catch (cause) {
      const message = "onConflict failed, so the write was kept.";
      this.options.onError(new LugeError(message, { code: "conflict_callback", cause }));
      return "keep";
    }
  }

  /** A refusal counts only from a server that knows who asks: else sign-in is what is missing. */
  private async holds(error: LugeError): Promise<void> {
    const { record } = this.db.session;
    if (record === null || error.status === 409) return;
    try {
      await this.db.auth(record.collectionName).sessions.list();
    } catch (failure) {
      if (isAuth(failure) || !(failure instanceof LugeError) || !refuses(failure)) throw failure;
    }
  }

  private async failed(error: LugeError, signal: AbortSignal): Promise<void> {
    if (isAuth(error)) this.common.report("signed-out");
    if (error.code.startsWith("storage")) this.options.onError(error);
    this.failures += 1;
    await this.pause(this.failures, signal, (error.retryAfter ?? 0) * 1000);
  }

  private async pause(times: number, signal: AbortSignal, least = 0): Promise<void> {
    this.waiting = new AbortController();
    if (signal.aborted) return;
    // `pause` waits at least for half of what it is told.
    if (least > 0) await pause(least * 2, signal);
    await pause(FIRST_PAUSE_MS * 2 ** Math.min(times, 10), this.waiting.signal);
  }
}

/** Is it a word of the server about this write, which it would say again? */
export function refuses({ status }: LugeError): boolean {
  if (status === undefined || status === 401 || status === 408 || status === 429) return false;
  return status >= 400 && status < 500;
}
