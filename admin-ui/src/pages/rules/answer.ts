/** Reads the server's answers to a trial: what the parts of a rule compared, and what was seen. */
import type { ComparedValue } from "@luge/client/admin";

const LONGEST_VALUE = 120;

/** The values of one side of a comparison; empty where there was none. */
export function sideText(values: ComparedValue[]): string {
  return values.map(valueText).join(", ");
}

function valueText(value: ComparedValue): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** What a record is best known by beside its id: the first of its own texts. */
export function labelOf(record: Record<string, unknown>): string {
  const own = Object.entries(record).filter(
    ([name, value]) =>
      !["id", "collectionId", "collectionName"].includes(name) &&
      typeof value === "string" &&
      value !== "",
  );
  const [, value] = own[0] ?? [];
  return String(value ?? "");
}
