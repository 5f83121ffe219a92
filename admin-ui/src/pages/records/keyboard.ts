/** What the keys do while the table has the focus. */

import type { Key } from "../../messages/en.ts";
import { nameOf } from "../../state/keys.ts";
import type { Shortcut } from "../../state/shortcuts.svelte.ts";

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
  // The command key and the control key are one to the table.
  const name = nameOf(event)?.replace(/^(?:Mod|Other)\+/, "Mod+");
  const bare = name?.replace("Shift+", "");
  const moves = KEYS.find(({ keys, goes }) => keys === bare && goes !== undefined);
  if (moves?.goes) {
    return { kind: "go", to: within(moves.goes(at, bounds), bounds), extend: event.shiftKey };
  }
  const does = KEYS.find(({ keys }) => keys === name)?.does;
  return does && { kind: does };
}

/** What `?` lists of them; the table hears its keys itself while it has the focus. */
export function listedKeys(focus: () => void): Shortcut[] {
  return KEYS.flatMap(({ keys, label, begins }) =>
    label === undefined ? [] : [{ keys, label, ...(begins && { run: focus }) }],
  );
}

type Way = (at: Spot, bounds: Bounds) => Spot;

interface TableKey {
  /** As shortcuts are written. */
  keys: string;
  /** What it does; left out where everybody knows. */
  label?: Key;
  /** Does it bring the focus to the table from elsewhere on the page? */
  begins?: boolean;
  goes?: Way;
  does?: Exclude<Command["kind"], "go">;
}

const down: Way = ({ row, column }) => ({ row: row + 1, column });
const up: Way = ({ row, column }) => ({ row: row - 1, column });
const last: Way = (_, { rows, columns }) => ({ row: rows - 1, column: columns - 1 });

const KEYS: TableKey[] = [
  { keys: "J", label: "gridKeys.down", begins: true, goes: down },
  { keys: "K", label: "gridKeys.up", begins: true, goes: up },
  { keys: "ArrowDown", goes: down },
  { keys: "ArrowUp", goes: up },
  { keys: "ArrowRight", goes: ({ row, column }) => ({ row, column: column + 1 }) },
  { keys: "ArrowLeft", goes: ({ row, column }) => ({ row, column: column - 1 }) },
  { keys: "Home", goes: ({ row }) => ({ row, column: 0 }) },
  { keys: "End", goes: ({ row }, { columns }) => ({ row, column: columns - 1 }) },
  { keys: "PageDown", goes: ({ row, column }, { screen }) => ({ row: row + screen, column }) },
  { keys: "PageUp", goes: ({ row, column }, { screen }) => ({ row: row - screen, column }) },
  { keys: "Mod+Home", label: "gridKeys.first", goes: () => ({ row: 0, column: 0 }) },
  { keys: "Mod+End", label: "gridKeys.last", goes: last },
  { keys: "Mod+ArrowUp", goes: ({ column }) => ({ row: 0, column }) },
  { keys: "Mod+ArrowDown", goes: ({ column }, { rows }) => ({ row: rows - 1, column }) },
  { keys: "Mod+ArrowRight", goes: ({ row }, { columns }) => ({ row, column: columns - 1 }) },
  { keys: "Mod+ArrowLeft", goes: ({ row }) => ({ row, column: 0 }) },
  { keys: "Space", label: "gridKeys.choose", does: "choose" },
  { keys: "Shift+Space", label: "gridKeys.range", does: "range" },
  { keys: "Mod+A", label: "gridKeys.everything", does: "everything" },
  { keys: "Escape", label: "gridKeys.leave", does: "leave" },
  { keys: "Enter", label: "gridKeys.edit", does: "edit" },
  { keys: "F2", does: "edit" },
  { keys: "O", label: "gridKeys.open", does: "open" },
  { keys: "Delete", label: "gridKeys.delete", does: "delete" },
  // Pasting is an event of its own.
  { keys: "Mod+V", label: "gridKeys.paste" },
];

function within({ row, column }: Spot, { rows, columns }: Bounds): Spot {
  const bounded = (at: number, length: number) =>
    Math.min(Math.max(at, 0), Math.max(length - 1, 0));
  return { row: bounded(row, rows), column: bounded(column, columns) };
}
