/** The fields of a collection that is made from a file. */
import type { CollectionBody, Field, FieldType } from "@luge/client/admin";
import type { Opened } from "./table.ts";
import { isEmpty } from "./values.ts";

/** A field for a column. */
export interface NewField {
  column: string;
  /** The position of the column. */
  at: number;
  name: string;
  type: FieldType;
  kept: boolean;
}

/** The types that need no more than a name. */
export const NEW_TYPES: FieldType[] = [
  "text",
  "number",
  "bool",
  "date",
  "email",
  "url",
  "editor",
  "json",
  "geoPoint",
];

/** Does the file have ids as the server makes them? */
export function idsIn({ columns, sample }: Opened): boolean {
  const at = columns.findIndex((name) => name.toLowerCase() === "id");
  if (at < 0) return false;
  const ids = sample.map((cells) => cells[at]).filter((cell) => !isEmpty(cell));
  return ids.length > 0 && ids.every((id) => /^[a-z0-9]{15}$/.test(String(id)));
}

/** The fields to begin with: one for each column, with names of their own. */
export function drafted(opened: Opened): NewField[] {
  const taken = new Set<string>();
  const ids = idsIn(opened);
  return opened.guesses.flatMap(({ name, type }, at) => {
    const column = opened.columns[at]!;
    if (ids && column.toLowerCase() === "id") return [];
    let own = name;
    for (let copy = 2; taken.has(own.toLowerCase()); copy += 1) own = `${name}_${copy}`;
    taken.add(own.toLowerCase());
    return [{ column, at, name: own, type, kept: true }];
  });
}

/** The columns whose field has the name of an earlier one. */
export function duplicates(fields: NewField[]): string[] {
  const kept = fields.filter(({ kept }) => kept);
  const names = kept.map(({ name }) => name.toLowerCase());
  return kept.filter((_, at) => names.indexOf(names[at]!) < at).map(({ column }) => column);
}

/** What the server is asked for: the system's fields first, so that it tells the same positions. */
export function definition(
  name: string,
  fields: NewField[],
  system: Field[],
): CollectionBody & { name: string } {
  const own = fields
    .filter(({ kept }) => kept)
    .map(({ name, type }): Field => ({ name, type }));
  const times: Field[] = [
    { name: "created", type: "autodate", onCreate: true, onUpdate: false },
    { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
  ];
  return { name, type: "base", fields: [...system, ...own, ...times] };
}
