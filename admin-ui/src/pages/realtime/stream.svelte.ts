/**
 * What is listened to, and what came of it. Each listener is a connection of its own, since one
 * belongs to whoever asks.
 */
import type { Client, RealtimeState } from "@luge/client";
import { explain } from "../../state/problem.ts";
import { Shelf, type Kept, type Told } from "./shelf.ts";

/** What a listener asks for. */
export interface Wanted {
  topic: string;
  filter?: string;
  search?: string;
  /** What is announced in a channel. */
  presence?: Record<string, unknown>;
}

/** One thing that is listened to. */
export class Listener {
  state = $state<RealtimeState>("connecting");
  /** Why the server refused it. */
  refused = $state<string>();
  private leave: (() => void) | undefined;
  private ended = false;

  constructor(
    readonly id: number,
    readonly wanted: Wanted,
    /** As whom, in words. */
    readonly who: string,
    private readonly open: () => Promise<Client>,
    private readonly tell: (told: Told) => void,
  ) {}

  async begin(): Promise<void> {
    const { topic, filter, search, presence } = this.wanted;
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
}

/** All listeners, and their events. */
export class Stream {
  listeners = $state.raw<Listener[]>([]);
  shown = $state.raw<Kept[]>([]);
  held = $state(0);
  paused = $state(false);
  private readonly shelf = new Shelf();
  private ids = 0;

  listen(wanted: Wanted, who: string, open: () => Promise<Client>): void {
    this.ids += 1;
    const hear = (told: Told) => this.hear(told);
    const listener = new Listener(this.ids, wanted, who, open, hear);
    this.listeners = [...this.listeners, listener];
    void listener.begin();
  }

  stop(listener: Listener): void {
    listener.end();
    this.listeners = this.listeners.filter((each) => each !== listener);
  }

  /** Stops everything, when the page is left. */
  end(): void {
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
