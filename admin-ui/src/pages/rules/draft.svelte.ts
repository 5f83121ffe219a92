/** The rules of a collection as they are edited, beside those that are saved. */
import type { Collection, Rule } from "@luge/client/admin";
import {
  editable,
  isUnconfirmed,
  rulesOf,
  savedRule,
  written,
  type EditedRule,
  type RuleName,
} from "../../parts/rules/rule.ts";

export class RulesDraft {
  /** By its name, each rule as it is edited. */
  rules = $state<Partial<Record<RuleName, EditedRule>>>({});
  private saved = $state.raw<Partial<Record<RuleName, Rule>>>({});

  constructor(collection: Collection) {
    this.follow(collection);
  }

  /** Takes up what is saved now; what is being edited stays. */
  follow(collection: Collection): void {
    const saved: Partial<Record<RuleName, Rule>> = {};
    for (const name of rulesOf(collection.type)) {
      const rule = savedRule(collection, name);
      const isKnown = name in this.saved;
      const isOther = isKnown && this.saved[name] !== rule;
      if (!isKnown || (isOther && !this.isChanged(name))) this.rules[name] = editable(rule);
      saved[name] = rule;
    }
    this.saved = saved;
  }

  /** A rule as it is edited. */
  rule(name: RuleName): EditedRule {
    return this.rules[name] ?? editable(null);
  }

  savedRule(name: RuleName): Rule {
    return this.saved[name] ?? null;
  }

  isChanged(name: RuleName): boolean {
    return written(this.rule(name)) !== this.savedRule(name);
  }

  get changed(): RuleName[] {
    return (Object.keys(this.rules) as RuleName[]).filter((name) => this.isChanged(name));
  }

  /** What has to be mended or decided before anything is saved. */
  get unready(): RuleName[] {
    return this.changed.filter((name) => {
      const rule = this.rule(name);
      return written(rule) === undefined || isUnconfirmed(rule, name);
    });
  }

  /** What is sent: only what is changed, so that nobody else's change is undone. */
  body(): Partial<Record<RuleName, Rule>> {
    return Object.fromEntries(this.changed.map((name) => [name, written(this.rule(name)) ?? null]));
  }

  /** Goes back to the saved rule. */
  restore(name: RuleName): void {
    this.rules[name] = editable(this.savedRule(name));
  }
}
