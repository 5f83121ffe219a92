/** Types of one collection, out of the file with those of all. */

/** The blocks of a file that are about a collection; empty where there are none. */
export function typesOf(file: string, collection: string): string {
  const blocks = file.split(/\n\n(?=\/\*\*|export )/);
  const own = blocks.filter((block) => about(block).includes(`\`${collection}\``));
  const named = new Set(own.flatMap((block) => block.match(/\b[A-Z]\w*\b/g) ?? []));
  const kept = blocks.filter((block) => {
    const alias = /^export type (\w+)/.exec(block)?.[1];
    return own.includes(block) || (alias !== undefined && named.has(alias));
  });
  return own.length === 0 ? "" : `${kept.join("\n\n").trim()}\n`;
}

/** The first sentence of what is written above a type. */
function about(block: string): string {
  return /^\/\*\*[^.]*\./.exec(block)?.[0] ?? "";
}
