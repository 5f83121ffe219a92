/** The entry point for superusers: all of the core, collections, rules and first-run setup. */
import { Client, type ClientOptions } from "../client.js";
import type { AnySchema, SchemaLike } from "../schema.js";
import { Collections } from "./collections.js";
import { Rules } from "./rules.js";
import { Setup } from "./setup.js";

export { Collections, type CollectionList, type Scaffolds } from "./collections.js";
export type {
  Collection,
  CollectionBody,
  CollectionDefinition,
  CollectionType,
  Field,
  FieldType,
  Rule,
  SearchField,
  SearchOptions,
} from "./collection.js";
export {
  Rules,
  type ComparedValue,
  type RuleAction,
  type RuleAttempt,
  type RulePrincipal,
  type RuleRun,
  type RuleTest,
  type RuleTestResult,
  type RuleTrace,
  type RuleTrial,
  type RuleVerdict,
} from "./rules.js";
export { Setup, type SetupRequest } from "./setup.js";

/** Makes a client that can also administer the server at `url`. */
export function createAdminClient<S extends SchemaLike<S> = AnySchema>(
  url: string,
  options: ClientOptions = {},
): AdminClient<S> {
  return new AdminClient<S>(url, options);
}

/** A client that can also administer. */
export class AdminClient<S extends SchemaLike<S> = AnySchema> extends Client<S> {
  /** The definitions of the collections. */
  readonly collections = new Collections(this.transport);
  /** Trying rules out, and their saved tests. */
  readonly rules = new Rules(this.transport);
  /** The first superuser. */
  readonly setup = new Setup(this.transport, this.session);
}
