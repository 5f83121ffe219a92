/**
 * Cron expressions as the server reads them: in words, and when they are due next. Times of the
 * server are in UTC. What is not understood here is shown as it is written.
 */

/** The values of the five parts that hold; undefined where all do. */
interface Cron {
  minutes: number[] | undefined;
  hours: number[] | undefined;
  days: number[] | undefined;
  months: number[] | undefined;
  weekdays: number[] | undefined;
}

/** Ready-made expressions. */
const MACROS: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** The least and the most of each part. */
const BOUNDS = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 6]] as const;
/** So far ahead is looked: the 29th of February comes within eight years. */
const DAYS_AHEAD = 366 * 8;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What an expression says, for a sentence. */
export type Schedule =
  | { every: "minutes"; step: number }
  | { every: "hours"; step: number; minute: number }
  | { every: "day"; hour: number; minute: number }
  | { every: "week"; weekdays: number[]; hour: number; minute: number }
  | { every: "month"; days: number[]; hour: number; minute: number };

/** Reads an expression; undefined for what is none. */
function parse(expression: string): Cron | undefined {
  const parts = (MACROS[expression.trim()] ?? expression.trim()).split(/\s+/);
  if (parts.length !== 5) return undefined;
  const sets = parts.map((part, at) => valuesOf(part, BOUNDS[at]!));
  if (sets.includes("none")) return undefined;
  const [minutes, hours, days, months, weekdays] = sets as (number[] | undefined)[];
  return { minutes, hours, days, months, weekdays };
}

/** The values that a part names; undefined for all of them. */
function valuesOf(
  text: string,
  [least, most]: readonly [number, number],
): number[] | undefined | "none" {
  if (text === "*") return undefined;
  const found = new Set<number>();
  for (const piece of text.split(",")) {
    const shape = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(piece);
    if (shape === null) return "none";
    const [, from, to, by] = shape;
    const step = Number(by ?? 1);
    const first = from === undefined ? least : Number(from);
    const last = to !== undefined ? Number(to) : from === undefined || by ? most : first;
    if (first < least || last > most || first > last || step < 1) return "none";
    for (let value = first; value <= last; value += step) found.add(value);
  }
  return [...found].sort((one, other) => one - other);
}

/** When it is due next after a moment; undefined when never or not understood. */
export function nextRun(expression: string, after: Date): Date | undefined {
  const cron = parse(expression);
  if (cron === undefined) return undefined;
  const from = Math.floor(after.getTime() / MINUTE) * MINUTE + MINUTE;
  for (let day = Math.floor(from / DAY), last = day + DAYS_AHEAD; day <= last; day += 1) {
    if (!isDue(cron, new Date(day * DAY))) continue;
    const time = firstTime(cron, day * DAY, from);
    if (time !== undefined) return new Date(time);
  }
  return undefined;
}

const has = (values: number[] | undefined, value: number) => values?.includes(value) ?? true;

function isDue({ days, months, weekdays }: Cron, day: Date): boolean {
  return (
    has(months, day.getUTCMonth() + 1) &&
    has(days, day.getUTCDate()) &&
    has(weekdays, day.getUTCDay())
  );
}

function firstTime({ hours, minutes }: Cron, day: number, from: number): number | undefined {
  for (let minute = Math.max(0, (from - day) / MINUTE); minute < 24 * 60; minute += 1) {
    if (has(hours, Math.floor(minute / 60)) && has(minutes, minute % 60)) {
      return day + minute * MINUTE;
    }
  }
  return undefined;
}

/** What it says, if that is short; undefined for what is better read as it is written. */
export function scheduleOf(expression: string): Schedule | undefined {
  const cron = parse(expression);
  if (cron === undefined || cron.months !== undefined) return undefined;
  const { minutes, hours, days, weekdays } = cron;
  if (days === undefined && weekdays === undefined) {
    const often = frequent(minutes, hours);
    if (often) return often;
  }
  if (minutes?.length !== 1 || hours?.length !== 1) return undefined;
  const time = { hour: hours[0]!, minute: minutes[0]! };
  if (days === undefined && weekdays === undefined) return { every: "day", ...time };
  if (days === undefined && weekdays) return { every: "week", weekdays, ...time };
  return days && weekdays === undefined ? { every: "month", days, ...time } : undefined;
}

function frequent(minutes?: number[], hours?: number[]): Schedule | undefined {
  const step = minutes === undefined ? 1 : stepOf(minutes, 60);
  if (hours === undefined && step !== undefined && step < 60) return { every: "minutes", step };
  if (minutes?.length !== 1) return undefined;
  const between = hours === undefined ? 1 : stepOf(hours, 24);
  if (between === undefined || between === 24) return undefined;
  return { every: "hours", step: between, minute: minutes[0]! };
}

/** The distance of values that go evenly round a whole; undefined for others. */
function stepOf(values: number[], whole: number): number | undefined {
  const step = whole / values.length;
  return values.every((value, at) => value === at * step) ? step : undefined;
}
