/** The saved tests of a collection's rules, and what an edited rule would answer to them. */
import type { Rule, RuleAttempt, RuleTest, RuleVerdict } from "@luge/client/admin";
import { explain } from "../../state/problem.ts";
import { ruleOf, type RuleName } from "../../parts/rules/rule.ts";

/** A test that an edited rule would not pass. */
export interface FailingTest {
  name: string;
  expect: RuleTest["expect"];
  /** Where the rule could not be asked. */
  reason?: string;
}

/** The tests that rules would not pass as they are edited; those of other rules are left out. */
export async function failing(
  tests: RuleTest[],
  rules: Partial<Record<RuleName, Rule>>,
  ask: (trial: RuleAttempt & { rule: Rule; visible: boolean }) => Promise<RuleVerdict>,
): Promise<FailingTest[]> {
  const found: FailingTest[] = [];
  for (const { name, expect, visible, ...attempt } of tests) {
    const rule = rules[ruleOf(attempt.action)];
    if (rule === undefined) continue;
    try {
      const verdict = await ask({ ...attempt, rule, visible: visible !== undefined });
      const seen = visible === undefined || verdict.visible?.totalItems === visible;
      if (verdict.allowed !== (expect === "allow") || !seen) found.push({ name, expect });
    } catch (error) {
      found.push({ name, expect, reason: explain(error).message });
    }
  }
  return found;
}

/** A name that no other test has. */
export function freeName(wanted: string, tests: RuleTest[]): string {
  const taken = new Set(tests.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(name)) return name;
  }
}
