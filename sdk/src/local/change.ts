/** What a write makes of a record, before the server has said so. */
import { isFile } from "../transport.js";
import type { Fields } from "./condition.js";

/** A write of one record. */
export interface Write {
  collection: string;
  action: "create" | "update" | "delete";
  /** The id of the record. */
  record: string;
  body: Fields;
}

/** The record after a write; undefined where there is none. */
export function changed(before: Fields | undefined, write: Write): Fields | undefined {
  const { action, record, collection, body } = write;
  if (action === "delete" || (action === "update" && before === undefined)) return undefined;
  const after: Fields = { collectionName: collection, ...before, id: record };
  for (const [name, value] of Object.entries(body)) {
    const [, front, field = "", back] = /^([+-]?)(.*?)([+-]?)$/.exec(name) ?? [];
    // The server names a file when it has it.
    if (isFile(value)) after[field] ??= "";
    else if (front === "" && back === "") after[field] = value;
    else after[field] = modified(after[field], `${front}${back}`, value, front !== "");
  }
  return after;
}

/** Is everything in `record` that the write would have made of `before`? */
export function carries(record: Fields, before: Fields | undefined, write: Write): boolean {
  const after = changed(before ?? record, write) ?? {};
  const names = Object.keys(write.body).map((name) => name.replace(/^[+-]|[+-]$/g, ""));
  return names.every((name) => {
    // What is never shown, such as a password, cannot be compared.
    if (record[name] === undefined || isFile(write.body[name])) return true;
    return same(record[name], after[name]);
  });
}

/** Equal as JSON, whatever the order of the keys. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || !left || !right) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => same((left as Fields)[name], (right as Fields)[name]))
  );
}

function modified(before: unknown, sign: string, value: unknown, first: boolean): unknown {
  if (typeof value === "number" && !Array.isArray(before)) {
    const number = typeof before === "number" ? before : 0;
    return sign === "-" ? number - value : number + value;
  }
  const given = list(value);
  const known = list(before);
  const rest = known.filter((item) => !given.includes(item));
  if (sign === "-") return Array.isArray(before) ? rest : (rest[0] ?? "");
  const fresh = given.filter((item) => !known.includes(item));
  const all = first ? [...given, ...rest] : [...known, ...fresh];
  return Array.isArray(before) ? all : (all.at(-1) ?? "");
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === "" || value === null || value === undefined ? [] : [value];
}
