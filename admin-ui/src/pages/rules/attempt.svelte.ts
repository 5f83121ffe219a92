/** What somebody asks for, to try a rule out on: by whom, for which record, with what. */
import type { RuleAction, RuleAttempt, RulePrincipal, RuleTest } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";

/** Actions that show records, and so need not name one. */
export const showsRecords = (action: RuleAction) => action === "list" || action === "view";

/** Who asks. */
export type Who = "guest" | "superuser" | "record";

/** What is wrong with what was typed, by the part it was typed in. */
export type Mistakes = Partial<Record<"principal" | "body", Key>>;

/** What is asked for. */
export class Attempt {
  who = $state<Who>("guest");
  /** The auth collection of the record that asks, and its id. */
  principal = $state({ collection: "", id: "" });
  /** The id of the record that is asked for. */
  record = $state("");
  /** What is submitted, as JSON. */
  body = $state("");

  /** Takes up what a saved test asks for. */
  take({ principal, record = "", body }: RuleTest): void {
    this.who = principal === "superuser" ? principal : principal ? "record" : "guest";
    if (principal && principal !== "superuser") this.principal = { ...principal };
    this.record = record;
    this.body = body ? JSON.stringify(body, null, 2) : "";
  }

  /** What has to be mended before anything can be asked. */
  get mistakes(): Mistakes {
    const mistakes: Mistakes = {};
    if (this.who === "record" && Object.values(this.principal).some((part) => part === "")) {
      mistakes.principal = "rules.noPrincipal";
    }
    if (this.submitted() === undefined) mistakes.body = "rules.badBody";
    return mistakes;
  }

  /** What is sent for an action. */
  asked(action: RuleAction): RuleAttempt {
    const record = action === "create" ? "" : this.record.trim();
    const body = this.submitted();
    return {
      action,
      principal: this.asking(),
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
