/** Asks the server whether a rule makes sense. */
import { isLuge } from "@luge/client";
import { client } from "../../backend.ts";
import type { CodeProblem } from "../code/kind.ts";
import { placed } from "./placed.ts";

/** What the server says is wrong with a rule of a collection that it has; nothing is saved. */
export async function problemOf(
  collection: string,
  rule: string,
  signal: AbortSignal,
): Promise<CodeProblem | undefined> {
  try {
    const trial = { collection, action: "list", rule, visible: false } as const;
    await client.rules.test(trial, { signal });
    return undefined;
  } catch (error) {
    // Whether it can be reached is told elsewhere, and when the rule is saved.
    const problem = isLuge(error) ? placed(error.message, rule) : undefined;
    return problem?.from === undefined ? undefined : problem;
  }
}
