/**
 * Short notes about what was done, with a way to take it back. A note goes by itself, but not
 * while somebody is at it; one about a failure stays until it is closed.
 */

/** What a note offers to do. */
export interface ToastAction {
  label: string;
  run: () => void;
}

/** One note. */
export interface Toast {
  id: number;
  text: string;
  look: "done" | "bad";
  /** More lines, such as what failed. */
  details: string[];
  actions: ToastAction[];
  /** What happens when its time is over; not when an action was chosen. */
  onend?: (() => void) | undefined;
}

/** How long a note stays, in milliseconds: time enough to take back what was done. */
const STAYS_MS = 12_000;

class Toasts {
  all = $state.raw<Toast[]>([]);
  /** What was said last, to be read out and not seen. */
  said = $state.raw({ text: "", times: 0 });

  private latest = 0;
  private timers = new Map<number, ReturnType<typeof setTimeout>>();
  private held = false;

  /** Shows a note that goes by itself; answers its id. */
  done(text: string, more: Partial<Pick<Toast, "actions" | "onend" | "details">> = {}): number {
    return this.add({ text, look: "done", details: [], actions: [], ...more });
  }

  /** Shows what went wrong, until it is closed. */
  bad(text: string, details: string[] = [], actions: ToastAction[] = []): number {
    return this.add({ text, look: "bad", details, actions });
  }

  /** Has something read out, for what is only seen otherwise. */
  say(text: string): void {
    this.said = { text, times: this.said.times + 1 };
  }

  /** Does what an action says, and takes the note away. */
  choose(toast: Toast, action: ToastAction): void {
    this.remove(toast.id);
    action.run();
  }

  /** Takes a note away, as when its time is over. */
  close(id: number): void {
    const toast = this.all.find((each) => each.id === id);
    this.remove(id);
    toast?.onend?.();
  }

  /** Somebody is at the notes: none goes. */
  hold(): void {
    this.held = true;
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
  }

  /** They go by themselves again. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    this.all.forEach((toast) => this.start(toast));
  }

  private add(note: Omit<Toast, "id">): number {
    const toast = { ...note, id: ++this.latest };
    this.all = [...this.all, toast];
    if (!this.held) this.start(toast);
    return toast.id;
  }

  private start({ id, look }: Toast): void {
    if (look === "done") this.timers.set(id, setTimeout(() => this.close(id), STAYS_MS));
  }

  private remove(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.all = this.all.filter((each) => each.id !== id);
    if (this.all.length === 0) this.held = false;
  }
}

export const toasts = new Toasts();
