/** Schedules in words. */
import { count, language, listed, t } from "../../messages/index.svelte.ts";
import { scheduleOf } from "./cron.ts";

/** What a cron expression says; itself where words would not be shorter. */
export function inWords(expression: string): string {
  const schedule = scheduleOf(expression);
  switch (schedule?.every) {
    case "minutes":
      return count("cron.minutes", schedule.step);
    case "hours":
      return count("cron.hours", schedule.step).replace("{minute}", () => two(schedule.minute));
    case "day":
      return t("cron.daily", { time: timeOf(schedule) });
    case "week": {
      const days = listed(schedule.weekdays.map(weekday));
      return t("cron.weekly", { days, time: timeOf(schedule) });
    }
    case "month": {
      const days = listed(schedule.days.map(String));
      return t("cron.monthly", { days, time: timeOf(schedule) });
    }
    default:
      return t("cron.other", { expression });
  }
}

const two = (value: number) => String(value).padStart(2, "0");
const timeOf = ({ hour, minute }: { hour: number; minute: number }) =>
  `${two(hour)}:${two(minute)}`;

/** The name of a day of the week, Sunday being 0. */
function weekday(day: number): string {
  // The first of February 1970 was a Sunday.
  const date = new Date(Date.UTC(1970, 1, 1 + day));
  const form = { weekday: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language.code, form).format(date);
}
