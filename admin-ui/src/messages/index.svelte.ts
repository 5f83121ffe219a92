/**
 * The message catalogue. Every text of the dashboard has a key; a language is a file beside
 * `en.ts` and a line in `languages`. What a language lacks is shown in English.
 */
import { en, type Catalogue, type Key } from "./en.ts";

/** Each language, in its own words, and how to load it. */
export const languages: Record<string, { name: string; load: () => Promise<Partial<Catalogue>> }> =
  {
    en: { name: "English", load: async () => en },
  };

const KEY = "luge.language";

class Language {
  code = $state("en");
  messages = $state.raw<Partial<Catalogue>>(en);

  async use(code: string): Promise<void> {
    const language = languages[code];
    if (language === undefined) return;
    this.messages = await language.load();
    this.code = code;
    document.documentElement.lang = code;
    localStorage.setItem(KEY, code);
  }
}

export const language = new Language();
void language.use(localStorage.getItem(KEY) ?? navigator.language.split("-")[0] ?? "en");

/** The English texts that are there so far. */
const english: Partial<Catalogue> = { ...en };

/** Takes the English texts of a page, which are loaded with it. */
export function learn(texts: Partial<Catalogue>): void {
  Object.assign(english, texts);
}

/** Is there such a text? */
export const isText = (key: string): key is Key => key in english;

/** A text, with `{name}` replaced by the value of that name. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = language.messages[key] ?? english[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : value;
  });
}

/** A text in the singular or plural: the catalogue has both, as `key.one` and `key.other`. */
export function count(key: PluralKey, amount: number): string {
  const form = new Intl.PluralRules(language.code).select(amount) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { count: amount });
}

type PluralKey = Key extends infer K ? (K extends `${infer Stem}.one` ? Stem : never) : never;

/** A number as the language writes it. */
export function number(value: number): string {
  return new Intl.NumberFormat(language.code, { maximumFractionDigits: 20 }).format(value);
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

/** A moment as the language writes it, in the person's own time zone. */
export function moment(value: Date): string {
  return new Intl.DateTimeFormat(language.code, {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(value);
}
