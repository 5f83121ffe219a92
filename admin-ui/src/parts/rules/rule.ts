/** A rule as it is edited: who it lets in, by one of three choices. */
import type { Collection, CollectionType, Rule, RuleAction } from "@luge/client/admin";

/** The rules of every collection, in the order they are shown. */
export const RULES = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"] as const;
/** Those of auth collections as well. */
const AUTH_RULES = ["authRule", "manageRule"] as const;

export type RuleName = (typeof RULES)[number] | (typeof AUTH_RULES)[number];

/** Who a rule lets in. */
export type Audience = "superusers" | "everyone" | "expression";

/** A rule as it is edited; the expression is kept while another audience is looked at. */
export interface EditedRule {
  audience: Audience;
  expression: string;
  /** Opening something to everyone takes a second, separate decision. */
  confirmed: boolean;
}

/** Every rule that some collection has. */
export const ALL_RULES: readonly RuleName[] = [...RULES, ...AUTH_RULES];

/** The rules that collections of a type have; the records of views can only be read. */
export function rulesOf(type: CollectionType): readonly RuleName[] {
  if (type === "view") return RULES.slice(0, 2);
  return type === "auth" ? ALL_RULES : RULES;
}

/** What a rule decides about. */
export function actionOf(name: RuleName): RuleAction {
  return name.replace(/Rule$/, "") as RuleAction;
}

/** The rule that decides about an action. */
export function ruleOf(action: RuleAction): RuleName {
  return `${action}Rule`;
}

/** The rule as the server has it. */
export function savedRule(collection: Collection, name: RuleName): Rule {
  return collection[name] ?? null;
}

/** A saved rule, to be edited. What is open to everyone already needs no decision. */
export function editable(rule: Rule): EditedRule {
  if (rule === null) return { audience: "superusers", expression: "", confirmed: false };
  const audience = rule === "" ? "everyone" : "expression";
  return { audience, expression: rule, confirmed: rule === "" };
}

/**
 * The rule as it is sent; undefined where an expression is still empty, since the empty text would
 * mean everyone.
 */
export function written({ audience, expression }: EditedRule): Rule | undefined {
  if (audience === "superusers") return null;
  if (audience === "everyone") return "";
  return expression.trim() === "" ? undefined : expression.trim();
}

/** Does it wait for the decision that opens it to everyone? Without a name, it opens something. */
export function isUnconfirmed({ audience, confirmed }: EditedRule, name?: RuleName): boolean {
  return audience === "everyone" && !confirmed && (name === undefined || opens(name));
}

/** Does the empty rule open anything? That of sign-in only lets every account in. */
export function opens(name: RuleName): boolean {
  return name !== "authRule";
}
