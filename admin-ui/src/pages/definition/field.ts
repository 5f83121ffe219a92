/** One field as it is edited, and as it is sent. */
import type { Field, FieldType } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";

/** One field as it is edited. */
export interface DraftField {
  /** Tells rows apart while names change. */
  key: number;
  name: string;
  type: FieldType;
  required: boolean;
  /** All the others, as the server names them. */
  options: Record<string, unknown>;
  /** As the server has it; undefined for a new one. */
  saved?: Field | undefined;
  /** Will it be gone once this is saved? */
  removed: boolean;
}

/** A row for a field of the server. */
export function rowOf(key: number, field: Field): DraftField {
  const { name, type, required = false, ...options } = field;
  const copy = structuredClone(options);
  return { key, name, type, required, options: copy, saved: field, removed: false };
}

/** What is sent of a row. */
export function fieldOf({ name, type, required, options }: DraftField): Field {
  const asked = kindOf(type).canBeRequired ? { required } : {};
  return { ...options, name, type, ...asked };
}

/** Is a row what the server has? What is left out means the same as what is empty. */
export function isAsSaved(row: DraftField): boolean {
  return row.saved !== undefined && !row.removed && meaning(fieldOf(row)) === meaning(row.saved);
}

function meaning(field: Field): string {
  const told = Object.entries(field).filter(([, value]) => !isEmpty(value));
  return JSON.stringify(told.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  const isList = Array.isArray(value) && value.length === 0;
  return isList || value === undefined || value === null || [0, "", false].includes(value as 0);
}

/** The options that a copy of a field does not take along. */
export function copyOf(key: number, { options, ...row }: DraftField): DraftField {
  const { id: _, system: __, ...kept } = structuredClone(options);
  return { ...row, key, name: `${row.name}_copy`, options: kept, saved: undefined };
}

/** A name like the one that is wanted, which no field has: `author`, `author_2` … */
export function freeName(wanted: string, fields: Pick<Field, "name">[]): string {
  const taken = new Set(fields.map(({ name }) => name.toLowerCase()));
  const plain = wanted.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
  const isFree = (name: string) => !taken.has(name.toLowerCase());
  if (isFree(plain)) return plain;
  let number = 2;
  while (!isFree(`${plain}_${number}`)) number += 1;
  return `${plain}_${number}`;
}
