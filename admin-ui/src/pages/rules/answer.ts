/** Reads the server's answers to a trial: what the parts of a rule compared, and what was seen. */
import type { Collection, ComparedValue } from "@luge/client/admin";

const LONGEST_VALUE = 120;

/** The values of one side of a comparison; empty where there was none. */
export function sideText(values: ComparedValue[]): string {
  return values.map(valueText).join(", ");
}

function valueText(value: ComparedValue): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** Types whose values tell records apart for people, the best first. */
const TELLING = ["text", "email", "url", "select", "number", "date"];

/** What a record is best known by beside its id: what is marked for that, or its first text. */
export function labelOf(record: Record<string, unknown>, { fields }: Pick<Collection, "fields">) {
  const own = fields.filter(({ name }) => {
    const value = record[name];
    return name !== "id" && (typeof value === "number" || (typeof value === "string" && value));
  });
  const telling = TELLING.flatMap((type) => own.filter((field) => field.type === type));
  const best = own.find(({ presentable }) => presentable) ?? telling[0];
  return best ? String(record[best.name]) : "";
}
