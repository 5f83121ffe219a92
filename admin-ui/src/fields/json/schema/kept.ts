/**
 * JSON Schemas of fields. A definition has no place for them, so each superuser keeps their own
 * with what the dashboard remembers for them, and nothing but the dashboard checks them.
 */
import type { Collection, Field } from "@luge/client/admin";
import type { Problem } from "../../../state/problem.ts";
import { remember, remembered } from "../../remembered.ts";

/** A schema as it was written. */
export type Schema = Record<string, unknown>;

const CHOICE = "jsonSchemas";

/** The schema of a field, if there is one. */
export function schemaOf(collection: Collection, field: Field): Schema | undefined {
  const found = remembered(CHOICE, collection, field);
  return isSchema(found) ? found : undefined;
}

/** Keeps a schema, or forgets it; resolves with why the server does not have that yet. */
export function keepSchema(
  collection: Collection,
  field: Field,
  schema: Schema | undefined,
): Promise<Problem | undefined> {
  return remember(CHOICE, collection, field, schema);
}

/** Is it what a schema is written as? */
export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
