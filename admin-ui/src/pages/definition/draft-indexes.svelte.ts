/**
 * The indexes of a collection that is being defined. Their columns follow the fields: they are
 * renamed with them, and leave with those that are removed.
 */
import type { Collection } from "@luge/client/admin";
import type { Draft } from "./draft.svelte.ts";
import type { DraftField } from "./field.ts";
import { indexName, partsOf, textOf, type IndexParts } from "./indexes.ts";

/** A column as it is edited. */
export interface DraftColumn {
  /** Of the field's row; undefined where there is no such field. */
  field: number | undefined;
  /** As it was written. */
  name: string;
  descending: boolean;
  collation?: string | undefined;
}

/** One index as it is edited. */
export interface DraftIndex {
  key: number;
  /** Empty for one that is named by its columns. */
  name: string;
  unique: boolean;
  columns: DraftColumn[];
  where: string;
  /** Does it leave out the records whose first column is an empty text, whatever that is named? */
  skipsEmpty: boolean;
  /** The whole text, where that is edited. */
  sql: string | undefined;
  /** As the server has it. */
  saved: { text: string; parts: string } | undefined;
  removed: boolean;
}

/** Types of which an empty value is a text, which many records may have. */
const EMPTY_IS_TEXT = ["text", "email", "url", "date", "relation"];

export class IndexDrafts {
  all = $state<DraftIndex[]>([]);
  private nextKey = 1;

  constructor(private readonly draft: Draft) {}

  /** Those that will be there. */
  get kept(): DraftIndex[] {
    return this.all.filter((index) => !index.removed && !this.isBereft(index));
  }

  /** Their texts, in their order. */
  get texts(): string[] {
    return this.kept.map((index) => this.text(index));
  }

  /** Do all its columns go with their fields? */
  isBereft({ sql, columns }: DraftIndex): boolean {
    const some = sql === undefined && columns.length > 0;
    return some && columns.every((column) => this.isGone(column));
  }

  /** Is its field removed? */
  isGone({ field }: DraftColumn): boolean {
    const rows = [...this.draft.kept, ...this.draft.systemRows];
    return field !== undefined && !rows.some(({ key }) => key === field);
  }

  /** The name of a column now. */
  nameOf({ field, name }: DraftColumn): string {
    const rows = [...this.draft.fields, ...this.draft.systemRows];
    return rows.find(({ key }) => key === field)?.name ?? name;
  }

  private column(name: string, descending = false, collation?: string): DraftColumn {
    const rows = [...this.draft.systemRows, ...this.draft.fields];
    const row = rows.find((each) => each.name.toLowerCase() === name.toLowerCase());
    return { field: row?.key, name, descending, collation };
  }

  /** The text of an index; as the server has it, unless it was changed. */
  text(index: DraftIndex): string {
    if (index.sql !== undefined) return index.sql;
    const parts = this.parts(index);
    if (index.saved !== undefined && index.saved.parts === shape(index)) {
      const whole = index.columns.every((column) => !this.isGone(column));
      if (whole) return index.saved.text;
    }
    return textOf(parts, this.draft.name);
  }

  private parts(index: DraftIndex): IndexParts {
    const columns = index.columns
      .filter((column) => !this.isGone(column))
      .map((column) => ({ ...column, name: this.nameOf(column) }));
    const names = columns.map(({ name }) => name);
    const taken = this.all.filter((each) => each.key < index.key && each.name === "");
    const before = [
      ...this.all.map(({ name }) => name),
      ...taken.map((each) => this.parts(each).name),
    ];
    const name = index.name || indexName(this.draft.name, names, before);
    return { name, unique: index.unique, columns, where: this.where(index) };
  }

  /** The condition of an index, as it is now. */
  where({ skipsEmpty, where, columns }: DraftIndex): string {
    const [first] = columns;
    return skipsEmpty && first !== undefined ? `\`${this.nameOf(first)}\` != ''` : where;
  }

  /** Sets the condition of an index. */
  setWhere(index: DraftIndex, where: string): void {
    Object.assign(index, { where, skipsEmpty: false });
  }

  /** Takes the indexes of a saved collection over. */
  take({ indexes }: Collection): void {
    this.all = indexes.map((text) => this.read(text, true));
  }

  /** Takes those of another collection over, with names of their own. */
  copy({ indexes }: Collection): void {
    this.all = indexes
      .map((text) => this.read(text, false))
      .filter(({ sql }) => sql === undefined)
      .map((index) => ({ ...index, name: "" }));
  }

  private read(text: string, saved: boolean): DraftIndex {
    const parts = partsOf(text);
    const columns = (parts?.columns ?? []).map(({ name, descending, collation }) =>
      this.column(name, descending, collation),
    );
    const where = parts?.where ?? "";
    const tested = /^[`"[]?(\w+)[`"\]]?\s*(?:!=|<>)\s*(?:''|"")$/.exec(where)?.[1];
    const index: DraftIndex = {
      key: this.nextKey++,
      name: parts?.name ?? "",
      unique: parts?.unique ?? false,
      where,
      skipsEmpty: tested !== undefined && tested === columns[0]?.name,
      columns,
      sql: parts === undefined ? text : undefined,
      saved: undefined,
      removed: false,
    };
    return saved ? { ...index, saved: { text, parts: shape(index) } } : index;
  }

  /** Adds an index without columns. */
  add(): DraftIndex {
    const index = this.read("", false);
    this.all.push({ ...index, sql: undefined });
    this.draft.forgetPlaces();
    return index;
  }

  /**
   * Adds an index on these columns, as `CREATE INDEX` has them, under the name that it gets by
   * itself; undefined where one has them already, or one of them is no field.
   */
  propose(columns: string): DraftIndex | undefined {
    const read = this.read(`CREATE INDEX proposed ON proposed (${columns})`, false);
    const index = { ...read, name: "" };
    const isKnown = index.sql === undefined && index.columns.every(({ field }) => field);
    const isThere = this.kept.some(
      (one) => JSON.stringify(one.columns) === JSON.stringify(index.columns),
    );
    if (!isKnown || isThere) return undefined;
    this.all.push(index);
    this.draft.forgetPlaces();
    return index;
  }

  /** Removes an index; one that is saved can be put back until this is saved. */
  remove(index: DraftIndex): void {
    if (index.saved === undefined) this.all = this.all.filter(({ key }) => key !== index.key);
    else index.removed = true;
    this.draft.forgetPlaces();
  }

  putBack(index: DraftIndex): void {
    index.removed = false;
    this.draft.forgetPlaces();
  }

  /** Goes over to the text, or from a text of the plain form back to the parts. */
  switch(index: DraftIndex): void {
    if (index.sql === undefined) {
      index.sql = this.text(index);
      return;
    }
    const parts = partsOf(index.sql);
    if (parts === undefined) return;
    const { columns, ...others } = parts;
    Object.assign(index, others, {
      sql: undefined,
      skipsEmpty: false,
      columns: columns.map((each) => this.column(each.name, each.descending, each.collation)),
    });
  }

  /** Adds a field to an index. */
  addColumn(index: DraftIndex, field: DraftField): void {
    index.columns.push({ field: field.key, name: field.name, descending: false });
  }

  private uniqueOver(field: DraftField): DraftIndex[] {
    return this.kept.filter(({ unique, sql, columns }) => {
      const [only, ...others] = columns;
      return sql === undefined && unique && only?.field === field.key && others.length === 0;
    });
  }

  /** Has every record its own value of a field? */
  isUnique(field: DraftField): boolean {
    return this.uniqueOver(field).length > 0;
  }

  /** Makes a field unique, or takes that back. What is not required may be empty many times. */
  setUnique(field: DraftField, unique: boolean): void {
    if (!unique) {
      for (const index of this.uniqueOver(field)) this.remove(index);
      return;
    }
    const before = this.all.find(
      ({ removed, unique, columns }) =>
        removed && unique && columns.length === 1 && columns[0]?.field === field.key,
    );
    if (before !== undefined) return this.putBack(before);
    const mayBeEmpty = !field.required && EMPTY_IS_TEXT.includes(field.type);
    this.all.push({
      ...this.read("", false),
      sql: undefined,
      unique: true,
      columns: [{ field: field.key, name: field.name, descending: false }],
      skipsEmpty: mayBeEmpty,
    });
    this.draft.forgetPlaces();
  }
}

/** What tells a changed index from the saved one; names of fields are no part of it. */
function shape({ name, unique, columns, where, skipsEmpty }: DraftIndex): string {
  const list = columns.map(({ field, name, descending, collation }) => [
    field ?? name,
    descending,
    collation,
  ]);
  return JSON.stringify([name, unique, list, where, skipsEmpty]);
}
