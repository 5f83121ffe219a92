/** Passwords that nobody guesses. */

/** Without letters and digits that look alike. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const LENGTH = 20;
const SHORTEST = 8;

/** As long as the field wants it, from the browser's own randomness. */
export function generatePassword(
  { min, max }: { min?: unknown; max?: unknown; [option: string]: unknown },
  random: (into: Uint32Array<ArrayBuffer>) => unknown = (into) => crypto.getRandomValues(into),
): string {
  const least = typeof min === "number" && min > 0 ? min : SHORTEST;
  const most = typeof max === "number" && max > 0 ? max : Math.max(LENGTH, least);
  const draws = new Uint32Array(Math.min(Math.max(LENGTH, least), most));
  random(draws);
  // 2^32 is so much larger than the alphabet that the remainder favours nothing noticeably.
  return Array.from(draws, (draw) => LETTERS[draw % LETTERS.length]).join("");
}
