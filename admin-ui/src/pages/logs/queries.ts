/** Lists that look at much to show little, put together by what they have in common. */
import type { LogEntry } from "@luge/client/admin";
import { askedOf } from "./entry.ts";
import { quantile } from "./survey.ts";

/** A list that looks at fewer is quick enough as it is. */
const LOOKED_MUCH = 500;
/** So many for each that is shown are much. */
const LOOKED_SHARE = 16;

/** Lists of one route and one filter that were found in the same way. */
export interface SlowQuery {
  key: string;
  collection: string;
  route: string;
  /** The filter, with `?` for every value. */
  shape: string;
  plan: string;
  total: number;
  /** Of the one that looked at most. */
  looked: number;
  returned: number;
  /** Milliseconds within which 95 of 100 were answered, and those of all together. */
  p95: number;
  sum: number;
  missingIndex: string[] | undefined;
}

/** The groups that take most time together. */
export function slowQueries(entries: LogEntry[], most = 6): SlowQuery[] {
  const groups = new Map<string, LogEntry[]>();
  for (const entry of entries) {
    const { query } = entry.data;
    if (query === undefined || !looksAtMuch(query)) continue;
    const { method, route, url } = askedOf(entry);
    const key = JSON.stringify([method, route, query.collection, shapeOf(url), query.plan]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const found = [...groups].flatMap(([key, group]) => groupOf(key, group) ?? []);
  return found.toSorted((one, other) => other.sum - one.sum).slice(0, most);
}

function looksAtMuch({ looked, returned, missingIndex }: { looked: number; returned: number } & {
  missingIndex?: string[];
}): boolean {
  const share = looked >= LOOKED_MUCH && looked >= returned * LOOKED_SHARE;
  return missingIndex !== undefined || share;
}

function groupOf(key: string, group: LogEntry[]): SlowQuery | undefined {
  const looks = group.flatMap(({ data: { query } }) => query ?? []);
  const worst = looks.toSorted((one, other) => other.looked - one.looked)[0];
  const [first] = group;
  if (worst === undefined || first === undefined) return undefined;
  const { method, route, url } = askedOf(first);
  const times = group.flatMap((entry) => askedOf(entry).milliseconds ?? []);
  return {
    key,
    collection: worst.collection,
    route: `${method} ${route}`,
    shape: shapeOf(url),
    plan: worst.plan,
    total: group.length,
    looked: worst.looked,
    returned: worst.returned,
    p95: quantile(times, 0.95) ?? 0,
    sum: times.reduce((all, time) => all + time, 0),
    missingIndex: looks.find(({ missingIndex }) => missingIndex)?.missingIndex,
  };
}

/** The filter and the sort of an address, with `?` in the place of texts and numbers. */
export function shapeOf(url: string): string {
  const query = new URLSearchParams(url.split("?").slice(1).join("?"));
  const filter = (query.get("filter") ?? "")
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "?")
    .replaceAll(/(?<![\w@.])-?\d+(?:\.\d+)?/g, "?")
    .replaceAll(/\s+/g, " ")
    .trim();
  const sort = query.get("sort") ?? "";
  const search = query.has("search") ? "search=?" : "";
  return [filter, search, sort && `sort=${sort}`].filter((part) => part !== "").join(" · ");
}
