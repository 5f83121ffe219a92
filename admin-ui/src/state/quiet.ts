/**
 * What a view shows first comes before what can wait: totals, editors, what is counted in the
 * sidebar. A view holds the others back while it reads; they ask when it is quiet.
 */

/** A window that is not seen is never painted: then it is gone on without, in milliseconds. */
const LONGEST_MS = 250;

class Quiet {
  private readonly held = new Set<Promise<unknown>>();

  /** Nothing that can wait begins before this has ended. */
  hold(work: Promise<unknown>): void {
    this.held.add(work);
    const end = () => this.held.delete(work);
    void work.then(end, end);
  }

  /** Until what the view shows first is on the screen. */
  async wait(): Promise<void> {
    // What begins together with this is to be first, too.
    await painted();
    while (this.held.size > 0) {
      await Promise.allSettled(this.held);
      await painted();
    }
  }
}

export const quiet = new Quiet();

function painted(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LONGEST_MS);
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
