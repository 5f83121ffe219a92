/** A block of cells that is pasted into the table: what it would change, and what is refused. */
import type { Field } from "@luge/client/admin";
import type { Trouble } from "../import/trouble.ts";
import {
  convert,
  DATE_FORMS,
  isEmpty,
  NUMBER_FORMS,
  readDate,
  readNumber,
  type Forms,
} from "../import/values.ts";
import { copied, emptyOf } from "./cell-value.ts";
import { same } from "./edit.svelte.ts";
import type { Drawn } from "./shape.ts";
import type { Row } from "./view.ts";

/** Why a cell is refused: what is wrong with its value, or the words of the server. */
export type Refusal = Trouble | { text: string } | "fixed";

/** One cell that would be another one, or is refused. */
export interface PastedCell {
  field: Field;
  before: unknown;
  after?: unknown;
  refusal?: Refusal;
}

/** A row with the cells that matter. */
export interface PastedRow {
  row: Row;
  cells: PastedCell[];
}

/** Fields whose values are not texts that could be pasted. */
const FIXED = ["autodate", "file", "password"];

/** Can anything be pasted into a column? */
export const isFixed = ({ name, field, back }: Drawn) =>
  name === "id" || back !== undefined || FIXED.includes(field.type);

/** What pasting these cells would do; what stays as it is, is left out. */
export function planned(
  cells: readonly string[][],
  rows: readonly Row[],
  columns: readonly Drawn[],
  forms: Forms,
): PastedRow[] {
  return rows
    .map((row, line) => ({ row, cells: ofRow(cells[line] ?? [], row, columns, forms) }))
    .filter(({ cells }) => cells.length > 0);
}

/** How numbers and dates seem to be written: the first way in which all of them can be read. */
export function formsOf(cells: readonly string[][], columns: readonly Drawn[]): Forms {
  const filled = (type: Field["type"]) =>
    columns.flatMap(({ field }, at) =>
      field.type === type ? cells.map((line) => line[at]).filter((cell) => !isEmpty(cell)) : [],
    );
  const [numbers, dates] = [filled("number"), filled("date")];
  const number = NUMBER_FORMS.find((form) =>
    numbers.every((cell) => readNumber(cell, form) !== undefined),
  );
  const date = DATE_FORMS.find((form) =>
    dates.every((cell) => readDate(cell, form) !== undefined),
  );
  return { numbers: number ?? NUMBER_FORMS[0], dates: date ?? DATE_FORMS[0], separator: "," };
}

function ofRow(
  texts: readonly string[],
  row: Row,
  columns: readonly Drawn[],
  forms: Forms,
): PastedCell[] {
  return columns.flatMap((column, at): PastedCell[] => {
    const { name, field } = column;
    const text = texts[at] ?? "";
    const before = row[name];
    // A block that goes across such a column leaves it as it is, where it says the same.
    if (isFixed(column)) {
      const stays = text === "" || text === copied(before);
      return stays ? [] : [{ field, before, refusal: "fixed" }];
    }
    const read = isEmpty(text) ? (emptyOf(field) ?? REQUIRED) : convert(text, field, forms);
    if ("trouble" in read) return [{ field, before, refusal: read.trouble }];
    return same(read.value, before) ? [] : [{ field, before, after: read.value }];
  });
}

const REQUIRED = { trouble: { key: "import.trouble.required" } satisfies Trouble };
