/** The shortcuts that every page has. */
import { go, href, place } from "../state/location.svelte.ts";
import { recent } from "../state/recent.svelte.ts";
import type { Shortcut } from "../state/shortcuts.svelte.ts";

const RECORDS = /^\/collections\/[^/]+\/records$/;
/** Where one searches, in the order in which it is looked for. */
const SEARCHES = ["main [role=search] *", "main input[type=search]", "aside input[type=search]"];
const TYPED = "input:not([type=checkbox], [type=radio]), [contenteditable=true]";

/** All of them; `palette` and `help` open what they are named after. */
export function everywhere(palette: () => void, help: () => void): Shortcut[] {
  return [
    { keys: "Mod+K", label: "shortcuts.palette", run: palette, always: true },
    { keys: "?", label: "shortcuts.help", run: help },
    { keys: "/", label: "shortcuts.search", run: focusSearch },
    { keys: "G C", label: "shortcuts.goCollections", run: () => go(href("/")) },
    { keys: "G R", label: "shortcuts.goRecords", run: goToRecords },
    { keys: "G M", label: "shortcuts.goMap", run: () => go(href("/map")) },
    { keys: "G L", label: "shortcuts.goLogs", run: () => go(href("/logs")) },
    {
      keys: "G S",
      label: "shortcuts.goSettings",
      run: () => go(href("/settings/application")),
    },
  ];
}

function focusSearch(): void {
  const places = SEARCHES.flatMap((search) => [...document.querySelectorAll<HTMLElement>(search)]);
  const box = places.flatMap(typedIn).find((each) => each.checkVisibility());
  box?.focus();
  if (box instanceof HTMLInputElement) box.select();
}

/** What is typed in: the element itself, or what an editor keeps in its shadow. */
function typedIn(place: HTMLElement): HTMLElement[] {
  if (place.matches(TYPED)) return [place];
  return [...(place.shadowRoot?.querySelectorAll<HTMLElement>(TYPED) ?? [])];
}

/** Those of the collection that is open, or else was last; home as long as there was none. */
function goToRecords(): void {
  const inside = /^\/collections\/[^/]+(?=\/)/.exec(place.path)?.[0];
  const last = recent.paths.find((path) => RECORDS.test(path)) ?? "/";
  go(href(inside !== undefined && inside !== "/collections/new" ? `${inside}/records` : last));
}
