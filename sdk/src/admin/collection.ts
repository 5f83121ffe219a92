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

/** How the values of a searched field become words; what is left out gets its default. */
export interface SearchField {
  /** 1 to 10; 1 by default. */
  weight?: number;
  /** The language of its stems and stop words, by its ISO 639-1 code. */
  language?: string | null;
  mode?: "text" | "keyword" | "prefix" | "exact";
  /** Whether its values may be counted. */
  facet?: boolean;
}

/** What of a collection is searched. */
export interface SearchOptions {
  /** By path: `title`, `author.name`, `data.some.key`. */
  fields: Record<string, SearchField | null>;
  /** Words that also find others. */
  synonyms?: Record<string, string[]>;
  /** Words that count only where a search has no other. */
  stopWords?: string[];
  typo?: {
    enabled?: boolean;
    /** Letters from which a word may have one typing error, and two. */
    oneFrom?: number;
    twoFrom?: number;
    /** Whether words with digits may have some. */
    numbers?: boolean;
    /** Words that are meant as they are written. */
    except?: string[];
  };
  /** Fields that order hits of the same relevance, with `-` for the greatest first. */
  rankBy?: string[];
}

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
  /** What of it is searched; left out where nothing is, null removes it. */
  search?: SearchOptions | null;
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
