/**
 * The keyboard shortcuts of what is on the screen. A page or a part says what it has with
 * `shortcuts.use(() => […])` while it is set up; they go when it goes, and `?` lists them.
 *
 * None fires while somebody types, but those with `Mod`. While the focus is in a dialog or a menu,
 * only the sets of dialogs count, and what says `always`. The one that came last wins.
 */
import { untrack } from "svelte";
import type { Key } from "../messages/en.ts";
import { nameOf, typesIn } from "./keys.ts";

/** One shortcut. */
export interface Shortcut {
  /** As in `N`, `/`, `Mod+S`, `[`, or two after one another: `G C`. See `keys.ts`. */
  keys: string;
  /** What it does. */
  label: Key;
  /** Left out where the part listens by itself: then it is only listed. */
  run?: () => void;
  /** Also while the focus is in a dialog or a menu of somebody else. */
  always?: boolean;
}

/** For whom a set of shortcuts is. */
export interface Scope {
  /** Under which heading it is listed; the screen by default. */
  heading?: Key;
  /** Does it belong to a dialog? Then it counts while the focus is in one. */
  dialog?: boolean;
}

/** Shortcuts that came together. */
export interface ShortcutSet extends Scope {
  shortcuts: Shortcut[];
}

/** How long the second key of two is waited for, in milliseconds. */
const NEXT_KEY_MS = 1_500;
const OVER = '[role="dialog"], [role="alertdialog"], [role="menu"]';

class Shortcuts {
  /** What there is now, the latest last. */
  sets = $state.raw<ShortcutSet[]>([]);

  private first = "";
  private firstAt = 0;

  /** Offers shortcuts while the component that calls it is there. Call it while it is set up. */
  use(make: () => Shortcut[], scope: Scope = {}): void {
    $effect(() => {
      const set = { ...scope, shortcuts: make() };
      return untrack(() => this.add(set));
    });
  }

  /** Adds shortcuts; the answer takes them away. */
  add(set: ShortcutSet): () => void {
    this.sets = [...this.sets, set];
    return () => {
      this.sets = this.sets.filter((each) => each !== set);
    };
  }

  /** Follows the keyboard; the answer ends it. */
  listen(): () => void {
    const press = (event: KeyboardEvent) => this.press(event);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }

  private press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const name = nameOf(event);
    const target = event.composedPath()[0];
    if (name === undefined || (typesIn(target) && !name.startsWith("Mod+"))) return;
    const before = event.timeStamp - this.firstAt < NEXT_KEY_MS ? this.first : "";
    this.first = "";
    const offered = this.offeredAt(target);
    const found = offered.find(({ keys }) => keys === (before ? `${before} ${name}` : name));
    if (found !== undefined) {
      if (found.run === undefined) return;
      event.preventDefault();
      found.run();
    } else if (offered.some(({ keys }) => keys.startsWith(`${name} `))) {
      this.first = name;
      this.firstAt = event.timeStamp;
    }
  }

  private offeredAt(target: EventTarget | undefined): Shortcut[] {
    const over = target instanceof Element && target.closest(OVER) !== null;
    return this.sets
      .toReversed()
      .flatMap(({ dialog = false, shortcuts }) =>
        shortcuts.filter(({ always }) => always || dialog === over),
      );
  }
}

export const shortcuts = new Shortcuts();
