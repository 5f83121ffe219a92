/** A list of kept records, now and at every change. */
import { LugeError } from "../errors.js";
import type { LiveList } from "../live/index.js";
import { newest } from "../live/newest.js";
import type { Common } from "./tabs.js";

/** An async iterable, and a store with `subscribe`. */
export class KeptLive<R> implements AsyncIterable<LiveList<R>> {
  private list: LiveList<R> | undefined;
  private readonly listeners = new Set<(list: LiveList<R>) => void>();
  private leave: (() => void) | undefined;
  private planned = false;

  constructor(
    private readonly common: Common,
    private readonly collection: string,
    private readonly read: () => R[],
  ) {}

  /** The list as it is now. */
  get current(): LiveList<R> {
    if (this.list === undefined || this.leave === undefined) this.list = this.look();
    return this.list;
  }

  /** Calls back now and at every change; returns how to stop that. */
  subscribe(listener: (list: LiveList<R>) => void): () => void {
    this.listeners.add(listener);
    this.leave ??= this.follow();
    listener(this.current);
    return () => {
      if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
      this.leave?.();
      this.leave = undefined;
    };
  }

  /** Gives the list each time it has changed; slow readers get the newest only. */
  [Symbol.asyncIterator](): AsyncGenerator<LiveList<R>, void> {
    return newest((listener) => this.subscribe(listener));
  }

  private follow(): () => void {
    const { replica } = this.common;
    this.list = this.look();
    const leaves = [
      replica.watch((collections) => collections.has(this.collection) && this.plan()),
      this.common.watch(() => stateOf(this.common) !== this.list?.state && this.plan()),
    ];
    return () => leaves.forEach((leave) => leave());
  }

  /** Several changes of one moment are shown together. */
  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    queueMicrotask(() => {
      this.planned = false;
      if (this.leave === undefined) return;
      const list = this.look();
      if (this.list && equal(this.list, list)) return;
      this.list = list;
      for (const listener of [...this.listeners]) listener(list);
    });
  }

  private look(): LiveList<R> {
    const state = stateOf(this.common);
    try {
      return { items: this.read(), state };
    } catch (error) {
      if (!(error instanceof LugeError)) throw error;
      return { items: [], state, error };
    }
  }
}

function stateOf({ state }: Common): LiveList<never>["state"] {
  return state === "open" || state === "connecting" ? state : "stale";
}

function equal<R>(left: LiveList<R>, right: LiveList<R>): boolean {
  if (left.state !== right.state || left.error?.code !== right.error?.code) return false;
  if (left.items.length !== right.items.length) return false;
  return left.items.every((item, at) => item === right.items[at]);
}
