/** How the columns stand in a row, in pixels. */
import type { Collection, Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Kind } from "../../fields/kind.ts";
import type { Column } from "./columns.ts";

/** The column in which rows are chosen. */
export const CHOICE_PX = 44;
/** The height of a row, and of one in which text may take three lines. */
export const ROW_PX = 38;
export const TALL_ROW_PX = 78;
/** The height of the row of names. */
export const HEAD_PX = 36;

/** A column with all that is needed to draw it. */
export interface Drawn extends Column {
  field: Field;
  kind: Kind;
  /** How far from the left a pinned one stays. */
  left: number | undefined;
}

/** The table's columns as they are drawn. */
export interface Shape {
  columns: Drawn[];
  /** For `grid-template-columns`. */
  template: string;
  width: number;
  rowHeight: number;
}

/** Places the shown columns one after another; pinned ones are the first. */
export function shapeOf(collection: Collection, shown: readonly Column[]): Shape {
  let at = CHOICE_PX;
  const columns = shown.flatMap((column): Drawn[] => {
    const field = collection.fields.find(({ name }) => name === column.name);
    if (field === undefined) return [];
    const left = column.pinned ? at : undefined;
    at += column.width;
    return [{ ...column, field, kind: kindOf(field.type), left }];
  });
  const widths = columns.map(({ width }) => `${width}px`);
  return {
    columns,
    template: [`${CHOICE_PX}px`, ...widths, "1fr"].join(" "),
    width: at,
    rowHeight: columns.some(({ wrap }) => wrap) ? TALL_ROW_PX : ROW_PX,
  };
}
