/**
 * The kept records in memory, and above them what the outbox makes of them.
 *
 * Memory follows the shelf: whatever is written there is applied here, in every tab.
 */
import type { Fields } from "../local/condition.js";
import { changed, same } from "../local/change.js";
import type { Mutation } from "./mutation.js";
import type { Contents, Facts, KeptRecord, Writes } from "./shelf.js";

/** A record as it is shown; `$pending` while the server has not all of it. */
export type Shown = Fields & { $pending?: true };

/** All that is known, in memory. */
export class Replica {
  facts: Facts;
  private readonly collections = new Map<string, Map<string, KeptRecord>>();
  private readonly lists = new Map<string, Map<string, Shown>>();
  private readonly watchers = new Set<(collections: Set<string>) => void>();
  private waiting: Mutation[];
  private places = 0;

  constructor({ records, outbox, facts }: Contents) {
    this.facts = facts;
    this.waiting = [...outbox];
    for (const kept of records) this.put(kept);
  }

  /** Writes that have not arrived, in their order. */
  get outbox(): readonly Mutation[] {
    return this.waiting;
  }

  /** The record as the server has it. */
  kept(collection: string, id: string): KeptRecord | undefined {
    return this.collections.get(collection)?.get(id);
  }

  /** The record as it is to be kept, at its place; with a tag, it answers a write. */
  keeping(collection: string, record: Fields, tag?: string): KeptRecord {
    const id = String(record.id);
    const known = this.kept(collection, id);
    const place = known?.place ?? (this.places += 1);
    const own = tag === undefined ? known?.own : record;
    const holds = tag ?? (known && same(known.record, record) ? known.tag : undefined);
    return { collection, id, place, record, tag: holds, own };
  }

  /** The records of a collection as they are shown, in the order of their creation. */
  shown(collection: string): Map<string, Shown> {
    const known = this.lists.get(collection);
    if (known) return known;
    const made = new Map<string, Shown>();
    for (const [id, { record }] of this.collections.get(collection) ?? []) made.set(id, record);
    for (const mutation of this.waiting) {
      if (mutation.collection !== collection) continue;
      const after = changed(made.get(mutation.record), mutation);
      if (after === undefined) made.delete(mutation.record);
      else made.set(mutation.record, { ...after, $pending: true });
    }
    this.lists.set(collection, made);
    return made;
  }

  /** Applies what was written to the shelf. */
  apply(writes: Writes): void {
    const touched = new Set(writes.emptied);
    for (const collection of writes.emptied ?? []) this.collections.delete(collection);
    for (const kept of writes.put ?? []) {
      this.put(kept);
      touched.add(kept.collection);
    }
    for (const [collection, id] of writes.removed ?? []) {
      this.collections.get(collection)?.delete(id);
      touched.add(collection);
    }
    this.turnOver(writes, touched);
    if (writes.facts) this.facts = writes.facts;
    for (const collection of touched) this.lists.delete(collection);
    if (touched.size > 0) for (const watcher of [...this.watchers]) watcher(touched);
  }

  /** Calls back with the collections of every change; returns how to stop that. */
  watch(watcher: (collections: Set<string>) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private turnOver({ outbox = [], done = [] }: Writes, touched: Set<string>): void {
    if (outbox.length === 0 && done.length === 0) return;
    const byNumber = new Map(this.waiting.map((mutation) => [mutation.number, mutation]));
    for (const mutation of outbox) byNumber.set(mutation.number, mutation);
    for (const number of done) {
      const mutation = byNumber.get(number);
      if (mutation) touched.add(mutation.collection);
      byNumber.delete(number);
    }
    for (const { collection } of outbox) touched.add(collection);
    this.waiting = [...byNumber.values()].sort((left, right) => left.number - right.number);
  }

  private put(kept: KeptRecord): void {
    let records = this.collections.get(kept.collection);
    if (!records) this.collections.set(kept.collection, (records = new Map()));
    records.set(kept.id, kept);
    this.places = Math.max(this.places, kept.place);
  }
}
