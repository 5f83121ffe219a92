/** What the dashboard knows of a field type. */
import type { Collection, Field, FieldType } from "@luge/client/admin";
import type { Component } from "svelte";
import type { Key } from "../messages/en.ts";

/** How an option is edited; a size is a number of bytes, chips are a list with an order. */
export type OptionInput =
  | "number"
  | "size"
  | "text"
  | "date"
  | "toggle"
  | "list"
  | "chips"
  | "collection";

/** How the value is edited that a record starts with. */
export type DefaultInput = "text" | "number" | "toggle" | "json" | "choice";

/** One option of a field type, as the server names it. */
export interface Option {
  name: string;
  label: Key;
  input: OptionInput;
}

/** What a cell of the table is given. */
export interface CellProps {
  value: unknown;
  field: Field;
}

/** What edits a value, in a form or in a cell of the table. */
export interface InputProps {
  value: unknown;
  field: Field;
  /** The collection that the field is of. */
  collection: Collection;
  /** The record as it is stored; undefined while one is created. */
  record?: (Record<string, unknown> & { id: string }) | undefined;
  /** The id of the control, for its label. */
  id: string;
  /** What is wrong with the value, if anything; told to screen readers with the control. */
  problem?: string | undefined;
  /** In a cell of the table, where there is room for one line. */
  compact?: boolean;
  /** An `Unreadable` where what was typed is no value: it is shown, and cannot be saved. */
  onchange: (value: unknown) => void;
}

/** A field type. */
export interface Kind {
  type: FieldType;
  label: Key;
  help: Key;
  icon: Component<{ size?: number | string }>;
  /** How a value is shown in a table. */
  cell: Component<CellProps>;
  /** What edits a value. */
  input: Component<InputProps>;
  /** What a value is sent as, once what is still on its way has arrived. */
  sent: (value: unknown) => Promise<unknown>;
  /** Can a value be left behind in a draft: as text, and without harm? */
  canBeKept: (value: unknown) => boolean;
  /** Does its input need all the width that there is? */
  wide: boolean;
  /** The options of this type alone; those of every field are in the form. */
  options: Option[];
  /** A value as it may be written. */
  example: string;
  /** Can a full-text search find its words? */
  searched: boolean;
  /** Is a plain unique index over it useful? */
  canBeUnique: boolean;
  /** How its default is edited, if it has one. */
  default?: DefaultInput;
  /** What a new field of this type starts with. */
  blank: Record<string, unknown>;
  /** Can a client fill it in, so that it can be required? */
  canBeRequired: boolean;
  /** Does the server sort by it in a way that means something? */
  sortable: boolean;
  /** Are its values shown in tables at all? */
  shown: boolean;
  /** Are its values numbers, to be aligned by their digits? */
  numeric: boolean;
}

/** A type that differs from the ordinary one only in what is given. */
export function kind(
  own: Pick<Kind, "type" | "label" | "help" | "icon" | "cell" | "input"> & Partial<Kind>,
): Kind {
  return {
    options: [],
    example: "",
    searched: false,
    canBeUnique: false,
    blank: {},
    canBeRequired: true,
    sortable: true,
    shown: true,
    numeric: false,
    wide: false,
    sent: async (value) => value,
    canBeKept: () => true,
    ...own,
  };
}
