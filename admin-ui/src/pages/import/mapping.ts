/** Which column fills which field, and the body of a record that a row becomes. */
import type { Collection, Field } from "@luge/client/admin";
import type { Trouble } from "./trouble.ts";
import {
  convert,
  gathered,
  isEmpty,
  point,
  valuesOf,
  type Converted,
  type Forms,
} from "./values.ts";

/** Where the value of a field comes from; columns by their position. */
export type Source =
  | { from: "nothing" }
  | { from: "column"; column: number }
  | { from: "constant"; value: string }
  | { from: "point"; lon: number; lat: number };

/** How one field is filled. */
export interface FieldMapping {
  field: Field;
  source: Source;
  /** Of a relation: the field of the other collection that is looked up; empty for ids. */
  lookUp: string;
  /** What that collection is called. */
  collection?: string;
  forms: Forms;
}

/** How rows become records. */
export interface Mapping {
  fields: FieldMapping[];
  /** Does an empty cell leave its field as it is, rather than empty it? */
  keepEmpty: boolean;
}

/** A row that was converted; relations that are looked up are still to be put in. */
export interface Ready {
  line: number;
  body: Record<string, unknown>;
  lookUps: Record<string, string[]>;
  /** As the file has it, to be given back if it is refused. */
  cells: unknown[];
  trouble?: Trouble;
}

/** The fields that an import can fill. */
export function fillable({ fields }: Collection): Field[] {
  return fields.filter(
    ({ type, name }) => type !== "autodate" && type !== "file" && name !== "tokenKey",
  );
}

/** A name without what people write in different ways. */
const bare = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** The mapping to begin with: columns whose names are those of fields. */
export function matched(collection: Collection, columns: string[]): Mapping {
  const names = columns.map(bare);
  const fields = fillable(collection).map((field): FieldMapping => {
    const column = names.indexOf(bare(field.name));
    const source: Source = column < 0 ? { from: "nothing" } : { from: "column", column };
    return { field, source: pointIn(field, names) ?? source, lookUp: "", forms: plainForms() };
  });
  return { fields, keepEmpty: true };
}

const plainForms = (): Forms => ({ numbers: "1234.5", dates: "iso", separator: "," });

/** A point may be in two columns. */
function pointIn({ type, name }: Field, columns: string[]): Source | undefined {
  if (type !== "geoPoint" || columns.includes(bare(name))) return undefined;
  const find = (names: string[]) => columns.findIndex((column) => names.includes(column));
  const [lon, lat] = [find(["lon", "lng", "longitude"]), find(["lat", "latitude"])];
  return lon < 0 || lat < 0 ? undefined : { from: "point", lon, lat };
}

/** The columns that fill nothing. */
export function unused({ fields }: Mapping, columns: string[]): string[] {
  const used = new Set(
    fields.flatMap(({ source }) => {
      if (source.from === "point") return [source.lon, source.lat];
      return source.from === "column" ? [source.column] : [];
    }),
  );
  return columns.filter((_, at) => !used.has(at));
}

/** Converts a row; what is wrong with it first is its trouble. */
export function ready(line: number, cells: unknown[], mapping: Mapping): Ready {
  const made: Ready = { line, body: {}, lookUps: {}, cells };
  for (const each of mapping.fields) {
    const { field, source } = each;
    if (source.from === "nothing") continue;
    const value = valueOf(each, cells);
    if (value === undefined) {
      if (field.required && field.name !== "id") {
        made.trouble ??= { key: "import.trouble.required", place: field.name };
      }
      if (!mapping.keepEmpty) made.body[field.name] = null;
    } else if ("trouble" in value) {
      made.trouble ??= { ...value.trouble, place: field.name };
    } else if (each.lookUp !== "" && field.type === "relation") {
      made.lookUps[field.name] = value.value as string[];
    } else {
      made.body[field.name] = value.value;
      // The API asks for it twice, as a form would.
      if (field.type === "password") made.body[`${field.name}Confirm`] = value.value;
    }
  }
  return made;
}

/** Undefined where there is nothing. */
function valueOf(mapping: FieldMapping, cells: unknown[]): Converted | undefined {
  const { field, source, forms, lookUp } = mapping;
  if (source.from === "point") {
    const [lon, lat] = [cells[source.lon], cells[source.lat]];
    return isEmpty(lon) && isEmpty(lat) ? undefined : point(lon, lat, forms.numbers);
  }
  const cell = source.from === "constant" ? source.value : cellOf(source, cells);
  if (isEmpty(cell)) return undefined;
  if (lookUp !== "" && field.type === "relation") {
    const values = valuesOf(cell, field, forms.separator);
    const many = gathered(values, field);
    return "trouble" in many ? many : { value: values };
  }
  return convert(cell, field, forms);
}

const cellOf = (source: Source, cells: unknown[]) =>
  source.from === "column" ? cells[source.column] : undefined;
