/**
 * Which keys were pressed, whatever the keyboard: shortcuts are named by Latin letters and signs,
 * as in `N`, `/`, `Mod+S`, `Shift+Enter`. `Mod` is the command key of Apple's keyboards and the
 * control key of all others. Keys of scripts without Latin letters count by their place.
 */

/** What of a key press matters. */
export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  getModifierState?: (key: string) => boolean;
}

/** Is this one of Apple's keyboards? */
export const apple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** Signs by their place, for scripts in which that place has a letter. */
const SIGNS: Record<string, string> = {
  BracketLeft: "[",
  BracketRight: "]",
  Slash: "/",
};
const NAMES: Record<string, string> = { " ": "Space" };

/** The name of a press as shortcuts are written, or undefined for a modifier alone. */
export function nameOf(press: Press, mac = apple): string | undefined {
  if (["Control", "Meta", "Alt", "Shift", "AltGraph"].includes(press.key)) return undefined;
  const key = keyOf(press);
  // On many layouts brackets need AltGr, which some systems report as Ctrl+Alt.
  const sign = press.getModifierState?.("AltGraph") === true;
  const mod = mac ? press.metaKey : press.ctrlKey && !sign;
  const other = mac ? press.ctrlKey : press.metaKey;
  // Option writes signs too, on Apple's keyboards.
  const alt = press.altKey && !sign && !(mac && key.length === 1 && !/[A-Z]/.test(key));
  // Shift is part of how a sign is written, not of the sign.
  const shift = press.shiftKey && (key.length > 1 || /[A-Z]/.test(key));
  const parts = [mod && "Mod", other && "Other", alt && "Alt", shift && "Shift", key];
  return parts.filter(Boolean).join("+");
}

/** A shortcut as people read it: `Ctrl S`, `⌘ S`, `G C`. */
export function writtenKeys(keys: string, mac = apple): string[] {
  const words = mac
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥" }
    : { Mod: "Ctrl", Shift: "Shift", Alt: "Alt" };
  return keys
    .split(/[ +]/)
    .map((part) => (part in words ? words[part as keyof typeof words] : part));
}

/** Does somebody type where this happened? What has keys of its own counts too. */
export function typesIn(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  if (target.closest('[role="textbox"], [role="combobox"], [role="listbox"]')) return true;
  return target.matches(
    "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range])",
  );
}

function keyOf({ key, code }: Press): string {
  if (key.length !== 1) return key;
  if (key in NAMES) return NAMES[key] ?? key;
  const latin = /[\p{Script=Latin}\p{Script=Common}]/u.test(key);
  if (latin) return key.toUpperCase();
  return /^Key([A-Z])$/.exec(code)?.[1] ?? SIGNS[code] ?? key;
}
