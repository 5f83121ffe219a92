/** Says in words why a value does not fit a schema. */
import type { Key } from "../../../messages/en.ts";
import { t } from "../../../messages/index.svelte.ts";
import type { Misfit } from "./check.ts";

const KNOWN: Record<string, Key> = {
  type: "schema.type",
  required: "schema.required",
  dependentRequired: "schema.required",
  false: "schema.unknown",
  enum: "schema.enum",
  const: "schema.enum",
  minimum: "schema.minimum",
  exclusiveMinimum: "schema.exclusiveMinimum",
  maximum: "schema.maximum",
  exclusiveMaximum: "schema.exclusiveMaximum",
  multipleOf: "schema.multipleOf",
  minLength: "schema.minLength",
  maxLength: "schema.maxLength",
  minItems: "schema.minItems",
  maxItems: "schema.maxItems",
  uniqueItems: "schema.uniqueItems",
  pattern: "schema.pattern",
  format: "schema.format",
  anyOf: "schema.anyOf",
  oneOf: "schema.anyOf",
};
/** More of them would fill the page. */
const MOST = 160;

/** The reason; of a keyword without words of its own, its name. */
export function reasonFor({ keyword, demand, name }: Misfit): string {
  const list = [demand].flat().map(written).join(", ");
  const demanded = list.length > MOST ? `${list.slice(0, MOST)}…` : list;
  return t(KNOWN[keyword] ?? "schema.other", { demanded, name, keyword });
}

/** Names of types and formats as they are, values as JSON. */
const written = (value: unknown) =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
