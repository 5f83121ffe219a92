/** Snippets of a search: HTML that is read as text, so that nothing in it can ever run. */

/** A piece of a snippet. */
export interface Piece {
  text: string;
  /** Is it what was searched? */
  found: boolean;
}

const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#34;": '"',
  "&#39;": "'",
  "&#x27;": "'",
  "&apos;": "'",
  "&amp;": "&",
};

/** The pieces of a snippet, in which only `<mark>` means anything. */
export function snippetOf(html: string): Piece[] {
  let found = false;
  const pieces: Piece[] = [];
  for (const part of html.split(/(<\/?mark>)/)) {
    if (part === "<mark>") found = true;
    else if (part === "</mark>") found = false;
    else if (part !== "") pieces.push({ text: plain(part), found });
  }
  return pieces;
}

function plain(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp|#34|#39|#x27);/g, (name) => ENTITIES[name] ?? name);
}
