/**
 * What is listened to, and what came of it. Each listener is a connection of its own, since one
 * belongs to whoever asks.
 */
import type { Client, RealtimeState } from "@luge/client";
import { t } from "../../messages/index.svelte.ts";
import { Caller } from "../../parts/caller/caller.svelte.ts";
import { go, hereWith } from "../../state/location.svelte.ts";
import { explain } from "../../state/problem.ts";
import { sameAsked, writtenAsked, type Asked } from "./asked.ts";
import { Shelf, type Kept, type Told } from "./shelf.ts";

/** What is announced in a channel. */
export type Presence = Record<string, unknown> | undefined;

/** One thing that is listened to. */
export class Listener {
  state = $state<RealtimeState>("connecting");
  /** Why the server refused it. */
  refused = $state<string>();
  /** Is it a part of the address? */
  addressed = false;
  private leave: (() => void) | undefined;
  private ended = false;

  constructor(
    readonly id: number,
    readonly asked: Asked,
    private readonly presence: Presence,
    private readonly tell: (told: Told) => void,
  ) {}

  /** As whom, in words. */
  get who(): string {
    const { who, record } = this.asked;
    if (who === "superuser") return t("realtime.you");
    return who === "guest" ? t("realtime.guest") : (record?.id ?? "");
  }

  async begin(): Promise<void> {
    const { topic, filter, search } = this.asked;
    const { presence } = this;
    try {
      const client = await this.open();
      client.realtime.onState((state) => (this.state = state));
      const hear = (data: unknown) =>
        this.tell({ at: Date.now(), topic, who: this.who, listener: this.id, data });
      this.leave = await client.realtime.subscribe(topic, hear, {
        filter,
        search,
        ...(presence && { query: { presence } }),
      });
      if (this.ended) this.leave();
    } catch (error) {
      this.state = "closed";
      this.refused = explain(error).message;
    }
  }

  end(): void {
    this.ended = true;
    this.leave?.();
  }

  private open(): Promise<Client> {
    const caller = new Caller();
    caller.who = this.asked.who;
    if (this.asked.record) caller.record = { ...this.asked.record };
    return caller.listener();
  }
}

/** All listeners, and their events. */
export class Stream {
  listeners = $state.raw<Listener[]>([]);
  shown = $state.raw<Kept[]>([]);
  held = $state(0);
  paused = $state(false);
  private readonly shelf = new Shelf();
  private ids = 0;

  /** Listens to what an address asks for, and to nothing of it any more that it does not. */
  follow(asked: Asked[]): void {
    const left = [...asked];
    for (const listener of this.listeners.filter(({ addressed }) => addressed)) {
      const at = left.findIndex((each) => sameAsked(each, listener.asked));
      if (at < 0) this.end(listener);
      else left.splice(at, 1);
    }
    for (const each of left) this.begin(each, undefined).addressed = true;
  }

  /** Listens to something more, which becomes a part of the address where that has room. */
  listen(asked: Asked, presence: Presence): void {
    const listener = this.begin(asked, presence);
    const written = writtenAsked([...this.addressed, asked]);
    if (written === undefined) return;
    listener.addressed = true;
    go(hereWith({ listen: written }));
  }

  stop(listener: Listener): void {
    this.end(listener);
    if (listener.addressed) go(hereWith({ listen: writtenAsked(this.addressed) }));
  }

  private get addressed(): Asked[] {
    return this.listeners.filter((each) => each.addressed).map((each) => each.asked);
  }

  private begin(asked: Asked, presence: Presence): Listener {
    this.ids += 1;
    const hear = (told: Told) => this.hear(told);
    const listener = new Listener(this.ids, asked, presence, hear);
    this.listeners = [...this.listeners, listener];
    void listener.begin();
    return listener;
  }

  private end(listener: Listener): void {
    listener.end();
    this.listeners = this.listeners.filter((each) => each !== listener);
  }

  /** Stops everything, when the page is left. */
  endAll(): void {
    for (const listener of this.listeners) listener.end();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    if (paused) return;
    this.shelf.release();
    this.show();
  }

  clear(): void {
    this.shelf.clear();
    this.show();
  }

  private hear(told: Told): void {
    this.shelf.put(told, this.paused);
    this.show();
  }

  private show(): void {
    this.shown = this.shelf.shown;
    this.held = this.shelf.held;
  }
}
