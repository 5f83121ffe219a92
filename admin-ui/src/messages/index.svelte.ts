/**
 * The message catalogue. Every text of the dashboard has a key; a language is a file beside
 * `en.ts` and a line in `languages`. What a language lacks is shown in English. None is part of
 * what every page loads first: `language.ready` tells when texts can be shown.
 */
import type { Catalogue, Key } from "./en.ts";

/** One language. */
export interface Language {
  /** In its own words. */
  name: string;
  /** How it is written. */
  dir: "ltr" | "rtl";
  load: () => Promise<Partial<Catalogue>>;
}

/** Each language by its code. */
export const languages: Record<string, Language> = {
  en: { name: "English", dir: "ltr", load: async () => (await import("./en.ts")).en },
  de: { name: "Deutsch", dir: "ltr", load: async () => (await import("./de.ts")).de },
  es: { name: "Español", dir: "ltr", load: async () => (await import("./es.ts")).es },
  zh: { name: "中文", dir: "ltr", load: async () => (await import("./zh.ts")).zh },
};

const KEY = "luge.language";
const FALLBACK = "en";

class Chosen {
  code = $state(FALLBACK);
  messages = $state.raw<Partial<Catalogue>>({});
  /** English, for what the language lacks. */
  fallback = $state.raw<Partial<Catalogue>>({});
  /** The chosen language is there, or at least English. */
  readonly ready = this.start();

  /** Shows everything in another language, and remembers it. */
  async use(code: string): Promise<void> {
    await this.load(code);
    localStorage.setItem(KEY, code);
  }

  private async start(): Promise<void> {
    const english = languages[FALLBACK]?.load() ?? {};
    const code = preferred(localStorage.getItem(KEY), globalThis.navigator?.languages ?? []);
    const chosen = code === FALLBACK ? undefined : this.load(code).catch(() => undefined);
    [this.fallback] = await Promise.all([english, chosen]);
  }

  private async load(code: string): Promise<void> {
    const language = languages[code];
    if (language === undefined) return;
    this.messages = await language.load();
    this.code = code;
    document.documentElement.lang = code;
    document.documentElement.dir = language.dir;
  }
}

/** The language that was chosen, else the first that the browser asks for and that there is. */
export function preferred(chosen: string | null, wanted: readonly string[]): string {
  const codes = [chosen ?? "", ...wanted.map((each) => each.split("-")[0] ?? "")];
  return codes.find((code) => Object.hasOwn(languages, code)) ?? FALLBACK;
}

export const language = new Chosen();

/** A text, with `{name}` replaced by the value of that name. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = language.messages[key] ?? language.fallback[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : value;
  });
}

/** Is there a text of this name? Some things have a text to help, others need none. */
export function hasText(key: string): key is Key {
  return key in language.fallback;
}

/** A text in the singular or plural: the catalogue has both, as `key.one` and `key.other`. */
export function count(
  key: PluralKey,
  amount: number,
  values: Record<string, string> = {},
): string {
  const form = new Intl.PluralRules(language.code).select(amount) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { ...values, count: amount });
}

type PluralKey = Key extends infer K ? (K extends `${infer Stem}.one` ? Stem : never) : never;

/** A number as the language writes it. */
export function number(value: number): string {
  return formats(language.code).number.format(value);
}

/** A size as people read it, in powers of 1024. */
export function bytes(size: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const power = Math.min(Math.floor(Math.log2(Math.max(size, 1)) / 10), units.length - 1);
  return new Intl.NumberFormat(language.code, {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  }).format(size / 1024 ** power);
}

/** A time as people say it: `1 hour, 30 minutes`. */
export function duration(seconds: number): string {
  let left = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]] as const) {
    if (left >= size) parts.push(measured(Math.floor(left / size), unit));
    left %= size;
  }
  if (left > 0 || parts.length === 0) parts.push(measured(left, "second"));
  return new Intl.ListFormat(language.code, { style: "narrow", type: "unit" }).format(parts);
}

/** So many of a unit. */
function measured(value: number, unit: "day" | "hour" | "minute" | "second"): string {
  const options = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(language.code, options).format(value);
}

/** Words one after the other: `one, two, and three`. */
export function listed(words: string[]): string {
  return new Intl.ListFormat(language.code).format(words);
}

/** A moment as the language writes it, in the person's own time zone. See `parts/Moment`. */
export function moment(value: Date): string {
  return formats(language.code).moment.format(value);
}

/** A moment of late, to the second. */
export function instant(value: Date): string {
  return formats(language.code).instant.format(value);
}

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** How long ago a moment was, as the language says it: "3 hours ago". */
export function ago(value: Date, now = Date.now()): string {
  const seconds = (value.getTime() - now) / 1000;
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  const format = new Intl.RelativeTimeFormat(language.code, { numeric: "auto" });
  return format.format(Math.trunc(seconds / size), unit);
}

interface Formats {
  number: Intl.NumberFormat;
  moment: Intl.DateTimeFormat;
  instant: Intl.DateTimeFormat;
}
const made = new Map<string, Formats>();

/** Making a format costs more than writing a thousand values in it. */
function formats(code: string): Formats {
  const known = made.get(code);
  if (known !== undefined) return known;
  const formats = {
    number: new Intl.NumberFormat(code, { maximumFractionDigits: 20 }),
    moment: new Intl.DateTimeFormat(code, { dateStyle: "medium", timeStyle: "short" }),
    instant: new Intl.DateTimeFormat(code, {
      month: "short",
      day: "numeric",
      hour: "numeric",
      minute: "2-digit",
      second: "2-digit",
    }),
  };
  made.set(code, formats);
  return formats;
}
