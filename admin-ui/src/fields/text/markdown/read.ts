/**
 * Markdown as its parts, to be drawn one by one: none of it ever becomes HTML, and HTML in it is
 * shown as it is written. Loaded when a text is first seen so.
 */
import { Lexer, type Token } from "marked";
import { unescaped } from "../../editor/text.ts";

export type { Token };

/** What is longer is shown up to here, so that typing stays quick. */
export const MOST_CHARACTERS = 100_000;
/** What lies deeper is shown as it is written. */
export const MOST_DEPTH = 16;
/** Addresses that a link may have; any other is shown as its text alone. */
const LINK = /^(?:https?:\/\/|mailto:|tel:)/i;

/** The parts of a text; undefined where it cannot be read: it is nested too deeply. */
export function read(text: string): Token[] | undefined {
  try {
    return new Lexer({ gfm: true }).lex(text.slice(0, MOST_CHARACTERS));
  } catch {
    return undefined;
  }
}

/** The words of a part that has none inside it. */
export function wordsOf(token: Token): string {
  const text = "text" in token ? String(token.text) : token.raw;
  return token.type === "text" ? unescaped(text) : text;
}

/** Where a link leads; undefined where it must not lead anywhere. */
export function addressOf(href: string): string | undefined {
  return LINK.test(href) ? href : undefined;
}
