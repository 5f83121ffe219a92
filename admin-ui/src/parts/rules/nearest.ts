/** "Did you mean …?": the known name nearest to a misspelt one, as the server finds it. */

/** The nearest of the known names within a third of the letters of what was written. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  const limit = Math.ceil(written.length / 3);
  let found: string | undefined;
  let least = limit + 1;
  for (const name of known) {
    const steps = distance(written.toLowerCase(), name.toLowerCase());
    if (steps < least) [found, least] = [name, steps];
  }
  return found;
}

/** How many letters must be put in, left out, replaced or exchanged with their neighbour. */
export function distance(left: string, right: string): number {
  let earlier: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const differs = left[row - 1] === right[column - 1] ? 0 : 1;
      let best = Math.min(
        previous[column - 1]! + differs,
        previous[column]! + 1,
        current[column - 1]! + 1,
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (swapped) best = Math.min(best, earlier[column - 2]! + 1);
      current.push(best);
    }
    [earlier, previous] = [previous, current];
  }
  return previous[right.length]!;
}
