/**
 * What a part of a page does: one thing at a time that a person asks for, and how it ended, and
 * reading what it shows. An effect that begins either depends on none of what that looks at.
 */
import { untrack } from "svelte";
import { explain, type Problem } from "./problem.ts";

export class Attempt {
  busy = $state(false);
  problem = $state.raw<Problem>();
  /** What has been done, in words. */
  done = $state<string>();

  private readings = 0;

  /** Does something, which may say what it did; whether that succeeded. */
  run(work: () => Promise<string | void>): Promise<boolean> {
    return untrack(() => this.carryOut(work));
  }

  /** Reads something and shows it, unless it is read anew meanwhile. */
  look<T>(read: () => Promise<T>, show: (found: T) => void): Promise<void> {
    return untrack(() => this.readOut(read, show));
  }

  /** Says nothing any more. */
  forget(): void {
    this.problem = this.done = undefined;
  }

  private async carryOut(work: () => Promise<string | void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.forget();
    try {
      this.done = (await work()) ?? undefined;
      return true;
    } catch (error) {
      this.problem = explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private async readOut<T>(read: () => Promise<T>, show: (found: T) => void): Promise<void> {
    const reading = ++this.readings;
    try {
      const found = await read();
      if (reading === this.readings) show(found);
    } catch (error) {
      if (reading === this.readings) this.problem = explain(error);
    }
  }
}
