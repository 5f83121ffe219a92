/**
 * What outlasts a reload: records, the outbox, and how far the records are known.
 *
 * - Every `write` is one transaction, so the place that is kept always belongs to the records that
 *   are kept.
 * - After `clear`, nothing is written by whoever had loaded before, in whatever tab.
 */
import { LugeError } from "../errors.js";
import type { Fields } from "../local/condition.js";
import type { Mutation } from "./mutation.js";

/** A record of the server as it is kept. */
export interface KeptRecord {
  collection: string;
  id: string;
  /** Where it stands among those of its collection. */
  place: number;
  record: Fields;
  /** What it was tagged with, where it is known. */
  tag?: string | undefined;
  /** What the last write of this page made of it. */
  own?: Fields | undefined;
}

/** How far the records are known. */
export interface Facts {
  /** The last message of the server that is in the records. */
  place?: string | undefined;
  /** Collection to when it was read whole, and the filter that chose its records. */
  read: Record<string, { at: number; filter: string } | undefined>;
}

/** A change of what is kept, all or nothing. */
export interface Writes {
  /** Collections of which nothing stays but what is put. */
  emptied?: string[];
  put?: KeptRecord[];
  removed?: [collection: string, id: string][];
  /** Mutations as they are now. */
  outbox?: Mutation[];
  /** Numbers of mutations that are done. */
  done?: number[];
  facts?: Facts;
}

/** Everything that is kept. */
export interface Contents {
  records: KeptRecord[];
  outbox: Mutation[];
  facts: Facts;
}

/** What becomes of an outbox: nothing is forgotten at all, it alone stays, or it is lost. */
export type Unsent = "refuse" | "keep" | "forget";

/** A place that keeps it. */
export interface Shelf {
  load(): Promise<Contents>;
  write(writes: Writes): Promise<void>;
  /** Puts a mutation at the end of the outbox and answers its number. */
  add(mutation: Omit<Mutation, "number">): Promise<number>;
  /** Forgets everything, and answers the outbox; where something is in it, as `unsent` says. */
  clear(unsent: Unsent): Promise<Mutation[]>;
  close(): void;
}

const VERSION = 1;
const STORES = ["records", "outbox", "facts"] as const;

/** Opens the shelf of that name in IndexedDB. */
export async function openShelf(name: string, factory: IDBFactory): Promise<Shelf> {
  const opening = factory.open(name, VERSION);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("records", { keyPath: ["collection", "id"] });
    opening.result.createObjectStore("outbox", { keyPath: "number", autoIncrement: true });
    opening.result.createObjectStore("facts");
  };
  const database = await settled(opening).catch((error: unknown) => {
    throw storageError(error);
  });
  // Another tab may want a newer version, or to delete it all.
  database.onversionchange = () => database.close();
  return new IndexedShelf(database);
}

type Stores = [records: IDBObjectStore, outbox: IDBObjectStore, facts: IDBObjectStore];

class IndexedShelf implements Shelf {
  /** Since when there has been no `clear`. */
  private since: unknown;

  constructor(private readonly database: IDBDatabase) {}

  load(): Promise<Contents> {
    return this.transact(async ([records, outbox, facts]) => {
      this.since = await settled(facts.get("since"));
      if (this.since === undefined) facts.put((this.since = Math.random()), "since");
      const [kept, waiting, known] = await Promise.all([
        settled<KeptRecord[]>(records.getAll()),
        settled<Mutation[]>(outbox.getAll()),
        settled<Facts | undefined>(facts.get("facts")),
      ]);
      kept.sort((left, right) => left.place - right.place);
      return { records: kept, outbox: waiting, facts: known ?? { read: {} } };
    });
  }

  write(writes: Writes): Promise<void> {
    return this.transact(async ([records, outbox, facts]) => {
      await this.check(facts);
      for (const collection of writes.emptied ?? []) {
        records.delete(IDBKeyRange.bound([collection], [collection, []]));
      }
      for (const kept of writes.put ?? []) records.put(kept);
      for (const key of writes.removed ?? []) records.delete(key);
      for (const mutation of writes.outbox ?? []) outbox.put(mutation);
      for (const number of writes.done ?? []) outbox.delete(number);
      if (writes.facts) facts.put(writes.facts, "facts");
    });
  }

  add(mutation: Omit<Mutation, "number">): Promise<number> {
    return this.transact(async ([, outbox, facts]) => {
      await this.check(facts);
      return Number(await settled(outbox.add(mutation)));
    });
  }

  clear(unsent: Unsent): Promise<Mutation[]> {
    return this.transact(async ([records, outbox, facts]) => {
      const left = await settled<Mutation[]>(outbox.getAll());
      if (left.length > 0 && unsent === "refuse") return left;
      records.clear();
      facts.clear();
      if (unsent === "forget") outbox.clear();
      return left;
    });
  }

  close(): void {
    this.database.close();
  }

  private async check(facts: IDBObjectStore): Promise<void> {
    if ((await settled(facts.get("since"))) !== this.since) throw closed();
  }

  private async transact<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    try {
      const transaction = this.database.transaction(STORES, "readwrite");
      const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      done.catch(() => undefined);
      const [records, outbox, facts] = STORES.map((store) => transaction.objectStore(store));
      const answer = await work([records!, outbox!, facts!]);
      await done;
      return answer;
    } catch (error) {
      throw storageError(error);
    }
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Nothing can be read or written any more. */
export function closed(): LugeError {
  const message = "The kept records are closed: their account signed out, or close() was called.";
  return new LugeError(message, { code: "closed" });
}

function storageError(cause: unknown): LugeError {
  if (cause instanceof LugeError) return cause;
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  if (name === "QuotaExceededError") {
    const message = "The browser's storage is full: nothing more can be kept.";
    return new LugeError(message, { code: "storage_full", cause });
  }
  return new LugeError("The browser's storage failed.", { code: "storage", cause });
}
