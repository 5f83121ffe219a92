// A filter as a tree: it is printed, and made smaller when it shows a difference.
//
// A node is `{ compare: [left, operator, right] }` or `{ group: node }` or
// `{ chain: [node…], joins: ["&&" | "||"…] }`; an operand is `{ text, crosses, … }`.
// `{ raw: text }` is a filter of which nothing but its text is known.

/** A node as the text of a filter. */
export function print(node) {
  if (node.raw !== undefined) return node.raw;
  if (node.group) return `(${print(node.group)})`;
  if (node.chain) {
    return node.chain.map(print).reduce((all, part, at) => `${all} ${node.joins[at - 1]} ${part}`);
  }
  const [left, operator, right] = node.compare;
  const space = node.tight ? "" : " ";
  return `${left.text}${space}${operator}${space}${right.text}${node.comment ?? ""}`;
}

/** Every operand of a node. */
export function operands(node) {
  if (node.group) return operands(node.group);
  if (node.chain) return node.chain.flatMap(operands);
  return node.compare ? [node.compare[0], node.compare[2]] : [];
}

/** Every comparison of a node. */
export function comparisons(node) {
  if (node.group) return comparisons(node.group);
  if (node.chain) return node.chain.flatMap(comparisons);
  return node.compare ? [node] : [];
}

/** The nodes that are a little smaller than this one, the smallest first. */
export function smaller(node) {
  if (node.group) return [node.group, ...smaller(node.group).map((group) => ({ group }))];
  if (!node.chain) return [];
  const { chain, joins } = node;
  const without = chain.length < 3 ? [] : chain.map((_, at) => ({
    chain: chain.filter((_, place) => place !== at),
    joins: joins.filter((_, place) => place !== Math.max(0, at - 1)),
  }));
  const inside = chain.flatMap((part, at) => smaller(part).map((less) =>
    ({ chain: chain.with(at, less), joins })));
  return [...chain, ...without, ...inside];
}

/** Parts joined by random words. */
export function joined(random, parts, shareOfOr = 55) {
  if (parts.length === 1) return parts[0];
  const joins = parts.slice(1).map(() => (random.chance(shareOfOr) ? "||" : "&&"));
  return { chain: parts, joins };
}
