// Choices that one seed decides: the same seed makes the same run on every machine.

/** A source of choices. */
export function generator(seed) {
  let state = seed | 0;
  const below = (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  const pick = (list) => list[below(list.length)];
  const between = (low, high) => low + below(high - low + 1);
  const chance = (percent) => below(100) < percent;
  const several = (amount, make) => Array.from({ length: amount }, (_, place) => make(place));
  const shuffled = (list) => {
    const left = [...list];
    return list.map(() => left.splice(below(left.length), 1)[0]);
  };
  const sample = (list, amount) => shuffled(list).slice(0, amount);
  // One of `[weight, value]…`.
  const weighted = (choices) => {
    let rest = below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of choices) {
      if (rest < weight) return value;
      rest -= weight;
    }
    return choices.at(-1)[1];
  };
  const word = (letters, length) => several(length, () => pick(letters)).join("");
  return { below, pick, between, chance, several, shuffled, sample, weighted, word };
}
