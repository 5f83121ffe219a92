/** A collection that is being defined: what was typed, and what the server finds wrong in it. */
import type { FieldProblem } from "@luge/client";
import type { CollectionBody, Field, FieldType, Scaffolds } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Problem } from "../../state/problem.ts";

/** The rules of a collection, in the order they are shown. */
export const RULES = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"] as const;
export type RuleName = (typeof RULES)[number];

/** Who a rule lets in. */
export type Audience = "superusers" | "everyone" | "expression";

/** One field as it is edited. */
export interface DraftField {
  /** Tells rows apart while names change. */
  key: number;
  name: string;
  type: FieldType;
  required: boolean;
  options: Record<string, unknown>;
}

/** One rule as it is edited. */
export interface DraftRule {
  audience: Audience;
  expression: string;
  /** Opening a collection to everyone takes a second, separate decision. */
  confirmed: boolean;
}

/** The types a collection can be created with here. */
export type DraftType = "base" | "auth";

const TIMES: Field[] = [
  { name: "created", type: "autodate", onCreate: true, onUpdate: false },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];

export class Draft {
  name = $state("");
  type = $state<DraftType>("base");
  fields = $state<DraftField[]>([]);
  keepTimes = $state(true);
  rules = $state(blankRules());
  problem = $state.raw<Problem>();

  private nextKey = 1;

  constructor(private readonly scaffolds: Scaffolds) {}

  /** The fields that every collection of this type has. */
  get systemFields(): Field[] {
    return this.scaffolds[this.type].fields;
  }

  /** The rules that are open to everyone and not yet confirmed. */
  get unconfirmed(): RuleName[] {
    return RULES.filter((rule) => {
      const { audience, confirmed } = this.rules[rule];
      return audience === "everyone" && !confirmed;
    });
  }

  /** Adds a field below another, or at the end. */
  add(type: FieldType, below?: DraftField): DraftField {
    const field = {
      key: this.nextKey++,
      name: "",
      type,
      required: false,
      options: { ...kindOf(type).blank },
    };
    const at = below === undefined ? -1 : this.fields.indexOf(below);
    this.fields.splice(at < 0 ? this.fields.length : at + 1, 0, field);
    this.forgetPlaces();
    return field;
  }

  remove(field: DraftField): void {
    this.fields = this.fields.filter((each) => each.key !== field.key);
    this.forgetPlaces();
  }

  /** What is sent: the system fields too, so that the server's positions are the form's. */
  body(): CollectionBody & { name: string } {
    const fields: Field[] = this.fields.map(({ name, type, required, options }) => ({
      ...options,
      name,
      type,
      ...(kindOf(type).canBeRequired ? { required } : {}),
    }));
    const taken = new Set(fields.map(({ name }) => name.toLowerCase()));
    const times = this.keepTimes ? TIMES.filter(({ name }) => !taken.has(name)) : [];
    return {
      name: this.name,
      type: this.type,
      fields: [...this.systemFields, ...fields, ...times],
      ...Object.fromEntries(RULES.map((rule) => [rule, ruleText(this.rules[rule])])),
    };
  }

  /**
   * Field names given twice, as paths of the fields. A server may take the later field for a change
   * of the earlier one, so they are found before anything is sent.
   */
  get duplicates(): string[] {
    const names = [...this.systemFields, ...this.fields].map(({ name }) => name.toLowerCase());
    return names.flatMap((name, at) =>
      name !== "" && names.indexOf(name) < at ? [`fields.${at}.name`] : [],
    );
  }

  /** What is wrong with the name or with a rule. */
  problemOf(part: "name" | RuleName): string | undefined {
    return this.problem?.fields[part]?.message;
  }

  /** What is wrong with a field: option name to problem, `name` among them. */
  problemsOf(field: DraftField): Record<string, FieldProblem> {
    const position = this.systemFields.length + this.fields.indexOf(field);
    const prefix = `fields.${position}.`;
    const found = Object.entries(this.problem?.fields ?? {})
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, problem]) => [path.slice(prefix.length), problem] as const);
    return Object.fromEntries(found);
  }

  /** The problems that belong to no input of the form. */
  get strayProblems(): [string, FieldProblem][] {
    const first = this.systemFields.length;
    return Object.entries(this.problem?.fields ?? {}).filter(([path]) => {
      if (path === "name" || RULES.some((rule) => rule === path)) return false;
      const position = Number(/^fields\.(\d+)\./.exec(path)?.[1] ?? -1);
      return position < first || position >= first + this.fields.length;
    });
  }

  /** Problems are told by position, so they mean nothing once the rows have moved. */
  private forgetPlaces(): void {
    const { problem } = this;
    if (problem === undefined) return;
    const kept = Object.entries(problem.fields).filter(([path]) => !path.startsWith("fields."));
    this.problem = kept.length === 0 ? undefined : { ...problem, fields: Object.fromEntries(kept) };
  }
}

function blankRules(): Record<RuleName, DraftRule> {
  const blank = (): DraftRule => ({ audience: "superusers", expression: "", confirmed: false });
  return {
    listRule: blank(),
    viewRule: blank(),
    createRule: blank(),
    updateRule: blank(),
    deleteRule: blank(),
  };
}

/** An expression that was left empty must not turn into the text that means everyone. */
function ruleText({ audience, expression }: DraftRule): string | null {
  if (audience === "everyone") return "";
  return audience === "expression" && expression.trim() !== "" ? expression.trim() : null;
}
