/**
 * The text of HTML, for places that show no more than that. It is never parsed as a page, not even
 * one that is not shown: a browser reports what its policy keeps from running there.
 */

const TAG = /<!--[^]*?-->|<(script|style)\b[^]*?<\/\1\s*>|<\/?[a-z][^>]*(?:>|$)|<![^>]*(?:>|$)/gi;
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos|nbsp));?/gi;
const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};
/** What stands within a word rather than between two. */
const INLINE = /^<\/?(?:a|b|i|u|s|em|strong|span|code|mark|sub|sup)\b/i;
const LAST_CODE_POINT = 0x10ffff;

/** Its words, with one space where anything stood between them. */
export function textOf(html: string): string {
  const words = html.replaceAll(TAG, (tag) => (INLINE.test(tag) ? "" : " "));
  return unescaped(words).replaceAll(/\s+/g, " ").trim();
}

/** A text in which some characters are written as HTML writes them. */
export function unescaped(text: string): string {
  return text.replaceAll(ENTITY, decoded);
}

function decoded(whole: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole;
}
