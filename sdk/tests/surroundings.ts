/** A browser in memory: what outlasts a page, and pages that share it. */
import { LugeError } from "../src/index.js";
import type { Mutation } from "../src/offline/index.js";
import type { Contents, Facts, KeptRecord, Shelf, Writes } from "../src/offline/shelf.js";
import type { Surroundings, Telling } from "../src/offline/tabs.js";

/** A browser; `page()` opens a page of it, `close` of what it gives closes it. */
export function browser() {
  const records = new Map<string, KeptRecord>();
  const outbox = new Map<number, Mutation>();
  const kept = { facts: { read: {} } as Facts, full: false };
  const listeners = new Set<(telling: Telling) => void>();
  let last = 0;
  let leading: Promise<void> = Promise.resolve();

  let cleared = 0;
  const check = (since: number) => {
    if (since !== cleared) throw new LugeError("closed", { code: "closed" });
    if (kept.full) throw new LugeError("full", { code: "storage_full" });
  };
  const copied = <T>(value: T): T => structuredClone(value);
  const write = (writes: Writes) => {
    for (const [key, record] of [...records]) {
      if (writes.emptied?.includes(record.collection)) records.delete(key);
    }
    for (const each of writes.put ?? []) records.set(`${each.collection}/${each.id}`, copied(each));
    for (const key of writes.removed ?? []) records.delete(key.join("/"));
    for (const mutation of writes.outbox ?? []) outbox.set(mutation.number, copied(mutation));
    for (const number of writes.done ?? []) outbox.delete(number);
    if (writes.facts) kept.facts = copied(writes.facts);
  };
  const contents = (): Contents =>
    copied({
      records: [...records.values()].sort((a, b) => a.place - b.place),
      outbox: [...outbox.values()].sort((a, b) => a.number - b.number),
      facts: kept.facts,
    });

  const page = (): Surroundings => {
    let own: ((telling: Telling) => void) | undefined;
    let open = true;
    let since = cleared;
    const shelf: Shelf = {
      load: async () => {
        since = cleared;
        return contents();
      },
      write: async (writes) => {
        check(since);
        write(writes);
      },
      add: async (mutation) => {
        check(since);
        last += 1;
        outbox.set(last, copied({ ...mutation, number: last }));
        return last;
      },
      clear: async (unsent) => {
        const left = contents().outbox;
        if (left.length > 0 && unsent === "refuse") return left;
        cleared += 1;
        records.clear();
        kept.facts = { read: {} };
        if (unsent === "forget") outbox.clear();
        return left;
      },
      close: () => undefined,
    };
    return {
      shelf,
      tell: (telling) => {
        for (const listener of listeners) {
          if (listener === own) continue;
          queueMicrotask(() => listener(copied(telling)));
        }
      },
      hear: (listener) => {
        if (own) listeners.delete(own);
        own = (telling) => open && listener(telling);
        listeners.add(own);
      },
      lead: (work, signal) => {
        const turn = leading.then(() => (signal.aborted ? undefined : work()));
        leading = turn.catch(() => undefined);
        return turn;
      },
      close: () => {
        open = false;
        if (own) listeners.delete(own);
      },
    };
  };
  return { page, kept, contents };
}
