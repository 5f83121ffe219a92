/** Copying to the clipboard, in one way: that it went is said, and that it did not is shown. */
import { t } from "../messages/index.svelte.ts";
import { explain } from "./problem.ts";
import { toasts } from "./toasts.svelte.ts";

/** A text, or what makes it once it is wanted. */
export type Copied = string | (() => string | Promise<string>);

/** How long a button shows that it has copied, in milliseconds. */
const SHOWN_MS = 2_000;
/** What could not be copied is shown to be copied by hand, unless it is longer. */
const SHORT = 200;

/**
 * Copies a text; whether that went. What is said of it is seen where `note` has it, and else only
 * heard, by those who do not see what the button shows.
 */
export async function copyText(text: Copied, note?: string): Promise<boolean> {
  let copied: string;
  try {
    copied = typeof text === "string" ? text : await text();
  } catch (error) {
    toasts.bad(explain(error).message);
    return false;
  }
  try {
    await navigator.clipboard.writeText(copied);
  } catch {
    const isShown = note !== undefined && copied.length <= SHORT;
    toasts.bad(t("copy.refused"), isShown ? [copied] : []);
    return false;
  }
  if (note === undefined) toasts.say(t("copy.done"));
  else toasts.done(note);
  return true;
}

/** A button that copies, and shows for a moment that it did. */
export class Copying {
  copied = $state(false);

  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Copies a text; whether that went. */
  async copy(text: Copied): Promise<boolean> {
    const went = await copyText(text);
    clearTimeout(this.timer);
    this.copied = went;
    if (went) this.timer = setTimeout(() => (this.copied = false), SHOWN_MS);
    return went;
  }
}
