/**
 * What the palette offers to do. A page or a part adds its own with `actions.use(() => […])`
 * while it is set up; they go when it goes, and stand above those of the whole dashboard.
 */
import { untrack, type Component } from "svelte";

/** One thing that can be done. */
export interface Action {
  /** Unlike that of every other action. */
  id: string;
  /** What it does, in the words of the chosen language. */
  label: string;
  icon: Component<{ size?: number }>;
  /** Other words by which it is found. */
  words?: string;
  /** The shortcut that does the same, as `state/shortcuts` writes it. */
  keys?: string;
  run: () => void;
}

class Actions {
  private sets = $state.raw<Action[][]>([]);

  /** Those of what is on the screen. */
  get here(): Action[] {
    return this.sets.flat();
  }

  /** Offers actions while the component that calls it is there. Call it while it is set up. */
  use(make: () => Action[]): void {
    $effect(() => {
      const set = make();
      untrack(() => (this.sets = [...this.sets, set]));
      return () => {
        this.sets = this.sets.filter((each) => each !== set);
      };
    });
  }
}

export const actions = new Actions();
