/** Gives the editor what it offers while a filter or rule is typed. */
import type {
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";
import type { Scope } from "./names.ts";
import { offersAt } from "./offers.ts";

/** A source for the editor; the scope is asked for each time, as it changes while one types. */
export function completionOf(scope: () => Scope | undefined): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const known = scope();
    const text = context.state.doc.toString();
    const found = known && offersAt(text, context.pos, known);
    if (!found) return null;
    // Unasked, nothing pops up before a word is begun.
    const begun = context.pos > found.from || /[.:@]$/.test(text.slice(0, found.from));
    if (!begun && !context.explicit) return null;
    return {
      from: found.from,
      validFor: /^[\w@=!<>~?&|]*$/,
      options: found.offers.map(({ label, detail, help, apply, boost }) => ({
        label,
        detail,
        info: help,
        ...(apply && { apply }),
        ...(boost && { boost: boost * 10 }),
      })),
    };
  };
}
