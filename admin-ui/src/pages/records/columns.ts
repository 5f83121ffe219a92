/**
 * The columns of a table: which are shown, in which order, how wide, and which stay in place.
 *
 * A layout is data of its own that survives changes of the collection: what it does not name is
 * added where it would be by itself, and what is gone is left out.
 */
import type { Collection, Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Back } from "./back.ts";

/** How one column is shown. */
export interface Column {
  name: string;
  /** In pixels. */
  width: number;
  /** Does it stay while the others are scrolled sideways? */
  pinned: boolean;
  /** May its text take three lines? */
  wrap: boolean;
  hidden: boolean;
}

/** Narrowest and widest, in pixels. */
export const NARROWEST = 64;
export const WIDEST = 900;

const WIDTHS: Partial<Record<Field["type"], number>> = {
  number: 120,
  bool: 104,
  date: 190,
  autodate: 190,
  select: 160,
  editor: 260,
};
const ID_WIDTH = 172;
const ORDINARY_WIDTH = 216;
const BACK_WIDTH = 168;
const BLANK = { pinned: false, wrap: false, hidden: false };

/** The fields that can be columns, the id first and what the server fills in last. */
export function fieldsOf({ fields }: Collection): Field[] {
  const shown = fields.filter(({ type, name }) => kindOf(type).shown && name !== "tokenKey");
  const isLate = (field: Field) => field.type === "autodate";
  const id = (field: Field) => field.name === "id";
  return [
    ...shown.filter(id),
    ...shown.filter((field) => !id(field) && !isLate(field)),
    ...shown.filter(isLate),
  ];
}

/** The columns of a collection that nobody has changed; what points at it is not shown then. */
export function plainLayout(collection: Collection, backs: readonly Back[] = []): Column[] {
  const counted = backs.map(({ name }) => ({ ...BLANK, name, width: BACK_WIDTH, hidden: true }));
  return [...fieldsOf(collection).map(plain), ...counted];
}

/** A layout that fits the collection, and what points at it, as they are now. */
export function fitting(
  collection: Collection,
  kept: readonly Partial<Column>[],
  backs: readonly Back[] = [],
): Column[] {
  const all = plainLayout(collection, backs);
  const known = kept.flatMap((column) => {
    const own = all.find(({ name }) => name === column.name);
    return own ? [{ ...own, ...column, width: widthOf(column, own) }] : [];
  });
  const named = new Set(known.map(({ name }) => name));
  return [...known, ...all.filter(({ name }) => !named.has(name))];
}

/** Those that are shown, the pinned ones first. */
export function shownOf(layout: readonly Column[]): Column[] {
  const shown = layout.filter(({ hidden }) => !hidden);
  return [...shown.filter(({ pinned }) => pinned), ...shown.filter(({ pinned }) => !pinned)];
}

/** The layout with one column changed. */
export function changed(
  layout: readonly Column[],
  name: string,
  change: Partial<Column>,
): Column[] {
  return layout.map((column) => (column.name === name ? { ...column, ...change } : column));
}

/** The layout with one column moved before another one, or to the end. */
export function moved(layout: readonly Column[], name: string, before?: string): Column[] {
  const column = layout.find((each) => each.name === name);
  if (column === undefined || name === before) return [...layout];
  const rest = layout.filter((each) => each.name !== name);
  const at = rest.findIndex((each) => each.name === before);
  return at < 0 ? [...rest, column] : [...rest.slice(0, at), column, ...rest.slice(at)];
}

/** The layout with one column moved by one place among those that are shown. */
export function stepped(layout: readonly Column[], name: string, by: -1 | 1): Column[] {
  const order = [...shownOf(layout), ...layout.filter(({ hidden }) => hidden)];
  const at = order.findIndex((column) => column.name === name);
  return moved(order, name, order[by < 0 ? at - 1 : at + 2]?.name ?? (by < 0 ? name : undefined));
}

/** A layout as an address has it: `id.172.p,title.216.w`; what is hidden is not named. */
export function writeColumns(layout: readonly Column[]): string {
  return layout
    .filter(({ hidden }) => !hidden)
    .map(({ name, width, pinned, wrap }) =>
      [name, width, ...(pinned ? ["p"] : []), ...(wrap ? ["w"] : [])].join("."),
    )
    .join(",");
}

/** Reads what `writeColumns` wrote; nothing where the address names no column that there is. */
export function readColumns(
  collection: Collection,
  text: string,
  backs: readonly Back[] = [],
): Column[] | undefined {
  const all = plainLayout(collection, backs);
  const named = text.split(",").flatMap((part) => {
    const [name = "", width = "", ...marks] = part.split(".");
    const own = all.find((each) => each.name === name);
    if (own === undefined) return [];
    const looks = { pinned: marks.includes("p"), wrap: marks.includes("w"), hidden: false };
    return [{ name, width: widthOf({ width: Number(width) }, own), ...looks }];
  });
  if (named.length === 0) return undefined;
  const shown = new Set(named.map(({ name }) => name));
  return fitting(collection, named, backs).map((column) =>
    shown.has(column.name) ? column : { ...column, hidden: true },
  );
}

/** A width that a column can have. */
export function boundedWidth(width: number): number {
  return Math.round(Math.min(Math.max(width, NARROWEST), WIDEST));
}

function plain(field: Field): Column {
  const pinned = field.name === "id";
  const width = pinned ? ID_WIDTH : (WIDTHS[field.type] ?? ORDINARY_WIDTH);
  return { ...BLANK, name: field.name, width, pinned };
}

function widthOf({ width }: Partial<Column>, own: Column): number {
  const usable = typeof width === "number" && Number.isFinite(width) && width > 0;
  return usable ? boundedWidth(width) : own.width;
}
