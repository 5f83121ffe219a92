/** A schema that values fit which there are already. */
import type { Schema } from "./kept.ts";

/** More names than this are keys of a map rather than names of a shape. */
const MOST_NAMES = 60;
/** Deeper values are not looked into. */
const MOST_DEPTH = 12;
const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** What all of the values have in common. */
export function inferred(values: unknown[]): Schema {
  return { $schema: DRAFT, ...shapeOf(values, 0) };
}

function shapeOf(values: unknown[], depth: number): Schema {
  const types = typesOf(values);
  const schema: Schema = types.length === 0 ? {} : { type: types.length === 1 ? types[0] : types };
  if (depth >= MOST_DEPTH) return schema;
  const lists = values.filter((value) => Array.isArray(value));
  if (lists.some((list) => list.length > 0)) schema.items = shapeOf(lists.flat(), depth + 1);
  const objects = values.filter(isObject);
  return objects.length > 0 ? { ...schema, ...namesOf(objects, depth) } : schema;
}

function namesOf(objects: Record<string, unknown>[], depth: number): Schema {
  const names = [...new Set(objects.flatMap(Object.keys))];
  const each = names.map((name): [string, unknown[]] => {
    return [name, objects.flatMap((object) => (Object.hasOwn(object, name) ? [object[name]] : []))];
  });
  if (names.length > MOST_NAMES) {
    return { additionalProperties: shapeOf(each.flatMap(([, found]) => found), depth + 1) };
  }
  const required = each.filter(([, found]) => found.length === objects.length);
  return {
    properties: Object.fromEntries(
      each.map(([name, found]) => [name, shapeOf(found, depth + 1)]),
    ),
    ...(required.length > 0 && { required: required.map(([name]) => name) }),
  };
}

function typesOf(values: unknown[]): string[] {
  const types = new Set(values.map(typeOf));
  // Every integer is a number.
  if (types.has("number")) types.delete("integer");
  return [...types].toSorted();
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
