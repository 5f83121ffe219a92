/** Going through a file once: to check it, or to import it. It can be paused and cancelled. */
import { t } from "../../messages/index.svelte.ts";
import { explain, type Problem } from "../../state/problem.ts";
import { Delivery, Interrupted, type Outgoing, type Send } from "./delivery.ts";
import type { Find } from "./lookup.ts";
import type { Mapping, Ready } from "./mapping.ts";
import { Preparation, type Target } from "./prepare.ts";
import type { Reader } from "./reader.ts";
import { RejectedRows } from "./rejected.ts";
import type { Opened, PartLimits } from "./table.ts";
import { Unreadable, type Trouble } from "./trouble.ts";

/** What a run is about. */
export interface Task {
  reader: Pick<Reader, "begin" | "next">;
  file: File;
  opened: Opened;
  mapping: Mapping;
  target: Target;
  find: Find;
  limits: PartLimits;
  /** Left out to check only. */
  send?: Send;
}

/** A row that cannot be imported. */
export interface Told {
  line: number;
  reason: string;
}

const TOLD_MAX = 20;
/** So many attempts are made before a person is asked. */
const ATTEMPTS_MAX = 8;
const LONGEST_WAIT_SECONDS = 30;

class Cancelled extends Error {}

/** A random text, by which the server knows a batch that is sent again. */
function newKey(): string {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Run {
  state = $state<"going" | "paused" | "ending" | "done" | "cancelled" | "failed">("going");
  /** The share of the file that was dealt with. */
  ratio = $state(0);
  added = $state(0);
  changed = $state(0);
  refused = $state(0);
  /** The first rows that cannot be imported. */
  told = $state.raw<Told[]>([]);
  /** Why it waits, and for how long. */
  waiting = $state.raw<{ seconds: number; reason: string }>();
  problem = $state.raw<Problem>();
  seconds = $state(0);
  readonly rejected: RejectedRows;

  private readonly preparation: Preparation;
  private readonly delivery: Delivery | undefined;
  private readonly limits: PartLimits;
  private wake: (() => void) | undefined;

  constructor(private readonly task: Task) {
    const { opened, mapping, target, find, send } = task;
    const { format, delimiter } = opened.reading;
    this.rejected = new RejectedRows(format, delimiter, opened.columns);
    this.limits = { ...task.limits };
    const patient: Find = (...asked) => this.persist(() => find(...asked));
    this.preparation = new Preparation(target, mapping, patient);
    const ledger = {
      taken: (rows: Outgoing[]) => this.take(rows),
      refused: (row: Ready, reason: string) => this.refuse(row, reason),
    };
    this.delivery =
      send && new Delivery(this.measured(send), (work) => this.persist(work), ledger, newKey);
  }

  /** Rows that were dealt with. */
  get rows(): number {
    return this.added + this.changed + this.refused;
  }

  get over(): boolean {
    return this.state === "done" || this.state === "cancelled" || this.state === "failed";
  }

  /** Goes through the file; how it ended is its state. */
  async start(): Promise<void> {
    const began = performance.now();
    try {
      await this.go();
      this.state = "done";
    } catch (error) {
      this.state = error instanceof Cancelled ? "cancelled" : "failed";
      if (error instanceof Cancelled) return;
      this.problem =
        error instanceof Unreadable
          ? { message: sentence(error.trouble), fields: {} }
          : explain(error);
    } finally {
      this.seconds = (performance.now() - began) / 1000;
      this.waiting = undefined;
    }
  }

  pause(): void {
    if (this.state === "going") this.state = "paused";
    this.wake?.();
  }

  resume(): void {
    if (this.state !== "paused") return;
    this.state = "going";
    this.problem = undefined;
    this.wake?.();
  }

  /** Ends it behind what is being sent; what was imported stays. */
  cancel(): void {
    if (!this.over) this.state = "ending";
    this.wake?.();
  }

  private async go(): Promise<void> {
    const { reader, file, opened, mapping } = this.task;
    await reader.begin(file, opened, mapping);
    let next = reader.next(this.limits);
    for (;;) {
      const part = await next;
      // The worker reads on while the server writes.
      if (!part.done) next = reader.next({ ...this.limits });
      await this.gate();
      const { outgoing, refusals } = await this.preparation.sort(part.rows);
      for (const { row, trouble } of refusals) this.refuse(row, sentence(trouble));
      if (this.delivery) await this.delivery.deliver(outgoing);
      else this.take(outgoing);
      this.ratio = part.done ? 1 : part.read / file.size;
      if (part.done) return;
    }
  }

  private take(rows: Outgoing[]): void {
    const changed = rows.filter(({ id }) => id !== undefined).length;
    this.changed += changed;
    this.added += rows.length - changed;
  }

  private refuse({ line, cells }: Ready, reason: string): void {
    this.refused += 1;
    this.rejected.add(line, cells, reason);
    if (this.told.length < TOLD_MAX) this.told = [...this.told, { line, reason }];
  }

  /** A batch that was too much for the server is not made as large again. */
  private measured(send: Send): Send {
    return async (rows, key) => {
      const outcome = await send(rows, key);
      if (outcome.kind === "whole") this.limits.rows = Math.max(1, Math.floor(rows.length / 2));
      return outcome;
    };
  }

  private async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts += 1) {
      await this.gate();
      try {
        const done = await work();
        this.waiting = undefined;
        return done;
      } catch (error) {
        if (error instanceof Interrupted && attempts < ATTEMPTS_MAX) {
          await this.wait(error, attempts);
          continue;
        }
        this.problem =
          error instanceof Interrupted ? { message: error.message, fields: {} } : explain(error);
        this.waiting = undefined;
        this.pause();
        attempts = 0;
      }
    }
  }

  private async wait({ message, wait }: Interrupted, attempts: number): Promise<void> {
    const seconds = wait ?? Math.min(2 ** (attempts - 2), LONGEST_WAIT_SECONDS);
    this.waiting = { seconds: Math.ceil(seconds), reason: message };
    await this.sleep((wake) => {
      const timer = setTimeout(wake, seconds * 1000);
      return () => clearTimeout(timer);
    });
  }

  /** Goes on once it is not paused; never when it was cancelled. */
  private async gate(): Promise<void> {
    while (this.state === "paused") await this.sleep(() => () => undefined);
    if (this.state === "ending") throw new Cancelled();
  }

  private async sleep(begin: (wake: () => void) => () => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = begin(() => this.wake?.());
      this.wake = () => {
        this.wake = undefined;
        end();
        resolve();
      };
    });
  }
}

/** A trouble in words. */
export function sentence({ key, values, place }: Trouble): string {
  const text = t(key, values);
  return place === undefined ? text : `${place}: ${text}`;
}
