/** What many entries have in common: how many over time, how fast, and which values occur. */
import type { LogEntry } from "@luge/client/admin";
import { askedOf, sameFilter } from "./entry.ts";
import type { Range } from "./range.ts";

/** What is read of each entry. */
export const FIELDS = [
  "created",
  "level",
  ...["status", "execTime", "method", "route", "url", "userIP", "authId", "query"].map(
    (name) => `data.${name}`,
  ),
].join();

/** How a request ended: well, elsewhere, refused, failed; or it is no request. */
export const CLASSES = ["2xx", "3xx", "4xx", "5xx", "none"] as const;
export type StatusClass = (typeof CLASSES)[number];

/** A part of time. */
export interface Bucket extends Range {
  total: number;
  byClass: Record<StatusClass, number>;
  /** Milliseconds; null where nothing was asked. */
  p50: number | null;
  p95: number | null;
}

/** Values of one kind, the most frequent first. */
export interface Facet {
  name: "method" | "route" | "status" | "authId" | "userIP" | "level";
  values: { value: string; total: number; filter: string }[];
}

/** How a status ended its request. */
export function classOf(status: number | undefined): StatusClass {
  if (status === undefined) return "none";
  if (status < 300) return "2xx";
  if (status < 400) return "3xx";
  return status < 500 ? "4xx" : "5xx";
}

/** The entries by parts of a range, all equally long. */
export function bucketsOf(entries: LogEntry[], { from, to }: Range, amount = 48): Bucket[] {
  const size = (to - from) / amount;
  const parts = Array.from({ length: amount }, (): LogEntry[] => []);
  for (const entry of entries) {
    const at = Math.floor((new Date(entry.created).getTime() - from) / size);
    parts[Math.min(Math.max(at, 0), amount - 1)]?.push(entry);
  }
  return parts.map((part, at) => {
    const asked = part.map(askedOf);
    const byClass: Bucket["byClass"] = { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
    for (const { status } of asked) byClass[classOf(status)] += 1;
    const times = asked.flatMap(({ milliseconds }) => milliseconds ?? []);
    return {
      from: from + at * size,
      to: from + (at + 1) * size,
      total: part.length,
      byClass,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
    };
  });
}

/** The value below which a share of them is; null without any. */
export function quantile(values: number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}

/** What occurs how often. */
export function facetsOf(entries: LogEntry[], most = 6): Facet[] {
  const facet = (name: Facet["name"], read: (entry: LogEntry) => unknown, field: string): Facet => {
    const totals = new Map<string | number, number>();
    for (const entry of entries) {
      const value = read(entry);
      if ((typeof value !== "string" || value === "") && typeof value !== "number") continue;
      totals.set(value, (totals.get(value) ?? 0) + 1);
    }
    const values = [...totals]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, most)
      .map(([value, total]) => ({
        value: String(value),
        total,
        filter: sameFilter(field, value),
      }));
    return { name, values };
  };
  const data = (name: "method" | "route" | "status" | "authId" | "userIP") =>
    facet(name, ({ data }) => data[name], `data.${name}`);
  return [
    data("status"),
    data("method"),
    data("route"),
    data("authId"),
    data("userIP"),
    facet("level", ({ level }) => level, "level"),
  ];
}

/** The routes that take longest, by what 95 of 100 requests take. */
export function slowRoutes(entries: LogEntry[], most = 5) {
  const times = new Map<string, number[]>();
  for (const { method, route, milliseconds } of entries.map(askedOf)) {
    if (route === "" || milliseconds === undefined) continue;
    const name = `${method} ${route}`;
    times.set(name, [...(times.get(name) ?? []), milliseconds]);
  }
  return [...times]
    .map(([name, values]) => ({
      name,
      route: name.slice(name.indexOf(" ") + 1),
      total: values.length,
      p50: quantile(values, 0.5) ?? 0,
      p95: quantile(values, 0.95) ?? 0,
    }))
    .toSorted((one, other) => other.p95 - one.p95)
    .slice(0, most);
}
