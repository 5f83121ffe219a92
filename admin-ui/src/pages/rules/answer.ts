/** Reads the server's answers to a trial: where a rule is wrong, and what its parts compared. */
import type { ComparedValue } from "@luge/client/admin";

const LONGEST_VALUE = 120;

/** A text around the character that is wrong. */
export interface Marked {
  before: string;
  /** Empty where the text ends too early. */
  wrong: string;
  after: string;
  /** 1-based, in characters. */
  position: number;
}

/** Where a rule is wrong by what the server said of it, if it named a place. */
export function markedBy(message: string, rule: string): Marked | undefined {
  const position = Number(/\(at character (\d+)\)\.?$/.exec(message)?.[1] ?? 0);
  // The server counts characters; those beyond the first 65,536 are two units of a text here.
  const characters = [...rule];
  if (position < 1 || position > characters.length + 1) return undefined;
  return {
    before: characters.slice(0, position - 1).join(""),
    wrong: characters[position - 1] ?? "",
    after: characters.slice(position).join(""),
    position,
  };
}

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
