/** The documents that were sent, the last first; kept on this device. */
const KEY = "luge.graphql";
const MOST = 30;

/** All of them. What is stored may be anything. */
export function sentBefore(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** Puts one in front; gives all. */
export function remember(query: string): string[] {
  const all = [query, ...sentBefore().filter((each) => each !== query)].slice(0, MOST);
  localStorage.setItem(KEY, JSON.stringify(all));
  return all;
}

/** Forgets all. */
export function forget(): void {
  localStorage.removeItem(KEY);
}

/** The first lines of a document, in one. */
export function titleOf(query: string): string {
  const text = query.replace(/\s+/g, " ").trim();
  return text.length > 70 ? `${text.slice(0, 70)}…` : text;
}
