/** What a save changes, in words. */
import type { Key } from "../../messages/en.ts";
import { duration, hasText, number, t } from "../../messages/index.svelte.ts";
import type { Option } from "./parts.ts";

/** An option that is changed. */
export interface Change {
  label: string;
  before: string;
  after: string;
}

/** What an option is called. */
export const labelOf = (path: string): string => t(`way.${path}` as Key);

/** What it does, where that needs to be said. */
export function helpOf(path: string): string | undefined {
  const key = `wayHelp.${path}`;
  return hasText(key) ? t(key) : undefined;
}

/** A value as people read it. */
export function worded({ kind }: Option, value: unknown): string {
  if (kind === "toggle") return t(value === true ? "ways.on" : "ways.off");
  if (kind === "duration") return duration(Number(value));
  if (typeof value === "number") return number(value);
  const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
  if (typeof kind === "object" && "choice" in kind) {
    const chosen = kind.choice.find(([each]) => each === text);
    return chosen ? t(chosen[1]) : text;
  }
  return text === "" ? t("ways.nothing") : text;
}

/** One change. */
export const changeOf = (option: Option, before: unknown, after: unknown): Change => ({
  label: labelOf(option.path),
  before: worded(option, before),
  after: worded(option, after),
});
