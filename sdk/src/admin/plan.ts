/** What an edit of a collection would do. */
import { flatten, type FieldProblem } from "../errors.js";
import type { FieldType } from "./collection.js";

/** A value before and after. */
export interface FromTo<T = unknown> {
  from: T;
  to: T;
}

/** A field that is named in a plan. */
export interface PlannedField {
  id: string;
  name: string;
  type: FieldType;
}

/** A place that names what is renamed or dropped. */
export interface PlannedReference {
  collection: string;
  /** Such as `listRule` or `indexes.0`. */
  place: string;
  position: number;
  written: string;
  names: string;
  /** What it is called afterwards; null where that is gone. */
  becomes: string | null;
  /** False where the word was found and may mean something else. */
  certain: boolean;
  text: string;
}

/** What an edit of a collection would do; nothing is done. */
export interface CollectionPlan {
  /** Whether it would be carried out. */
  valid: boolean;
  /** Why not, as the edit itself would say. */
  violations: Record<string, unknown>;
  name: FromTo<string> | null;
  fields: {
    added: PlannedField[];
    dropped: PlannedField[];
    renamed: ({ id: string } & FromTo<string>)[];
    changed: {
      id: string;
      name: string;
      options: Record<string, FromTo>;
      /** Where single values become several, or the other way round. */
      values?: FromTo<"single" | "multiple"> | null;
    }[];
  };
  indexes: {
    added: string[];
    dropped: string[];
    renamed: FromTo<string>[];
    changed: FromTo<string>[];
  };
  /** Everything else that changes, rules included. */
  options: Record<string, FromTo>;
  records: {
    total: number;
    converted: number;
    indexed: number;
    lost: { field: string; reason: string; records: number; values: number }[];
    duplicates: { index: string; fields: string[]; records: number; examples: string[][] }[];
    /** False where there were too many values to compare. */
    complete: boolean;
  };
  references: PlannedReference[];
  /** What `rewriteReferences` changes. */
  rewritten: ({ collection: string; place: string } & FromTo<string>)[];
}

/** Why a plan would not be carried out: path of what is wrong (`fields.1.name`) to its problem. */
export function problemsOf({ violations }: CollectionPlan): Record<string, FieldProblem> {
  return flatten(violations);
}
