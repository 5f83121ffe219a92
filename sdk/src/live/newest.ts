/** Following a list that tells of its changes. */
import type { LiveList } from "./index.js";

/** The lists that a store tells, the newest only; what ends the list ends the iteration. */
export async function* newest<R>(
  subscribe: (listener: (list: LiveList<R>) => void) => () => void,
  waits: (list: LiveList<R>) => boolean = () => false,
): AsyncGenerator<LiveList<R>, void> {
  let told: LiveList<R> | undefined;
  let wake = () => {};
  const leave = subscribe((list) => {
    told = waits(list) ? undefined : list;
    wake();
  });
  try {
    for (;;) {
      const list: LiveList<R> | undefined = told;
      told = undefined;
      if (list?.error) throw list.error;
      if (list) yield list;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    leave();
  }
}
