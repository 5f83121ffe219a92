/**
 * Turns what stands in a file into values of fields. Nothing is guessed: what cannot be read in
 * the way that was chosen is told.
 */
import type { Field } from "@luge/client/admin";
import type { Trouble } from "./trouble.ts";

export const NUMBER_FORMS = ["1234.5", "1234,5", "1,234.5", "1.234,5"] as const;
export type NumberForm = (typeof NUMBER_FORMS)[number];

export const DATE_FORMS = ["iso", "dmy", "mdy", "seconds", "milliseconds"] as const;
export type DateForm = (typeof DATE_FORMS)[number];

/** How values are written in the file. */
export interface Forms {
  numbers: NumberForm;
  dates: DateForm;
  /** Between several values in one cell. */
  separator: string;
}

/** A value, or what is wrong. */
export type Converted = { value: unknown } | { trouble: Trouble };

const wrong = (name: string, values: Trouble["values"] = {}): Converted => ({
  trouble: { key: `import.trouble.${name}` as Trouble["key"], values },
});

/** Is there nothing in it? */
export const isEmpty = (cell: unknown) =>
  cell === null || cell === undefined || (typeof cell === "string" && cell.trim() === "");

/** As it is shown to people. */
export function shown(cell: unknown): string {
  const text = typeof cell === "string" ? cell : (JSON.stringify(cell) ?? "");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The value of a field for what is not empty. */
export function convert(cell: unknown, field: Field, forms: Forms): Converted {
  switch (field.type) {
    case "number":
      return numberOf(cell, field, forms.numbers);
    case "bool":
      return boolOf(cell);
    case "date":
      return dateOf(cell, forms.dates);
    case "select":
      return selected(cell, field, forms.separator);
    case "relation":
      return references(cell, field, forms.separator);
    case "json":
      return jsonOf(cell);
    case "geoPoint":
      return pointOf(cell);
    default:
      return textOf(cell, field);
  }
}

function textOf(cell: unknown, { type, min, max }: Field): Converted {
  if (typeof cell === "object") return wrong("notText", { value: shown(cell) });
  const text = String(cell);
  if (type === "email" && !/^[^@\s]+@[^@\s]+$/.test(text.trim())) {
    return wrong("email", { value: shown(cell) });
  }
  if (type === "url" && !URL.canParse(text.trim())) return wrong("url", { value: shown(cell) });
  if (type === "email" || type === "url") return { value: text.trim() };
  const { length } = [...text];
  if (type === "text" && Number(max) > 0 && length > Number(max)) {
    return wrong("tooLong", { length, max: Number(max) });
  }
  if (type === "text" && length < Number(min ?? 0)) {
    return wrong("tooShort", { length, min: Number(min) });
  }
  return { value: text };
}

const NUMBERS: Record<NumberForm, { shape: RegExp; groups: RegExp; comma: boolean }> = {
  "1234.5": { shape: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, groups: /(?!)/, comma: false },
  "1234,5": { shape: /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i, groups: /(?!)/, comma: true },
  "1,234.5": { shape: /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/, groups: /,/g, comma: false },
  "1.234,5": { shape: /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/, groups: /\./g, comma: true },
};

/** A number as it is written in a form; undefined for what is none. */
export function readNumber(cell: unknown, form: NumberForm): number | undefined {
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string") return undefined;
  const { shape, groups, comma } = NUMBERS[form];
  const text = cell.replace(/[\s\u00a0\u202f]/g, "");
  if (!shape.test(text)) return undefined;
  const plain = text.replace(groups, "");
  const number = Number(comma ? plain.replace(",", ".") : plain);
  return Number.isFinite(number) ? number : undefined;
}

function numberOf(cell: unknown, { min, max, onlyInt }: Field, form: NumberForm): Converted {
  const value = readNumber(cell, form);
  if (value === undefined) return wrong("number", { value: shown(cell), form });
  if (onlyInt && !Number.isInteger(value)) return wrong("whole", { value: shown(cell) });
  if (typeof min === "number" && value < min) return wrong("tooSmall", { value, min });
  if (typeof max === "number" && value > max) return wrong("tooLarge", { value, max });
  return { value };
}

const YES = ["true", "yes", "y", "t", "1", "on"];
const NO = ["false", "no", "n", "f", "0", "off"];

function boolOf(cell: unknown): Converted {
  const text = String(cell).trim().toLowerCase();
  if (YES.includes(text)) return { value: true };
  return NO.includes(text) ? { value: false } : wrong("bool", { value: shown(cell) });
}

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const TIME = String.raw`(?:[T ]+${CLOCK}\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})${TIME}$`, "i");
const OTHER = new RegExp(String.raw`^(\d{1,2})[./-](\d{1,2})[./-](\d{4})${TIME}$`, "i");

function dateOf(cell: unknown, form: DateForm): Converted {
  const moment = readDate(cell, form);
  if (moment === undefined) return wrong("date", { value: shown(cell), form });
  return { value: new Date(moment).toISOString().replace("T", " ") };
}

/** A moment in milliseconds; undefined for what is none in this form. */
export function readDate(cell: unknown, form: DateForm): number | undefined {
  if (form === "seconds" || form === "milliseconds") {
    const amount = readNumber(cell, "1234.5");
    const moment = amount === undefined ? Number.NaN : amount * (form === "seconds" ? 1000 : 1);
    return Math.abs(moment) <= 8.64e15 ? moment : undefined;
  }
  const found = (form === "iso" ? ISO : OTHER).exec(String(cell).trim());
  if (found === null) return undefined;
  const [, one, two, three, ...time] = found;
  const order = form === "iso" ? [one, two, three] : [three, two, one];
  if (form === "mdy") [order[1], order[2]] = [one, two];
  return momentOf(order.map(Number), time);
}

function momentOf([year, month, day]: number[], time: (string | undefined)[]): number | undefined {
  const [hours = "0", minutes = "0", seconds = "0", part = "0", zone = "Z"] = time;
  const milliseconds = Math.floor(Number(`0.${part}`) * 1000);
  const clock = [Number(hours), Number(minutes), Number(seconds), milliseconds] as const;
  const moment = Date.UTC(year!, month! - 1, day, ...clock);
  const read = new Date(moment);
  // The 31st of February would become the 3rd of March.
  const same =
    read.getUTCFullYear() === year &&
    read.getUTCMonth() === month! - 1 &&
    read.getUTCDate() === day &&
    read.getUTCHours() === clock[0] &&
    read.getUTCMinutes() === clock[1];
  return same && clock[2] < 60 ? moment - zoneOf(zone) : undefined;
}

function zoneOf(zone: string): number {
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (found === null) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === "-" ? -minutes : minutes) * 60_000;
}

/** Several values of one cell. */
export function several(cell: unknown, separator: string): string[] {
  const parts = Array.isArray(cell) ? cell.map(String) : String(cell).split(separator);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

const isMultiple = ({ maxSelect }: Field) => Number(maxSelect ?? 1) > 1;

/** The values of a field that may have several: of one that may not, the whole cell. */
export function valuesOf(cell: unknown, field: Field, separator: string): string[] {
  return isMultiple(field) || Array.isArray(cell)
    ? several(cell, separator)
    : [String(cell).trim()];
}

/** One value or all of them, as the field has it. */
export function gathered(values: string[], field: Field): Converted {
  const most = Math.max(Number(field.maxSelect ?? 1), 1);
  if (values.length > most) return wrong("tooMany", { count: values.length, max: most });
  return { value: isMultiple(field) ? values : (values[0] ?? "") };
}

function selected(cell: unknown, field: Field, separator: string): Converted {
  const known = Array.isArray(field.values) ? field.values.map(String) : [];
  const values = valuesOf(cell, field, separator);
  const unknown = values.find((value) => !known.includes(value));
  if (unknown === undefined) return gathered(values, field);
  return wrong("select", { value: shown(unknown), values: shown(known.join(", ")) });
}

function references(cell: unknown, field: Field, separator: string): Converted {
  const ids = valuesOf(cell, field, separator);
  const odd = ids.find((id) => /[\s/]/.test(id));
  return odd === undefined ? gathered(ids, field) : wrong("id", { value: shown(odd) });
}

function jsonOf(cell: unknown): Converted {
  if (typeof cell !== "string") return { value: cell };
  try {
    return { value: JSON.parse(cell) as unknown };
  } catch {
    return wrong("json", { value: shown(cell) });
  }
}

function pointOf(cell: unknown): Converted {
  if (typeof cell === "object" && cell !== null && !Array.isArray(cell)) {
    const { lon, lat } = cell as { lon?: unknown; lat?: unknown };
    return point(lon, lat, "1234.5");
  }
  const parts = Array.isArray(cell) ? cell : String(cell).split(/[,;]/);
  if (parts.length !== 2) return wrong("point", { value: shown(cell) });
  return point(parts[0], parts[1], "1234.5");
}

/** A point of two numbers. */
export function point(lon: unknown, lat: unknown, form: NumberForm): Converted {
  const [east, north] = [readNumber(lon, form), readNumber(lat, form)];
  if (east === undefined || north === undefined) {
    return wrong("point", { value: `${shown(lon)}, ${shown(lat)}` });
  }
  if (Math.abs(east) > 180) return wrong("lon", { value: east });
  if (Math.abs(north) > 90) return wrong("lat", { value: north });
  return { value: { lon: east, lat: north } };
}
