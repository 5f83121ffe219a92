/** The tabs of one page: one leads, which listens and sends; all know the same. */
import { LugeError } from "../errors.js";
import type { Contents, Shelf, Writes } from "./shelf.js";
import { openShelf } from "./shelf.js";
import { Replica } from "./replica.js";

/** How it stands with the server, as the leading tab knows. */
export type KeptState = "connecting" | "open" | "stale" | "signed-out" | "closed";

/** What tabs tell each other. */
export type Telling =
  | { kind: "writes"; writes: Writes }
  | { kind: "state"; state: KeptState }
  | { kind: "hello" }
  /** Try again now, also what was kept. */
  | { kind: "flush" }
  /** Read everything anew. */
  | { kind: "renew" }
  /** The account's data is gone. */
  | { kind: "ended" };

/** What the browser gives; tests give their own. */
export interface Surroundings {
  shelf: Shelf;
  tell(telling: Telling): void;
  hear(listener: (telling: Telling) => void): void;
  /** Leads as long as `work` goes on, once no other tab does. */
  lead(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Those of a browser; rejects where it has not what is needed. */
export async function ofBrowser(name: string): Promise<Surroundings> {
  const { indexedDB, BroadcastChannel, navigator } = globalThis;
  const missing = [
    !indexedDB && "IndexedDB",
    !BroadcastChannel && "BroadcastChannel",
    !navigator?.locks && "Web Locks (which only secure pages have: HTTPS or localhost)",
  ].filter(Boolean);
  if (missing.length > 0) {
    const message = `Keeping records offline needs ${missing.join(", ")}.`;
    throw new LugeError(message, { code: "no_offline" });
  }
  const shelf = await openShelf(name, indexedDB);
  const channel = new BroadcastChannel(name);
  return {
    shelf,
    tell: (telling) => channel.postMessage(telling),
    hear: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<Telling>) => listener(data);
    },
    lead: async (work, signal) => {
      await navigator.locks.request(name, { signal }, work).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    close: () => {
      channel.close();
      shelf.close();
    },
  };
}

/** The shelf, the memory of this tab, and that of the others, kept equal. */
export class Common {
  readonly replica: Replica;
  private current: KeptState = "connecting";
  private readonly watchers = new Set<() => void>();

  private constructor(
    readonly surroundings: Surroundings,
    contents: Contents,
  ) {
    this.replica = new Replica(contents);
    this.replica.watch(() => this.announce());
  }

  /** Reads the shelf; what other tabs write meanwhile is not missed. */
  static async open(
    surroundings: Surroundings,
    hear: (telling: Telling) => void,
  ): Promise<Common> {
    const early: Telling[] = [];
    surroundings.hear((telling) => early.push(telling));
    const common = new Common(surroundings, await surroundings.shelf.load());
    const listener = (telling: Telling) => {
      if (telling.kind === "writes") common.replica.apply(telling.writes);
      if (telling.kind === "state") common.become(telling.state);
      hear(telling);
    };
    early.forEach(listener);
    surroundings.hear(listener);
    surroundings.tell({ kind: "hello" });
    return common;
  }

  get state(): KeptState {
    return this.current;
  }

  /** Writes to the shelf, then to all memories. */
  async write(writes: Writes): Promise<void> {
    await this.surroundings.shelf.write(writes);
    this.replica.apply(writes);
    this.surroundings.tell({ kind: "writes", writes });
  }

  /** Says how it stands, as the leading tab. */
  report(state: KeptState): void {
    if (state === this.current) return;
    this.become(state);
    this.surroundings.tell({ kind: "state", state });
  }

  become(state: KeptState): void {
    if (state === this.current || this.current === "closed") return;
    this.current = state;
    this.announce();
  }

  /** Calls back at every change of anything; returns how to stop that. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private announce(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
