/** Snippets of hits: HTML of which only the marks mean anything, as pieces of text. */

/** A piece of a snippet. */
export interface Piece {
  text: string;
  marked: boolean;
}

const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#34;": '"',
  "&#39;": "'",
  "&#x27;": "'",
};

/** The pieces of a snippet, with what was escaped as it was written. */
export function piecesOf(html: string): Piece[] {
  return html
    .split(/<mark>|<\/mark>/)
    .map((text, at) => ({ text: plain(text), marked: at % 2 === 1 }))
    .filter(({ text }) => text !== "");
}

function plain(text: string): string {
  return text.replace(/&(?:lt|gt|amp|quot|#34|#39|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
}
