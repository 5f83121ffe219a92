/** Who may read a collection, in one word. */
import type { Collection } from "@luge/client/admin";

/** The widest of the two rules that read. */
export function readAccess({ listRule, viewRule }: Collection): "public" | "rule" | "superusers" {
  const rules = [listRule, viewRule];
  if (rules.includes("")) return "public";
  return rules.some((rule) => rule !== null) ? "rule" : "superusers";
}

/** Whether anybody may change it without signing in; sign-up is meant to be open. */
export function openToWrites({ type, ...rules }: Collection): boolean {
  const { createRule, updateRule, deleteRule } = rules;
  return [type === "auth" ? null : createRule, updateRule, deleteRule].includes("");
}
