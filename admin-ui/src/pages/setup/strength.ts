/** How hard a password is to guess, roughly; the server alone decides what it accepts. */

export const STRENGTHS = ["none", "short", "weak", "fair", "good", "strong"] as const;
export type Strength = (typeof STRENGTHS)[number];

/** The shortest password that the server accepts, in characters. */
export const SHORTEST = 8;

const COMMON =
  /pass(word|wort)?|qwert[yz]?|asdf|letmein|welcome|admin|luge|iloveyou|monkey|dragon|1234?5?6?/gi;

/** Judges a password; what is in the e-mail address makes it no stronger. */
export function strengthOf(password: string, email = ""): Strength {
  if (password === "") return "none";
  if ([...password].length < SHORTEST) return "short";
  const bits = guessBits(withoutKnown(password, email));
  if (bits < 40) return "weak";
  if (bits < 55) return "fair";
  return bits < 75 ? "good" : "strong";
}

/** Whatever a guesser tries first counts as one character. */
function withoutKnown(password: string, email: string): string {
  let left = password.replace(COMMON, "\0");
  for (const part of email.split(/[@.+_-]/)) {
    if (part.length > 2) left = left.replaceAll(new RegExp(escape(part), "gi"), "\0");
  }
  // Repeats and runs such as "aaaa" and "4567".
  return [...left].filter((each, at, all) => !follows(all[at - 1], each)).join("");
}

function follows(before: string | undefined, each: string): boolean {
  if (before === undefined) return false;
  const step = (each.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
  return Math.abs(step) <= 1;
}

function guessBits(text: string): number {
  const alphabets: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[ -/:-@[-`{-~]/, 33],
    [/[^\0-\x7f]/, 100],
  ];
  const size = alphabets.reduce((sum, [has, more]) => sum + (has.test(text) ? more : 0), 1);
  return [...text].length * Math.log2(size);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
