/** Which part of the log is looked at, and which requests count. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far back, in milliseconds. */
export const SPANS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;
export type Span = keyof typeof SPANS;

/** From and to, in milliseconds since 1970. */
export interface Range {
  from: number;
  to: number;
}

/**
 * Requests of the dashboard itself: they alone tell this as where they come from. What the server
 * logs by itself comes from nowhere and counts.
 */
export const FOREIGN = 'data.referer !~ "/_/"';

/** The range that an address names, or undefined. */
export function rangeOf(query: URLSearchParams): Range | undefined {
  const [from, to] = [query.get("from"), query.get("to")].map((text) => Date.parse(text ?? ""));
  return from !== undefined && to !== undefined && from < to ? { from, to } : undefined;
}

/** The span that an address names; a day by default. */
export function spanOf(query: URLSearchParams): Span {
  const wanted = query.get("span") ?? "";
  return Object.hasOwn(SPANS, wanted) ? (wanted as Span) : "day";
}

/** What a filter, a range and leaving out the dashboard mean together. */
export function wholeFilter(filter: string, range: Partial<Range>, own: boolean): string {
  const written = (at: number) => new Date(at).toISOString().replace("T", " ");
  const parts = [
    filter.includes("||") ? `(${filter})` : filter,
    range.from === undefined ? "" : `created >= "${written(range.from)}"`,
    range.to === undefined ? "" : `created <= "${written(range.to)}"`,
    own ? "" : FOREIGN,
  ];
  return parts.filter((part) => part.trim() !== "").join(" && ");
}
