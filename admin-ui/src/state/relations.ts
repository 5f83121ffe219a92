/**
 * Which relations collections had when they were last looked at here: so the names of related
 * records come with the first rows, before the definitions of collections are read.
 */
const KEY = "luge.relations";

class Relations {
  /** The names of those fields; none where the collection was never looked at. */
  of(collection: string): string[] {
    const names = this.kept[collection];
    return Array.isArray(names) ? names.filter((each) => typeof each === "string") : [];
  }

  /** Remembers them. */
  keep(collection: string, names: readonly string[]): void {
    if (this.of(collection).join() === names.join()) return;
    localStorage.setItem(KEY, JSON.stringify({ ...this.kept, [collection]: names }));
  }

  /** Forgets them all at sign-out. */
  clear(): void {
    localStorage.removeItem(KEY);
  }

  /** Whatever is in it, since anybody may have written it. */
  private get kept(): Record<string, unknown> {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      return typeof kept === "object" && kept !== null ? { ...kept } : {};
    } catch {
      return {};
    }
  }
}

export const relations = new Relations();
