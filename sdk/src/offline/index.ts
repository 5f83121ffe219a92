/**
 * The entry point for records that are there without the server, and writes that reach it later.
 *
 * - Reads are answered from the records that are kept, and from what the outbox makes of them.
 * - The outbox outlasts a reload and is sent in its order; every write in it arrives once, or its
 *   refusal is handed to `onConflict`. Nothing is given up silently.
 * - What is kept belongs to the account that is signed in, and is gone when it signs out.
 */
import type { Client } from "../client.js";
import { LugeError } from "../errors.js";
import type { Query } from "../query.js";
import type { AnySchema, SchemaLike } from "../schema.js";
import type { Mutation, OnConflict, Problem } from "./mutation.js";
import { KeptQuery } from "./query.js";
import { Sender } from "./sender.js";
import { keeperOf, Sync, type Keeper } from "./sync.js";
import { Common, ofBrowser, type KeptState, type Surroundings, type Telling } from "./tabs.js";
import { Writer } from "./writer.js";

export type { Conflict, Mutation, OnConflict, Problem, Resolution } from "./mutation.js";
export { KeptLive } from "./live.js";
export { KeptQuery, type Kept } from "./query.js";
export type { KeptState } from "./tabs.js";

/** What is kept, and how. */
export interface OfflineOptions<S extends SchemaLike<S>> {
  /** Of each collection, which records: `[db.from("todos"), db.from("lists").where(…)]`. */
  keep: readonly Query<S, any, any>[];
  /**
   * Decides about a write that was refused; without it, it is kept. It is asked in one tab only,
   * the one that sends.
   */
  onConflict?: OnConflict;
  /** Told of what went wrong beside the calls, such as a full storage. */
  onError?: (error: LugeError) => void;
  /** Writes go into the outbox also while the server can be reached, so they never wait for it. */
  always?: boolean;
  /** Begins the name of the database; by default `luge`. */
  name?: string;
}

/** How it stands. */
export interface KeptStatus {
  /**
   * `stale`: the server cannot be reached; `signed-out`: writes wait until their account is signed
   * in again; `closed`: nothing can be read or written any more.
   */
  state: KeptState;
  /** How many writes wait. */
  pending: number;
  /** Why the first of them is not sent: it was refused, and kept. */
  problem: Problem | undefined;
}

/** Opens what is kept for whoever is signed in. Rejects where the browser cannot keep. */
export async function offline<S extends SchemaLike<S>>(
  db: Client<S>,
  options: OfflineOptions<S>,
): Promise<Offline<S>> {
  const { name = "luge" } = options;
  const account = accountOf(db as unknown as Client<AnySchema>);
  return openOffline(db, options, await ofBrowser(`${name} ${db.url} ${account}`));
}

/** The same in surroundings of one's own. */
export async function openOffline<S extends SchemaLike<S>>(
  db: Client<S>,
  options: OfflineOptions<S>,
  surroundings: Surroundings,
): Promise<Offline<S>> {
  const client = db as unknown as Client<AnySchema>;
  const keepers = new Map<string, Keeper>();
  for (const query of options.keep) {
    const keeper = keeperOf(query as unknown as Query<AnySchema, string>);
    if (keepers.has(keeper.collection)) {
      throw new TypeError(`Keep ${keeper.collection} once: join the conditions with or().`);
    }
    keepers.set(keeper.collection, keeper);
  }
  let made: Offline<S> | undefined;
  const common = await Common.open(surroundings, (telling) => made?.hear(telling));
  return (made = new Offline<S>(client, common, keepers, options));
}

/** The kept records of one account. */
export class Offline<S extends SchemaLike<S>> {
  private readonly account: string;
  private readonly ending = new AbortController();
  private readonly sender: Sender;
  private readonly sync: Sync;
  private readonly writer: Writer;
  private leads = false;

  constructor(
    private readonly db: Client<AnySchema>,
    private readonly common: Common,
    private readonly keepers: ReadonlyMap<string, Keeper>,
    options: OfflineOptions<S>,
  ) {
    this.account = accountOf(db);
    const { onConflict = () => "keep", onError = () => undefined, always = false } = options;
    const signedIn = () => this.isSignedIn();
    this.sender = new Sender(db, common, { onConflict, onError, signedIn });
    this.sync = new Sync(db, common, new Map(keepers), (state) => {
      if (state === "open" || state === "stale") common.report(state);
      if (state === "open") this.sender.hurry();
    }, onError);
    this.writer = new Writer(db, common, always, () => this.sent());
    this.listen();
    void surroundingsOf(common).lead(() => this.lead(onError), this.ending.signal);
  }

  /** How it stands. */
  get status(): KeptStatus {
    const { outbox } = this.common.replica;
    return { state: this.common.state, pending: outbox.length, problem: outbox[0]?.problem };
  }

  /** The writes that wait, in their order. */
  get outbox(): readonly Mutation[] {
    return this.common.replica.outbox;
  }

  /** Calls back now and at every change; returns how to stop that. */
  onStatus(listener: (status: KeptStatus) => void): () => void {
    let last = "";
    const tell = () => {
      const { status } = this;
      const text = JSON.stringify(status);
      if (text !== last) listener(status);
      last = text;
    };
    tell();
    return this.common.watch(tell);
  }

  /** The kept records of a collection, and the ways to change them. */
  from<C extends keyof S & string>(collection: C): KeptQuery<S, C> {
    const keeper = this.keepers.get(collection);
    if (!keeper) throw new TypeError(`Nothing of ${collection} is kept: name it in keep.`);
    const query = this.db.from(collection) as unknown as Query<S, C>;
    return new KeptQuery<S, C>(this.common, this.writer, query);
  }

  /** Tries to send now, also a write that was refused and kept. */
  flush(): void {
    if (this.leads) this.sender.flush();
    else this.common.surroundings.tell({ kind: "flush" });
  }

  /** Reads all kept records anew: what may not be seen any more goes. */
  renew(): void {
    if (this.leads) this.sync.renew();
    else this.common.surroundings.tell({ kind: "renew" });
  }

  /** Resolves when no write waits any more. */
  async settled(): Promise<void> {
    while (this.outbox.length > 0) {
      await new Promise<void>((resolve) => {
        const leave = this.common.watch(() => {
          leave();
          resolve();
        });
      });
    }
  }

  /**
   * Signs out and removes everything that was kept. While writes wait it rejects, with the code
   * `unsent`; with `force` they are lost, and answered.
   */
  async signOut({ force = false }: { force?: boolean } = {}): Promise<Mutation[]> {
    if (!force && this.outbox.length > 0) throw unsent(this.outbox.length);
    const { shelf } = surroundingsOf(this.common);
    const lost = await shelf.clear(force ? "forget" : "refuse");
    if (!force && lost.length > 0) throw unsent(lost.length);
    this.common.surroundings.tell({ kind: "ended" });
    this.close();
    await this.db.signOut();
    return lost;
  }

  /** Stops following and sending in this tab; what is kept stays. */
  close(): void {
    if (this.ending.signal.aborted) return;
    this.common.become("closed");
    this.ending.abort();
    surroundingsOf(this.common).close();
  }

  /** What another tab told. */
  hear(telling: Telling): void {
    if (telling.kind === "ended") this.close();
    if (!this.leads) return;
    const { state } = this.common;
    if (telling.kind === "hello") this.common.surroundings.tell({ kind: "state", state });
    if (telling.kind === "flush") this.sender.flush();
    if (telling.kind === "renew") this.sync.renew();
    if (telling.kind === "writes") this.sender.poke();
  }

  private async lead(onError: (error: LugeError) => void): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) return;
    this.leads = true;
    this.common.report("connecting");
    const work = [this.sender.run(signal), this.sync.run(signal)].map((running) =>
      running.catch((error: unknown) => {
        if (signal.aborted) return;
        if (error instanceof LugeError) onError(error);
        else queueMicrotask(() => { throw error; });
      }),
    );
    await Promise.all(work);
    this.leads = false;
  }

  private listen(): void {
    const leave = this.db.session.onChange(() => {
      if (accountOf(this.db) === this.account) this.sender.hurry();
      else void this.left();
    });
    const online = () => this.sender.hurry();
    globalThis.addEventListener?.("online", online);
    this.ending.signal.addEventListener("abort", () => {
      leave();
      globalThis.removeEventListener?.("online", online);
    });
  }

  /** The account is not signed in any more: its records go, its writes wait for it. */
  private async left(): Promise<void> {
    if (this.ending.signal.aborted) return;
    this.common.become("closed");
    await surroundingsOf(this.common).shelf.clear("keep").catch(() => undefined);
    this.close();
  }

  private sent(): void {
    if (this.leads) this.sender.poke();
  }

  private isSignedIn(): boolean {
    if (accountOf(this.db) !== this.account) return false;
    return this.db.session.current === null || this.db.session.looksValid;
  }
}

function surroundingsOf({ surroundings }: Common): Surroundings {
  return surroundings;
}

function accountOf({ session }: Client<AnySchema>): string {
  const { record } = session;
  return record === null ? "guest" : `${record.collectionId}/${record.id}`;
}

function unsent(count: number): LugeError {
  const message = `${count} writes have not reached the server and would be lost.`;
  return new LugeError(message, { code: "unsent" });
}
