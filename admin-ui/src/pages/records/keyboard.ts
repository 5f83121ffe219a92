/** What the keys do while the table has the focus. */

/** Where the keyboard is in the table, counted from 0. */
export interface Spot {
  row: number;
  column: number;
}

/** What a key asks for. */
export type Command =
  | { kind: "go"; to: Spot; extend: boolean }
  | { kind: "edit" | "open" | "choose" | "range" | "everything" | "leave" | "delete" };

/** How far the table goes. */
export interface Bounds {
  rows: number;
  columns: number;
  /** Rows of one screen. */
  screen: number;
}

/** What a key asks for; nothing where it is not for the table. */
export function commandOf(event: KeyboardEvent, at: Spot, bounds: Bounds): Command | undefined {
  const { key, shiftKey: extend } = event;
  const mod = event.ctrlKey || event.metaKey;
  if (event.altKey) return undefined;
  const to = mod ? farAway(key, at, bounds) : nearby(key, at, bounds);
  if (to !== undefined) return { kind: "go", to: within(to, bounds), extend };
  if (mod) return key === "a" ? { kind: "everything" } : undefined;
  if (key === " ") return { kind: extend ? "range" : "choose" };
  const kind = ACTIONS[key];
  return kind && { kind };
}

const ACTIONS: Record<string, "edit" | "open" | "leave" | "delete" | undefined> = {
  Enter: "edit",
  F2: "edit",
  o: "open",
  Escape: "leave",
  Delete: "delete",
};

function nearby(key: string, { row, column }: Spot, bounds: Bounds): Spot | undefined {
  switch (key) {
    case "ArrowDown":
    case "j":
      return { row: row + 1, column };
    case "ArrowUp":
    case "k":
      return { row: row - 1, column };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: bounds.columns - 1 };
    case "PageDown":
      return { row: row + bounds.screen, column };
    case "PageUp":
      return { row: row - bounds.screen, column };
    default:
      return undefined;
  }
}

function farAway(key: string, { row, column }: Spot, bounds: Bounds): Spot | undefined {
  switch (key) {
    case "Home":
    case "ArrowUp":
      return { row: 0, column: key === "Home" ? 0 : column };
    case "End":
    case "ArrowDown":
      return { row: bounds.rows - 1, column: key === "End" ? bounds.columns - 1 : column };
    case "ArrowRight":
      return { row, column: bounds.columns - 1 };
    case "ArrowLeft":
      return { row, column: 0 };
    default:
      return undefined;
  }
}

function within({ row, column }: Spot, { rows, columns }: Bounds): Spot {
  const bounded = (at: number, length: number) =>
    Math.min(Math.max(at, 0), Math.max(length - 1, 0));
  return { row: bounded(row, rows), column: bounded(column, columns) };
}
