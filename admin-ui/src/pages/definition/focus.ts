/** Where the eyes go when something is wrong. */
import { tick } from "svelte";

/** Scrolls to the first element that matches, and gives it the focus. */
export async function focusFirst(
  where: HTMLElement | undefined,
  selector = '[aria-invalid="true"]',
): Promise<void> {
  await tick();
  const first = where?.querySelector<HTMLElement>(selector);
  first?.scrollIntoView({ block: "center" });
  first?.focus();
}

/** Gives the focus to something that was typed and cannot be read; whether there is any. */
export function focusUnreadable(where: HTMLElement | undefined): boolean {
  const found = where?.querySelector("[data-unreadable]");
  if (found) void focusFirst(where, "[data-unreadable]");
  return Boolean(found);
}
