/** The rules of a collection that is defined, as they are edited and as they are sent. */
import type { Rule } from "@luge/client/admin";
import { editable, RULES, written, type EditedRule } from "../../parts/rules/rule.ts";

export { RULES };
export type RuleName = (typeof RULES)[number];
export type { Audience, EditedRule as DraftRule } from "../../parts/rules/rule.ts";

/** Rules to start from; those of a collection that is copied are confirmed anew. */
export function draftRules(
  rules: Partial<Record<RuleName, Rule>>,
): Record<RuleName, EditedRule> {
  const made = RULES.map((name) => [name, { ...editable(rules[name] ?? null), confirmed: false }]);
  return Object.fromEntries(made) as Record<RuleName, EditedRule>;
}

/** An expression that was left empty locks: it must not turn into the text that means everyone. */
export function ruleText(rule: EditedRule): Rule {
  return written(rule) ?? null;
}
