/** Cron expressions in words, and when they are due. */
import { expect, test, vi } from "vitest";
import { nextRun, scheduleOf } from "../src/pages/settings/cron.ts";

// The catalogue asks the browser for the language.
vi.stubGlobal("localStorage", { getItem: () => "en", setItem: () => undefined });
vi.stubGlobal("document", { documentElement: {} });
const { inWords } = await import("../src/pages/settings/schedule.ts");

const at = (text: string) => new Date(`${text}Z`);

test.each([
  ["0 3 * * *", "2026-01-01T02:59", "2026-01-01T03:00"],
  ["0 3 * * *", "2026-01-01T03:00", "2026-01-02T03:00"],
  ["*/15 * * * *", "2026-01-01T00:16:30", "2026-01-01T00:30"],
  ["0 */6 * * *", "2026-01-01T19:00", "2026-01-02T00:00"],
  ["30 8 * * 1-5", "2026-01-02T09:00", "2026-01-05T08:30"],
  ["0 0 31 * *", "2026-04-01T00:00", "2026-05-31T00:00"],
  ["0 0 29 2 *", "2026-01-01T00:00", "2028-02-29T00:00"],
  ["5,10 1 * * *", "2026-01-01T01:05", "2026-01-01T01:10"],
  ["@hourly", "2026-01-01T23:30", "2026-01-02T00:00"],
])("%s after %s is due at %s", (expression, after, expected) => {
  expect(nextRun(expression, at(after))).toEqual(at(expected));
});

test.each(["", "0 3 * *", "61 * * * *", "0 0 0 * *", "a * * * *", "5-1 * * * *", "*/0 * * * *"])(
  "%j is not understood, and so never due",
  (expression) => {
    expect(nextRun(expression, at("2026-01-01T00:00"))).toBeUndefined();
    expect(scheduleOf(expression)).toBeUndefined();
  },
);

test("what is never due is never due", () => {
  expect(nextRun("0 0 30 2 *", at("2026-01-01T00:00"))).toBeUndefined();
});

test.each([
  ["0 3 * * *", "Daily at 03:00 UTC"],
  ["* * * * *", "Every minute"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["0 * * * *", "Every hour at minute 00"],
  ["0 */6 * * *", "Every 6 hours at minute 00 (UTC)"],
  ["30 8 * * 1,5", "Every Monday and Friday at 08:30 UTC"],
  ["@monthly", "On day 1 of every month at 00:00 UTC"],
  ["0 3 1 1 *", "At the times (UTC) of 0 3 1 1 *"],
  ["1,7 3 * * *", "At the times (UTC) of 1,7 3 * * *"],
])("%s: %s", (expression, words) => expect(inWords(expression)).toBe(words));
