/** A collection that is being defined: what was typed, and what the server finds wrong in it. */
import type { FieldProblem } from "@luge/client";
import type {
  Collection,
  CollectionBody,
  CollectionType,
  Field,
  FieldType,
  Scaffolds,
} from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Problem } from "../../state/problem.ts";
import { IndexDrafts } from "./draft-indexes.svelte.ts";
import { copyOf, fieldOf, freeName, isAsSaved, rowOf, type DraftField } from "./field.ts";
import { draftRules, RULES, ruleText, type RuleName } from "./rules.ts";

export type { DraftField } from "./field.ts";
export { RULES, type Audience, type DraftRule, type RuleName } from "./rules.ts";

/** The types a collection can be created with here. */
export type DraftType = Exclude<CollectionType, "view">;

const TIMES: Field[] = [
  { name: "created", type: "autodate", onCreate: true, onUpdate: false },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];

export class Draft {
  name = $state("");
  type = $state<CollectionType>("base");
  /** Those that people made, the removed ones among them. */
  fields = $state<DraftField[]>([]);
  /** Those of a saved collection that the server needs; their options can be changed. */
  systemRows = $state<DraftField[]>([]);
  indexes: IndexDrafts;
  /** Of a view, what it selects. */
  viewQuery = $state("");
  keepTimes = $state(true);
  rules = $state(draftRules({}));
  problem = $state.raw<Problem>();

  private nextKey = 1;

  /** A draft of a new collection, or of changes to `saved`. */
  constructor(
    private readonly scaffolds: Partial<Scaffolds>,
    readonly saved?: Collection,
  ) {
    this.indexes = new IndexDrafts(this);
    if (saved !== undefined) this.take(saved);
  }

  /** A draft of a new collection that is made like another one. */
  static like(other: Collection, scaffolds: Scaffolds): Draft {
    const draft = new Draft(scaffolds);
    draft.name = `${other.name}_copy`;
    draft.type = other.type;
    const own = other.fields.filter(({ system }) => !system);
    draft.fields = own.map((field) => {
      const { id: _, ...copied } = field;
      return { ...rowOf(draft.nextKey++, copied), saved: undefined };
    });
    draft.indexes.copy(other);
    draft.rules = draftRules(other);
    draft.keepTimes = false;
    return draft;
  }

  private take(saved: Collection): void {
    this.name = saved.name;
    this.type = saved.type;
    this.viewQuery = String(saved.viewQuery ?? "");
    this.keepTimes = false;
    for (const field of saved.fields) {
      const rows = field.system ? this.systemRows : this.fields;
      rows.push(rowOf(this.nextKey++, field));
    }
    this.indexes.take(saved);
  }

  /** The fields that every collection of this type has. */
  get systemFields(): Field[] {
    if (this.saved !== undefined) return this.systemRows.map(fieldOf);
    return this.scaffolds[this.type]?.fields ?? [];
  }

  /** The fields that will be there. */
  get kept(): DraftField[] {
    return this.fields.filter(({ removed }) => !removed);
  }

  /** The rules that are open to everyone and not yet confirmed. */
  get unconfirmed(): RuleName[] {
    if (this.saved !== undefined) return [];
    return RULES.filter((rule) => {
      const { audience, confirmed } = this.rules[rule];
      return audience === "everyone" && !confirmed;
    });
  }

  /** Adds a field below another, or at the end. */
  add(type: FieldType, below?: DraftField): DraftField {
    return this.insert(this.blank(type), below);
  }

  /** Adds a relation to a collection, with a name that no field has. */
  addRelation({ id, name }: Pick<Collection, "id" | "name">): DraftField {
    const field = this.blank("relation", freeName(name, [...this.systemFields, ...this.fields]));
    return this.insert({ ...field, options: { ...field.options, collectionId: id } });
  }

  /** Adds a copy of a field below it. */
  duplicate(field: DraftField): DraftField {
    return this.insert(copyOf(this.nextKey++, $state.snapshot(field) as DraftField), field);
  }

  private blank(type: FieldType, name = ""): DraftField {
    const options = structuredClone(kindOf(type).blank);
    return { key: this.nextKey++, name, type, required: false, options, removed: false };
  }

  private insert(field: DraftField, below?: DraftField): DraftField {
    const at = below === undefined ? -1 : this.fields.indexOf(below);
    this.fields.splice(at < 0 ? this.fields.length : at + 1, 0, field);
    this.forgetPlaces();
    return field;
  }

  /** Removes a field; one that has a name can be put back until this is saved. */
  remove(field: DraftField): void {
    if (field.name === "") this.fields = this.fields.filter(({ key }) => key !== field.key);
    else field.removed = true;
    this.forgetPlaces();
  }

  putBack(field: DraftField): void {
    field.removed = false;
    this.forgetPlaces();
  }

  /** Moves a field to the place of another one. */
  move(field: DraftField, to: number): void {
    const from = this.fields.indexOf(field);
    if (from < 0 || to < 0 || to >= this.fields.length || from === to) return;
    this.fields.splice(from, 1);
    this.fields.splice(to, 0, field);
    this.forgetPlaces();
  }

  /** What is sent: the system fields too, so that the server's positions are the form's. */
  body(): CollectionBody & { name: string } {
    const taken = new Set(this.kept.map(({ name }) => name.toLowerCase()));
    const times = this.keepTimes ? TIMES.filter(({ name }) => !taken.has(name)) : [];
    const { texts } = this.indexes;
    return {
      name: this.name,
      type: this.type,
      fields: [...this.systemFields, ...this.kept.map(fieldOf), ...times],
      ...(texts.length > 0 ? { indexes: texts } : {}),
      ...Object.fromEntries(RULES.map((rule) => [rule, ruleText(this.rules[rule])])),
    };
  }

  /** What is sent of a saved collection: only what was changed. */
  get changes(): CollectionBody {
    const { saved } = this;
    if (saved === undefined) return this.body();
    const { texts } = this.indexes;
    const sameIndexes = JSON.stringify(texts) === JSON.stringify(saved.indexes);
    return {
      ...(this.name === saved.name ? {} : { name: this.name }),
      ...(this.type === "view" || this.sameFields ? {} : { fields: this.body().fields ?? [] }),
      ...(sameIndexes ? {} : { indexes: texts }),
      ...(this.viewQuery === String(saved.viewQuery ?? "") ? {} : { viewQuery: this.viewQuery }),
    };
  }

  private get sameFields(): boolean {
    const rows = [...this.systemRows, ...this.fields];
    const order = this.fields.map(({ saved }) => saved?.id);
    const before = this.saved?.fields.filter(({ system }) => !system).map(({ id }) => id);
    return rows.every(isAsSaved) && JSON.stringify(order) === JSON.stringify(before);
  }

  /** Is there anything to save? */
  get changed(): boolean {
    if (this.saved !== undefined) return Object.keys(this.changes).length > 0;
    return this.name !== "" || this.fields.length > 0;
  }

  /**
   * Field names given twice, as paths of the fields. A server may take the later field for a change
   * of the earlier one, so they are found before anything is sent.
   */
  get duplicates(): string[] {
    const names = [...this.systemFields, ...this.kept].map(({ name }) => name.toLowerCase());
    return names.flatMap((name, at) =>
      name !== "" && names.indexOf(name) < at ? [`fields.${at}.name`] : [],
    );
  }

  /** Tells of field names that are given twice; whether there are any. */
  tellDuplicates(message: string): boolean {
    const twice = { code: "validation_duplicated_field_name", message };
    const fields = Object.fromEntries(this.duplicates.map((path) => [path, twice]));
    if (this.duplicates.length > 0) this.problem = { message: "", fields };
    return this.duplicates.length > 0;
  }

  /** What is wrong with the name or with a rule. */
  problemOf(part: "name" | "viewQuery" | RuleName): string | undefined {
    return this.problem?.fields[part]?.message;
  }

  /** What is wrong with a field: option name to problem, `name` among them. */
  problemsOf(field: DraftField): Record<string, FieldProblem> {
    const own = this.systemRows.indexOf(field);
    const position = own >= 0 ? own : this.systemFields.length + this.kept.indexOf(field);
    return field.removed ? {} : this.problemsAt(`fields.${position}.`);
  }

  /** The problems below a place, by the rest of their path. */
  problemsAt(prefix: string): Record<string, FieldProblem> {
    const found = Object.entries(this.problem?.fields ?? {})
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, problem]) => [path.slice(prefix.length), problem] as const);
    return Object.fromEntries(found);
  }

  /** How many problems a part of the form has: `fields`, `indexes` or `rules`. */
  problemsIn(part: "fields" | "indexes" | "rules"): number {
    return Object.keys(this.problem?.fields ?? {}).filter((path) => {
      const isRule = RULES.some((rule) => rule === path);
      return part === "rules" ? isRule : path.startsWith(`${part}.`);
    }).length;
  }

  /** The problems that belong to no input of the form. */
  get strayProblems(): [string, FieldProblem][] {
    const first = this.saved === undefined ? this.systemFields.length : 0;
    const last = this.systemFields.length + this.kept.length;
    return Object.entries(this.problem?.fields ?? {}).filter(([path]) => {
      if (path === "name" || path === "viewQuery") return false;
      if (this.saved === undefined && RULES.some((rule) => rule === path)) return false;
      const index = Number(/^indexes\.(\d+)$/.exec(path)?.[1] ?? -1);
      if (index >= 0) return index >= this.indexes.kept.length;
      const position = Number(/^fields\.(\d+)\./.exec(path)?.[1] ?? -1);
      return position < first || position >= last;
    });
  }

  /** Problems are told by position, so they mean nothing once the rows have moved. */
  forgetPlaces(): void {
    const { problem } = this;
    if (problem === undefined) return;
    const kept = Object.entries(problem.fields).filter(
      ([path]) => !/^(fields|indexes)\./.test(path),
    );
    this.problem = kept.length === 0 ? undefined : { ...problem, fields: Object.fromEntries(kept) };
  }
}
