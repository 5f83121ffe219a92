/** JSON as people type it. */
import { mistakeIn, type Expected } from "./mistake.ts";

/** What was read, or why nothing was. */
export type Read = { value: unknown; error?: never } | { value?: never; error: JsonError };

/** Why a text is no JSON, and where. */
export interface JsonError {
  expected: Expected;
  /** Characters before it. */
  offset: number;
  /** Counted from one. */
  line: number;
  column: number;
}

/** A value as it is shown for editing. */
export function writeJson(value: unknown, indent = 2): string {
  return value === undefined || value === null ? "" : JSON.stringify(value, null, indent);
}

/** Reads a text; an empty one is `null`, as the server has it. */
export function readJson(text: string): Read {
  if (text.trim() === "") return { value: null };
  try {
    return { value: JSON.parse(text) };
  } catch {
    const mistake = mistakeIn(text) ?? { offset: text.length, expected: "end" as const };
    const before = text.slice(0, mistake.offset).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    return { error: { ...mistake, line: before.length, column } };
  }
}
