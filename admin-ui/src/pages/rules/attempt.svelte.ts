/** A rule that is tried out: under which text, by whom, for what. Nothing of it is saved. */
import type {
  Collection,
  Rule,
  RuleAction,
  RulePrincipal,
  RuleTrial,
} from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";
import type { Audience } from "../definition/draft.svelte.ts";

/** What the rules of every collection decide about. */
const ACTIONS: RuleAction[] = ["list", "view", "create", "update", "delete"];
/** What those of auth collections decide about as well. */
const AUTH_ACTIONS: RuleAction[] = ["manage", "auth"];

/** Actions that show records, and so need not name one. */
export const showsRecords = (action: RuleAction) => action === "list" || action === "view";

/** A rule as it is edited; the expression is kept while another audience is looked at. */
export interface EditedRule {
  audience: Audience;
  expression: string;
}

/** Who asks. */
export type Who = "guest" | "superuser" | "record";

/** What is wrong with what was typed, by the part it was typed in. */
export type Mistakes = Partial<Record<"rule" | "principal" | "body", Key>>;

/** The actions that a collection has rules for. */
export function actionsOf({ type }: Collection): RuleAction[] {
  return type === "auth" ? [...ACTIONS, ...AUTH_ACTIONS] : ACTIONS;
}

/** The action that an address names; what makes no sense there is the list. */
export function actionOf(query: URLSearchParams, collection: Collection): RuleAction {
  const named = query.get("action");
  return actionsOf(collection).find((action) => action === named) ?? "list";
}

/** The rule that is saved for an action. */
export function savedRule(collection: Collection, action: RuleAction): Rule {
  return collection[`${action}Rule`] ?? null;
}

/** A rule as it is edited. */
export function editable(rule: Rule): EditedRule {
  if (rule === null) return { audience: "superusers", expression: "" };
  return { audience: rule === "" ? "everyone" : "expression", expression: rule };
}

/** What is tried out. */
export class Attempt {
  who = $state<Who>("guest");
  /** The auth collection of the record that asks, and its id. */
  principal = $state({ collection: "", id: "" });
  /** The id of the record that is asked for. */
  record = $state("");
  /** What is submitted, as JSON. */
  body = $state("");
  private edits = $state<Partial<Record<RuleAction, EditedRule>>>({});

  /** The rule that is tried for an action: as it was edited here, or as it is saved. */
  rule(collection: Collection, action: RuleAction): EditedRule {
    return this.edits[action] ?? editable(savedRule(collection, action));
  }

  isEdited(action: RuleAction): boolean {
    return this.edits[action] !== undefined;
  }

  edit(action: RuleAction, rule: EditedRule): void {
    this.edits[action] = rule;
  }

  /** Goes back to the saved rule. */
  restore(action: RuleAction): void {
    delete this.edits[action];
  }

  /** What has to be mended before anything can be asked. */
  mistakes(collection: Collection, action: RuleAction): Mistakes {
    const { audience, expression } = this.rule(collection, action);
    const mistakes: Mistakes = {};
    // The empty text would mean everyone.
    if (audience === "expression" && expression.trim() === "") mistakes.rule = "rules.noExpression";
    if (this.who === "record" && Object.values(this.principal).some((part) => part === "")) {
      mistakes.principal = "rules.noPrincipal";
    }
    if (this.submitted() === undefined) mistakes.body = "rules.badBody";
    return mistakes;
  }

  /** What is sent. The shown text goes along, so that what is seen is what is tried. */
  trial(collection: Collection, action: RuleAction): RuleTrial {
    const { audience, expression } = this.rule(collection, action);
    const written = audience === "everyone" ? "" : expression;
    const record = action === "create" ? "" : this.record.trim();
    const body = this.submitted();
    return {
      collection: collection.name,
      action,
      rule: audience === "superusers" ? null : written,
      principal: this.asking(),
      // Without it, a view has to name a record.
      ...(showsRecords(action) ? { visible: true } : {}),
      ...(record === "" ? {} : { record }),
      ...(body === undefined || body === null ? {} : { body }),
    };
  }

  private asking(): RulePrincipal {
    if (this.who === "record") return { ...this.principal };
    return this.who === "superuser" ? "superuser" : null;
  }

  /** The body: null where there is none, undefined where the text is no JSON object. */
  private submitted(): Record<string, unknown> | null | undefined {
    if (this.body.trim() === "") return null;
    try {
      const body: unknown = JSON.parse(this.body);
      const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
      return isObject ? (body as Record<string, unknown>) : undefined;
    } catch {
      return undefined;
    }
  }
}
