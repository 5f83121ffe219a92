/** The filters that were used lately in this browser, by collection. */

const KEY = "luge.filters";
const MOST = 12;

export class FilterHistory {
  /** The latest first. */
  all = $state.raw<string[]>([]);

  constructor(private readonly collection: string) {
    this.all = this.read();
  }

  /** A filter was used. */
  add(filter: string): void {
    if (filter.trim() === "") return;
    this.all = [filter, ...this.read().filter((each) => each !== filter)].slice(0, MOST);
    localStorage.setItem(`${KEY}.${this.collection}`, JSON.stringify(this.all));
  }

  private read(): string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(`${KEY}.${this.collection}`) ?? "[]");
      return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
    } catch {
      return [];
    }
  }
}
