/** Changes that views make: whether one is on its way, and what became of the last. */
import { safe, type LugeError, type Outcome } from "../errors.js";
import type { Query } from "../query.js";
import { refresh } from "./reading.js";

/** Where a change stands. */
export interface Progress<T> {
  /** One is on its way. */
  pending: boolean;
  /** What the last one gave. */
  data: T | undefined;
  /** Why the last one failed. */
  error: LugeError | undefined;
}

/** What happens when it has succeeded. */
export interface MutationChoice {
  /** Collections of which views read anew what they show. */
  refreshes?: Query<any, any, any> | Query<any, any, any>[];
}

/** Nothing was changed yet. */
export const IDLE: Progress<never> = { pending: false, data: undefined, error: undefined };

/** One kind of change. */
export class Mutation<A extends unknown[], T> {
  private running = 0;
  private newest = 0;
  private progress: Progress<T> = IDLE;

  constructor(
    private readonly work: () => (...given: A) => Promise<T>,
    private readonly choice: () => MutationChoice,
    private readonly show: (progress: Progress<T>) => void,
  ) {}

  /** Does it; resolves with the value or the error, as `safe` does. */
  readonly run = async (...given: A): Promise<Outcome<T>> => {
    const own = ++this.newest;
    this.running += 1;
    this.put({ ...this.progress, pending: true });
    try {
      const outcome = await safe(this.work()(...given));
      const { value: data, error } = outcome;
      if (own === this.newest) this.progress = { pending: true, data, error };
      if (error === undefined) refresh(...[this.choice().refreshes ?? []].flat());
      return outcome;
    } finally {
      this.running -= 1;
      this.put({ ...this.progress, pending: this.running > 0 });
    }
  };

  /** Forgets what became of the last one. */
  readonly reset = (): void => {
    this.newest += 1;
    this.put({ ...IDLE, pending: this.running > 0 });
  };

  private put(progress: Progress<T>): void {
    this.progress = progress;
    this.show(progress);
  }
}
