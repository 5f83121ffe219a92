/** The views that were opened last, the latest first. Each browser remembers its own. */
const KEY = "luge.recent";
/** How many are remembered. */
const MOST = 12;

class Recent {
  paths = $state.raw<string[]>(kept());

  /** Remembers that a view was opened. */
  note(path: string): void {
    this.keep([path, ...this.paths.filter((each) => each !== path)].slice(0, MOST));
  }

  /** Forgets everything at sign-out. */
  clear(): void {
    this.keep([]);
  }

  private keep(paths: string[]): void {
    this.paths = paths;
    localStorage.setItem(KEY, JSON.stringify(paths));
  }
}

export const recent = new Recent();

/** What another version left, or somebody changed by hand, counts as nothing. */
function kept(): string[] {
  try {
    const paths: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
  } catch {
    return [];
  }
}
