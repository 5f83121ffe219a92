/** What was measured, as lines over time. */
import type { MetricSample } from "@luge/client/admin";
import type { Key } from "../messages/en.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** How far back one looks, and how fine; both in seconds. */
export const RANGES = {
  hour: { seconds: HOUR, step: 60 },
  quarter: { seconds: 6 * HOUR, step: 5 * 60 },
  day: { seconds: DAY, step: 10 * 60 },
  week: { seconds: 7 * DAY, step: HOUR },
  month: { seconds: 30 * DAY, step: 6 * HOUR },
} as const;

export type RangeName = keyof typeof RANGES;

/** One line of a chart. */
export interface Line {
  label: Key;
  /** By time; null where nothing was measured. */
  values: (number | null)[];
  look: "main" | "bad" | "soft";
}

/** One chart. */
export interface Series {
  name: "requests" | "latency" | "signIns" | "processor" | "memory" | "store" | "connections";
  unit: "count" | "milliseconds" | "share" | "bytes";
  lines: Line[];
}

/** The charts of some samples. */
export function seriesOf(samples: MetricSample[]): Series[] {
  const line = (label: Key, key: keyof MetricSample, look: Line["look"] = "main"): Line => ({
    label,
    look,
    values: samples.map((sample) => sample[key] as number | null),
  });
  return [
    {
      name: "requests",
      unit: "count",
      lines: [
        line("measures.all", "requests"),
        line("measures.clientErrors", "clientErrors", "soft"),
        line("measures.serverErrors", "serverErrors", "bad"),
      ],
    },
    {
      name: "latency",
      unit: "milliseconds",
      lines: [line("measures.p50", "p50"), line("measures.p95", "p95", "soft")],
    },
    {
      name: "signIns",
      unit: "count",
      lines: [
        line("measures.good", "signIns"),
        line("measures.failed", "failedSignIns", "bad"),
      ],
    },
    { name: "processor", unit: "share", lines: [line("measures.used", "processorShare")] },
    { name: "memory", unit: "bytes", lines: [line("measures.used", "memoryBytes")] },
    { name: "store", unit: "bytes", lines: [line("measures.used", "storeBytes")] },
    {
      name: "connections",
      unit: "count",
      lines: [
        line("measures.open", "connections"),
        line("measures.realtime", "realtimeClients", "soft"),
      ],
    },
  ];
}

/** The points of a line in a box of 100 by 100, in as many parts as it is interrupted. */
export function partsOf(values: (number | null)[], most: number): string[] {
  const parts: string[][] = [[]];
  const width = Math.max(1, values.length - 1);
  for (const [at, value] of values.entries()) {
    if (value === null) parts.push([]);
    else {
      const x = (at / width) * 100;
      const y = 100 - (value / most) * 100;
      parts.at(-1)?.push(`${round(x)},${round(y)}`);
    }
  }
  // A point alone is drawn as a short line.
  return parts
    .filter((part) => part.length > 0)
    .map((part) => (part.length === 1 ? `${part[0]} ${part[0]}` : part.join(" ")));
}

const round = (value: number) => Math.round(value * 100) / 100;
