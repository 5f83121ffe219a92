/** How the columns stand in a row, in pixels. */
import type { Collection, Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Kind } from "../../fields/kind.ts";
import CornerLeftUp from "@lucide/svelte/icons/corner-left-up";
import type { Back } from "./back.ts";
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
  /** As people read its name. */
  label: string;
  field: Field;
  kind: Kind;
  /** Where it counts the records that point here, it has no field of its own. */
  back: Back | undefined;
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
export function shapeOf(
  collection: Collection,
  shown: readonly Column[],
  backs: readonly Back[] = [],
): Shape {
  let at = CHOICE_PX;
  const columns = shown.flatMap((column): Drawn[] => {
    const content = contentOf(column.name, collection, backs);
    if (content === undefined) return [];
    const left = column.pinned ? at : undefined;
    at += column.width;
    return [{ ...column, ...content, left }];
  });
  const widths = columns.map(({ width }) => `${width}px`);
  return {
    columns,
    template: [`${CHOICE_PX}px`, ...widths, "1fr"].join(" "),
    width: at,
    rowHeight: columns.some(({ wrap }) => wrap) ? TALL_ROW_PX : ROW_PX,
  };
}

function contentOf(
  name: string,
  { fields }: Collection,
  backs: readonly Back[],
): Pick<Drawn, "label" | "field" | "kind" | "back"> | undefined {
  const own = fields.find((field) => field.name === name);
  if (own !== undefined) {
    return { label: name, field: own, kind: kindOf(own.type), back: undefined };
  }
  const back = backs.find((each) => each.name === name);
  if (back === undefined) return undefined;
  const field: Field = { name, type: "number", system: true };
  const kind = { ...kindOf("number"), icon: CornerLeftUp, sortable: false };
  return { label: back.label, field, kind, back };
}
