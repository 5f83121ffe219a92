/** The rules of a collection, as they are edited and as they are sent. */
import type { Rule } from "@luge/client/admin";

/** The rules of a collection, in the order they are shown. */
export const RULES = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"] as const;
export type RuleName = (typeof RULES)[number];

/** Who a rule lets in. */
export type Audience = "superusers" | "everyone" | "expression";

/** One rule as it is edited. */
export interface DraftRule {
  audience: Audience;
  expression: string;
  /** Opening a collection to everyone takes a second, separate decision. */
  confirmed: boolean;
}

/** Rules to start from; those of a collection that is copied are confirmed anew. */
export function draftRules(rules: Partial<Record<RuleName, Rule>>): Record<RuleName, DraftRule> {
  const made = RULES.map((name) => [name, draftRule(rules[name] ?? null)]);
  return Object.fromEntries(made) as Record<RuleName, DraftRule>;
}

function draftRule(rule: Rule): DraftRule {
  if (rule === null) return { audience: "superusers", expression: "", confirmed: false };
  if (rule === "") return { audience: "everyone", expression: "", confirmed: false };
  return { audience: "expression", expression: rule, confirmed: false };
}

/** An expression that was left empty must not turn into the text that means everyone. */
export function ruleText({ audience, expression }: DraftRule): Rule {
  if (audience === "everyone") return "";
  return audience === "expression" && expression.trim() !== "" ? expression.trim() : null;
}
