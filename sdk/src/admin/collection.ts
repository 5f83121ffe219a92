/** What a collection is: its fields, indexes and rules. */

import type { RuleTest } from "./rules.js";

/** The types a field can have. */
export type FieldType =
  | "autodate"
  | "bool"
  | "date"
  | "editor"
  | "email"
  | "file"
  | "geoPoint"
  | "json"
  | "number"
  | "password"
  | "relation"
  | "select"
  | "text"
  | "url";

/** The kinds of collection. */
export type CollectionType = "base" | "auth" | "view";

/** A field; the options beyond these depend on its type. */
export interface Field {
  id?: string;
  name: string;
  type: FieldType;
  system?: boolean;
  hidden?: boolean;
  presentable?: boolean;
  required?: boolean;
  help?: string;
  [option: string]: unknown;
}

/** A rule: null is superusers only, the empty text is everyone, else an expression decides. */
export type Rule = string | null;

/** What a collection is made of. */
export interface CollectionDefinition {
  name: string;
  type: CollectionType;
  fields: Field[];
  indexes: string[];
  listRule: Rule;
  viewRule: Rule;
  createRule: Rule;
  updateRule: Rule;
  deleteRule: Rule;
  /** Those of auth collections: who may change accounts freely, and which may sign in. */
  manageRule?: Rule;
  authRule?: Rule;
  /** The saved tests of the rules; left out where there are none. */
  ruleTests?: RuleTest[];
  /** Options of auth and view collections. */
  [option: string]: unknown;
}

/** A collection as the server keeps it. */
export interface Collection extends CollectionDefinition {
  id: string;
  system: boolean;
  created: string;
  updated: string;
}

/** What creates or changes a collection. */
export type CollectionBody = Partial<CollectionDefinition> & { id?: string };
