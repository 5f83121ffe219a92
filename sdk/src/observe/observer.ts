/**
 * A value that is shown while somebody looks: what the entry points of all frameworks share.
 *
 * It begins with the first listener, and ends some time after the last one has gone: frameworks
 * take a view away and put it back at once (a strict mode, a page that suspends), and the server
 * should not notice. `current` is the same object until it changes; `subscribe` needs no `this`.
 */

/** Starts what gives the value; returns how to stop it. */
export type Begin<T> = (show: (value: T) => void, current: () => T) => () => void;

/** How long it goes on without a listener. */
const LINGER_MS = 1_000;
/** How long the value is kept after that, for whoever comes back. */
const KEPT_MS = 60_000;

/** One value, for any number of listeners. */
export class Observer<T> {
  private value: T;
  private readonly listeners = new Set<() => void>();
  private stop: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** The value before anything is known; a server shows it, and a page that wakes up there. */
    readonly first: T,
    private readonly begin: Begin<T>,
    private readonly forget: () => void = () => undefined,
  ) {
    this.value = first;
    this.later(KEPT_MS, this.forget);
  }

  /** The value as it is now. */
  get current(): T {
    return this.value;
  }

  /** Is anything done to get the value? */
  get active(): boolean {
    return this.stop !== undefined;
  }

  /** Calls back at every change; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    // The same function may listen twice, and leaves once for each.
    const own = () => listener();
    this.listeners.add(own);
    clearTimeout(this.timer);
    if (!this.active) this.start();
    return () => {
      if (this.listeners.delete(own) && this.listeners.size === 0) this.later(LINGER_MS, this.end);
    };
  };

  /** Begins anew, from a value that has nothing of before. */
  restart(value: T): void {
    const { active } = this;
    this.halt();
    this.show(value);
    if (active) this.start();
  }

  /** Resolves as soon as the value is what somebody waits for. */
  async until(holds: (value: T) => boolean): Promise<void> {
    let leave = () => {};
    await new Promise<void>((resolve) => {
      const look = () => holds(this.value) && resolve();
      leave = this.subscribe(look);
      look();
    });
    leave();
  }

  private start(): void {
    let stopped = false;
    const show = (value: T) => {
      if (!stopped) this.show(value);
    };
    // Set first: what begins may show something at once.
    let end = () => {};
    this.stop = () => {
      stopped = true;
      end();
    };
    end = this.begin(show, () => this.value);
  }

  private show(value: T): void {
    if (value === this.value) return;
    this.value = value;
    for (const listener of [...this.listeners]) listener();
  }

  private halt(): void {
    this.stop?.();
    this.stop = undefined;
  }

  private readonly end = (): void => {
    this.halt();
    // A failure is not kept: whoever comes back tries again.
    const failed = (this.value as { error?: unknown } | undefined)?.error !== undefined;
    if (failed) this.forget();
    else this.later(KEPT_MS, this.forget);
  };

  private later(milliseconds: number, work: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, milliseconds);
    // On a server nothing waits for it.
    (this.timer as { unref?: () => void }).unref?.();
  }
}
