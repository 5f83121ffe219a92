/**
 * Moments as the server keeps them (`2026-01-31 12:00:00.000Z`) and as clocks of a time zone show
 * them (`2026-01-31T13:00:00`, as a control for date and time has them).
 */

/** The zone of the server's own dates. */
export const UTC = "UTC";

/** The zone of whoever sits here. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every zone that the browser knows. */
export const allZones = (): string[] => [UTC, ...Intl.supportedValuesOf("timeZone")];

const MINUTE_MS = 60_000;

/** What the server sent, or undefined where it is no date. */
export function momentOf(stored: unknown): Date | undefined {
  if (typeof stored !== "string" || stored === "") return undefined;
  const date = new Date(stored.replace(" ", "T"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A moment as the server writes it. */
export const storedOf = (moment: Date): string => moment.toISOString().replace("T", " ");

/** What a clock of the zone shows at a moment; thousandths only where there are some. */
export function wallOf(moment: Date, zone: string): string {
  const shown = new Date(moment.getTime() + offsetOf(moment, zone)).toISOString();
  return shown.replace(/(\.000)?Z$/, "");
}

/**
 * The moment at which a clock of the zone shows something; undefined where that is no time. Of an
 * hour that comes twice it is the first, of one that is left out the moment as much later.
 */
export function momentAt(wall: string, zone: string): Date | undefined {
  const asUtc = new Date(`${wall}Z`);
  if (wall === "" || Number.isNaN(asUtc.getTime())) return undefined;
  const before = offsetOf(new Date(asUtc.getTime() - 24 * 60 * MINUTE_MS), zone);
  const first = new Date(asUtc.getTime() - before);
  if (offsetOf(first, zone) === before) return first;
  const after = offsetOf(first, zone);
  const second = new Date(asUtc.getTime() - after);
  return offsetOf(second, zone) === after ? second : first;
}

/** How far the zone is ahead of UTC then, in milliseconds. */
export function offsetOf(moment: Date, zone: string): number {
  if (zone === UTC) return 0;
  const parts = clockOf(zone).formatToParts(moment);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const isBefore = parts.some(({ type, value }) => type === "era" && value.startsWith("B"));
  const shown = new Date(0);
  shown.setUTCFullYear(isBefore ? 1 - part("year") : part("year"), part("month") - 1, part("day"));
  shown.setUTCHours(part("hour"), part("minute"), part("second"));
  const whole = Math.floor(moment.getTime() / 1000) * 1000;
  return shown.getTime() - whole;
}

/** Making one is slow, and there are few. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks.set(zone, made);
  return made;
}

/** The offset as people write it: `UTC+2`, `UTC−3:30`. */
export function offsetName(moment: Date, zone: string): string {
  const minutes = Math.round(offsetOf(moment, zone) / MINUTE_MS);
  if (minutes === 0) return "UTC";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const tail = rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${tail}`;
}
