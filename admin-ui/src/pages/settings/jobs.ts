/** Jobs of the server, in words. */
import type { Job } from "@luge/client/admin";
import { hasText, moment, number, t } from "../../messages/index.svelte.ts";

/** What a job is called; the names of those by schedule are the server's own, in underscores. */
export function nameOf(id: string): string {
  const text = `jobs.${id}`;
  if (hasText(text)) return t(text);
  return id.replace(/^__pb|__$/g, "").replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3 $2$4");
}

/** How it went last; why not is told apart. */
export function lastOf({ running, last }: Job): string {
  if (running !== "") return t("jobs.running", { moment: moment(new Date(running)) });
  if (last === null) return t("jobs.neverRan");
  const seconds = number(Math.max(1, Math.round(last.milliseconds / 10)) / 100);
  const told = t("jobs.ran", { moment: moment(new Date(last.began)), seconds });
  return last.done ? `${told}, ${t("jobs.done")}` : told;
}

/** When it runs next; what never does so is said. */
export function nextOf({ next }: Job): string {
  return next === "" ? t("jobs.never") : t("jobs.next", { moment: moment(new Date(next)) });
}

/** Has the job that was asked for come to an end since then? */
export function hasRun(before: Job | undefined, after: Job | undefined): boolean {
  return after?.running === "" && after.last !== null && after.last.began !== before?.last?.began;
}
