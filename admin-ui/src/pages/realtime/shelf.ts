/** The last events, the newest first; while it is paused, new ones wait apart. */

/** How many are kept. */
export const MOST = 500;

/** Something that was told. */
export interface Told {
  /** Milliseconds since 1970, by the clock of this device. */
  at: number;
  topic: string;
  /** As whom it was heard, in words. */
  who: string;
  listener: number;
  data: unknown;
}

/** One that is kept. */
export interface Kept extends Told {
  key: number;
}

/** The events. */
export class Shelf {
  shown: Kept[] = [];
  private waiting: Kept[] = [];
  private keys = 0;

  /** How many wait. */
  get held(): number {
    return this.waiting.length;
  }

  put(told: Told, paused: boolean): void {
    const kept = { ...told, key: ++this.keys };
    if (paused) this.waiting = [kept, ...this.waiting].slice(0, MOST);
    else this.shown = [kept, ...this.shown].slice(0, MOST);
  }

  /** Shows what waited. */
  release(): void {
    this.shown = [...this.waiting, ...this.shown].slice(0, MOST);
    this.waiting = [];
  }

  clear(): void {
    this.shown = [];
    this.waiting = [];
  }
}

/** What an event is, in a word: the action, or the kind of a channel's message. */
export function kindOf(data: unknown): string {
  const { action, type, event } = (data ?? {}) as Record<string, unknown>;
  const word = action ?? (type === "message" ? event : type);
  return typeof word === "string" ? word : "";
}

/**
 * Milliseconds between a change and its message; undefined where the record does not tell when it
 * changed. Clocks that differ make it wrong, so what cannot be is left out.
 */
export function latencyOf({ at, data }: Pick<Told, "at" | "data">): number | undefined {
  const { action, record } = (data ?? {}) as { action?: string; record?: Record<string, unknown> };
  const time = action === "create" ? (record?.created ?? record?.updated) : record?.updated;
  if (action === "delete" || typeof time !== "string") return undefined;
  const milliseconds = at - Date.parse(time.replace(" ", "T"));
  return milliseconds >= 0 && milliseconds < 3_600_000 ? milliseconds : undefined;
}

/** Does an event have a text, anywhere? */
export function matches({ topic, data }: Told, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return `${topic} ${JSON.stringify(data)}`.toLowerCase().includes(wanted);
}
