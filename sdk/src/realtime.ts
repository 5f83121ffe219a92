/**
 * Being told of changes: one connection for all topics, while there are any.
 *
 * After a break the client names the last place that it knows, so that it is told everything that
 * happened meanwhile, once and in order. Where the server cannot go back that far, `onResync` says
 * to read anew. A topic belongs to the connection once `subscribe` has resolved: what is read after
 * that misses nothing.
 */
import { AbortedError, isForbidden, LugeError } from "./errors.js";
import { frames } from "./frames.js";
import type { Session, SignedIn } from "./session.js";
import type { Transport } from "./transport.js";

/**
 * `closed`: nobody listens; `connecting`: for the first time; `open`; `stale`: the connection
 * broke, and comes back by itself.
 */
export type RealtimeState = "closed" | "connecting" | "open" | "stale";

/** What a topic is asked for with. */
export interface TopicOptions {
  /** Only changes of records that match, as text. */
  filter?: string | undefined;
  /** Only changes of records that have these words. */
  search?: string | undefined;
  expand?: string | undefined;
  fields?: string | undefined;
  /** Anything else that rules see as `@request.query`. */
  query?: Record<string, unknown>;
  /** What rules see as `@request.headers`. */
  headers?: Record<string, string>;
  /** Ends the subscription. */
  signal?: AbortSignal;
  /** Changes may have been missed: read anew. The reason is the server's. */
  onResync?: (reason: string) => void;
}

interface Listener {
  hear: (data: any) => void;
  resync: TopicOptions["onResync"];
}

interface Topic {
  listeners: Set<Listener>;
  /** Settles when the server has taken the topic or refused it. */
  ready: Promise<void>;
  settle: (error?: unknown) => void;
}

const PATH = "/api/realtime";
/** The server ends a silent connection after five minutes; longer silence is a dead one. */
const SILENCE_MS = 330_000;
const CONNECT_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** The realtime connection of one client. */
export class Realtime {
  private readonly topics = new Map<string, Topic>();
  /** Topics that the server was not told of, in their order. */
  private unsaid: string[] = [];
  private readonly watchers = new Set<(state: RealtimeState) => void>();
  private current: RealtimeState = "closed";
  private connection: AbortController | undefined;
  private client: string | undefined;
  /** The place of the last message; given before the first topic, what came behind it is told. */
  place: string | undefined;
  private since: string | undefined;
  private failures = 0;
  private telling = false;
  private changed = false;
  /** One new topic at a time, to find out which is refused. */
  private oneByOne = false;
  private who: string | undefined;

  constructor(
    private readonly transport: Transport,
    /** Whose connection it is. */
    readonly session: Session,
  ) {
    this.who = identity(session.current);
    session.onChange((now) => this.identify(identity(now)));
  }

  /** How the connection is. */
  get state(): RealtimeState {
    return this.current;
  }

  /** The id of the connection at the server, while there is one. */
  get clientId(): string | undefined {
    return this.client;
  }

  /** Calls back at every change of `state`; returns how to stop that. */
  onState(watcher: (state: RealtimeState) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /**
   * Listens to a topic, such as `posts/*`, `posts/ID` or one of the application's own. Resolves
   * once the server has taken it, with how to stop; rejects where it refuses it.
   */
  async subscribe<T>(
    topic: string,
    hear: (data: T) => void,
    options: TopicOptions = {},
  ): Promise<() => void> {
    const { signal, onResync } = options;
    if (signal?.aborted) throw aborted(signal);
    const name = topic + suffix(options);
    const known = this.topics.get(name) ?? this.add(name);
    const listener = { hear, resync: onResync };
    known.listeners.add(listener);
    const leave = () => this.leave(name, known, listener);
    let end: (() => void) | undefined;
    const ended = new Promise<never>((_, reject) => {
      end = () => {
        leave();
        reject(aborted(signal));
      };
      signal?.addEventListener("abort", end, { once: true });
    });
    ended.catch(() => undefined);
    await Promise.race([known.ready, ended]);
    return () => {
      if (end) signal?.removeEventListener("abort", end);
      leave();
    };
  }

  private add(name: string): Topic {
    let settle: Topic["settle"] = () => undefined;
    const ready = new Promise<void>((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Whoever waits for it hears of it; nobody may be left to.
    ready.catch(() => undefined);
    const topic: Topic = { listeners: new Set(), ready, settle };
    this.topics.set(name, topic);
    this.unsaid.push(name);
    if (this.connection === undefined) void this.run();
    else void this.tell();
    return topic;
  }

  private leave(name: string, topic: Topic, listener: Listener): void {
    topic.listeners.delete(listener);
    if (topic.listeners.size > 0 || this.topics.get(name) !== topic) return;
    this.drop(name);
    if (this.topics.size === 0) this.end();
    else void this.tell();
  }

  private drop(name: string): void {
    this.topics.delete(name);
    this.unsaid = this.unsaid.filter((each) => each !== name);
  }

  /** Connects again and again, while there are topics. */
  private async run(): Promise<void> {
    this.become("connecting");
    while (this.topics.size > 0) {
      this.connection = new AbortController();
      try {
        await this.listen(this.connection);
      } catch (error) {
        if (error instanceof LugeError && error.code === "no_streaming") this.giveUp(error);
      }
      this.connection.abort();
      this.client = undefined;
      if (this.topics.size === 0) break;
      if (this.current === "open") this.become("stale");
      this.connection = new AbortController();
      await pause(FIRST_PAUSE_MS * 2 ** this.failures++, this.connection.signal);
    }
    this.connection = undefined;
    this.become("closed");
  }

  /** Reads one connection to its end. */
  private async listen(connection: AbortController): Promise<void> {
    const cut = () => connection.abort();
    let silence = setTimeout(cut, CONNECT_MS);
    try {
      const body = await this.transport.stream(PATH, { resume: 1 }, connection.signal);
      for await (const { id, event, data } of frames(body)) {
        clearTimeout(silence);
        silence = setTimeout(cut, SILENCE_MS);
        this.hear(id, event, data === "" ? undefined : JSON.parse(data));
      }
    } finally {
      clearTimeout(silence);
    }
  }

  private hear(id: string, event: string, data: any): void {
    if (event === "PB_CONNECT") {
      this.client = data.clientId;
      this.since = this.place ??= id;
      void this.tell();
      return;
    }
    if (id !== "") this.place = id;
    if (event === "resync") {
      for (const { listeners } of [...this.topics.values()]) {
        for (const { resync } of [...listeners]) apart(() => resync?.(data.reason));
      }
    }
    for (const { hear } of [...(this.topics.get(event)?.listeners ?? [])]) apart(() => hear(data));
  }

  /** Tells the server which topics there are, one request at a time. */
  private async tell(): Promise<void> {
    this.changed = true;
    if (this.telling) return;
    this.telling = true;
    while (this.changed && this.client !== undefined) {
      this.changed = false;
      const news = this.unsaid.splice(0, this.oneByOne ? 1 : this.unsaid.length);
      const { client: clientId, since } = this;
      const later = new Set(this.unsaid);
      const subscriptions = [...this.topics.keys()].filter((name) => !later.has(name));
      const body = { clientId, subscriptions, since };
      try {
        await this.transport.send(PATH, { method: "POST", body });
        if (this.client === clientId) this.taken();
        for (const name of news) this.topics.get(name)?.settle();
      } catch (error) {
        this.refused(error, news, clientId);
      }
      if (this.unsaid.length > 0) this.changed = true;
      else this.oneByOne = false;
    }
    this.telling = false;
  }

  private taken(): void {
    this.since = undefined;
    this.failures = 0;
    this.become("open");
  }

  private refused(error: unknown, news: string[], clientId: string | undefined): void {
    const status = error instanceof LugeError ? (error.status ?? 500) : 500;
    const other = isForbidden(error) && this.since === undefined;
    if (this.client !== clientId || news.length === 0 || status >= 500 || status === 404 || other) {
      // It is about the connection, not about a topic.
      this.unsaid.unshift(...news.filter((name) => this.topics.has(name)));
      if (this.client === clientId) this.cut();
    } else if (news.length > 1) {
      this.unsaid.unshift(...news);
      this.oneByOne = true;
    } else {
      this.reject(news, error);
    }
  }

  private reject(names: string[], error: unknown): void {
    for (const name of names) {
      this.topics.get(name)?.settle(error);
      this.drop(name);
    }
    this.changed = true;
    if (this.topics.size === 0) this.end();
  }

  private giveUp(error: unknown): void {
    this.reject([...this.topics.keys()], error);
  }

  /** A connection belongs to one record: another one needs another connection. */
  private identify(who: string | undefined): void {
    const before = this.who;
    this.who = who;
    if (before === undefined || before === who) void this.tell();
    else this.cut();
  }

  private cut(): void {
    if (this.client !== undefined) this.end();
  }

  private end(): void {
    this.client = undefined;
    this.connection?.abort();
  }

  private become(state: RealtimeState): void {
    if (state === this.current) return;
    this.current = state;
    for (const watcher of [...this.watchers]) apart(() => watcher(state));
  }
}

/** Tells apart who is signed in; undefined for guests. */
export function identity(session: SignedIn | null): string | undefined {
  return session === null ? undefined : `${session.record.collectionId}/${session.record.id}`;
}

/** The options of a topic are a part of its name. */
function suffix({ filter, search, expand, fields, query, headers }: TopicOptions): string {
  const all = JSON.stringify({ query: { ...query, filter, search, expand, fields }, headers });
  return all === '{"query":{}}' ? "" : `?options=${encodeURIComponent(all)}`;
}

function aborted(signal: AbortSignal | undefined): AbortedError {
  const cause = signal?.reason;
  return new AbortedError("The subscription was aborted.", { code: "aborted", cause });
}

/** What a listener throws is its own affair, but is not hidden. */
function apart(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Waits between half of the time and all of it, so that not all clients come at once. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const time = Math.min(milliseconds, LONGEST_PAUSE_MS) * (1 - Math.random() / 2);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, time);
    signal.addEventListener("abort", end);
  });
}
