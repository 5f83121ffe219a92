/** What a collection is: its fields, indexes and rules. */

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

/** A collection as the server keeps it. */
export interface Collection {
  id: string;
  name: string;
  type: CollectionType;
  system: boolean;
  fields: Field[];
  indexes: string[];
  listRule: Rule;
  viewRule: Rule;
  createRule: Rule;
  updateRule: Rule;
  deleteRule: Rule;
  created: string;
  updated: string;
  /** Options of auth and view collections. */
  [option: string]: unknown;
}

/** What creates or changes a collection. */
export type CollectionBody = Partial<Omit<Collection, "created" | "updated" | "system">>;
