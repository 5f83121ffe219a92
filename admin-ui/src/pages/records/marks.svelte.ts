/** Which rows have just come, changed or gone: told by a mark that fades. */

/** What happened to a row. */
export type Mark = "new" | "changed" | "gone";

/** How long a mark is seen, in milliseconds. */
const SEEN_MS = 2_500;

export class Marks {
  private all = $state.raw<ReadonlyMap<string, Mark>>(new Map());
  private timers = new Map<string, ReturnType<typeof setTimeout>>();

  of(id: string | undefined): Mark | undefined {
    return id === undefined ? undefined : this.all.get(id);
  }

  set(id: string, mark: Mark): void {
    clearTimeout(this.timers.get(id));
    this.all = new Map(this.all).set(id, mark);
    this.timers.set(id, setTimeout(() => this.remove(id), SEEN_MS));
  }

  /** Forgets them all. */
  clear(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.all = new Map();
  }

  private remove(id: string): void {
    this.timers.delete(id);
    const rest = new Map(this.all);
    rest.delete(id);
    this.all = rest;
  }
}
