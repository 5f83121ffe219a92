/** Checks values against JSON Schemas, by rules that are read and not run. Loaded when needed. */
import { Validator, type OutputUnit, type SchemaDraft } from "@cfworker/json-schema";
import type { Path } from "./path.ts";
import type { Schema } from "./kept.ts";

/** What does not fit. */
export interface Misfit {
  /** Which value. */
  path: Path;
  /** The keyword of the schema that it breaks. */
  keyword: string;
  /** What the schema says under that keyword. */
  demand: unknown;
  /** The name that is missing or too much, where it is about one. */
  name: string;
}

/** Where these say no, something inside says why. */
const OUTER = new Set([
  "$ref",
  "$recursiveRef",
  "allOf",
  "if",
  "properties",
  "patternProperties",
  "additionalProperties",
  "unevaluatedProperties",
  "dependentSchemas",
  "items",
  "prefixItems",
  "additionalItems",
  "unevaluatedItems",
]);
/** What fits none of several shapes would be blamed for each of them. */
const ONE_OF_SEVERAL = /\/(anyOf|oneOf|propertyNames)\//;
const DRAFTS: [RegExp, SchemaDraft][] = [
  [/draft-0?4/, "4"],
  [/draft-0?[67]/, "7"],
  [/2019-09/, "2019-09"],
];
const NEWEST: SchemaDraft = "2020-12";

/** What of a value does not fit a schema; throws where the schema cannot be used. */
export function misfits(schema: Schema, value: unknown): Misfit[] {
  const named = String(schema.$schema ?? "");
  const draft = DRAFTS.find(([name]) => name.test(named))?.[1] ?? NEWEST;
  const { valid, errors } = new Validator(schema, draft, false).validate(value);
  if (valid) return [];
  const inner = errors.filter(
    ({ keyword, keywordLocation }) =>
      !OUTER.has(keyword) && !ONE_OF_SEVERAL.test(`${keywordLocation}/`.replace(/[^/]+\/$/, "")),
  );
  return (inner.length > 0 ? inner : errors).map((error) => misfitOf(error, schema));
}

function misfitOf({ keyword, keywordLocation, instanceLocation, error }: OutputUnit, all: Schema) {
  const path = pathOf(instanceLocation);
  const name = keyword === "false" ? (path.at(-1) ?? "") : (/"(.*)"/s.exec(error)?.[1] ?? "");
  return { path, keyword, demand: demanded(all, pathOf(keywordLocation)), name };
}

function pathOf(location: string): Path {
  const [, ...names] = location.split("/");
  return names.map((name) => decodeURI(name).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What stands in the schema at a place, through what it refers to. */
function demanded(all: Schema, path: Path): unknown {
  let found: unknown = all;
  for (const name of path) {
    const inner = (found as Record<string, unknown> | undefined)?.[name];
    const isReference = name === "$ref" && typeof inner === "string" && inner.startsWith("#");
    found = isReference ? demanded(all, pathOf(inner)) : inner;
  }
  return found;
}
