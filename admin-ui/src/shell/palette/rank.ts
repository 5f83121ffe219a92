/** Which entries somebody may mean by what is typed, the likeliest first. */

/** What is searched of an entry. */
export interface Named {
  label: string;
  words?: string;
}

/** The entries that have every typed word, by how well their names fit. */
export function ranked<T extends Named>(entries: T[], typed: string): T[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return entries;
  return entries
    .map((entry) => ({ entry, fit: fitOf(entry, wanted) }))
    .filter(({ fit }) => fit > 0)
    .toSorted((one, other) => other.fit - one.fit)
    .map(({ entry }) => entry);
}

function fitOf({ label, words = "" }: Named, wanted: string): number {
  const name = label.toLowerCase();
  const all = `${name} ${words.toLowerCase()}`;
  if (!wanted.split(/\s+/).every((word) => all.includes(word))) return 0;
  if (name === wanted) return 5;
  if (name.startsWith(wanted)) return 4;
  if (` ${name.replaceAll(/[_-]/g, " ")}`.includes(` ${wanted}`)) return 3;
  return name.includes(wanted) ? 2 : 1;
}
