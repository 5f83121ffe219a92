/** Finds the place in a filter or rule that the server named when it refused it. */
import type { CodeProblem } from "../code/kind.ts";
import { tokenAt } from "./tokens.ts";

/** A refusal with the word that the server named the place of, if it did. */
export function placed(message: string, text: string): CodeProblem {
  const position = Number(/\(at character (\d+)\)\.?$/.exec(message)?.[1] ?? 0);
  // The server counts characters; those beyond the first 65,536 are two units of a text here.
  const characters = [...text];
  if (position < 1 || position > characters.length + 1) return { message };
  const from = characters.slice(0, position - 1).join("").length;
  return { message, from, to: from < text.length ? tokenAt(text, from).to : from };
}
