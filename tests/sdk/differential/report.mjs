// What a run showed, to be read: how meaningful it was, and every cause of a difference once.

const SHOWN = 12;

/** The whole report. */
export function report({ pairs, differences, explained, histogram }, seed) {
  const causes = new Map();
  for (const difference of differences) {
    const cause = causeOf(difference);
    causes.set(cause, [...(causes.get(cause) ?? []), difference]);
  }
  const largest = [...causes].sort(([, a], [, b]) => b.length - a.length);
  return [
    `seed ${seed}: ${pairs} pairs, ${differences.length} differences that nothing explains`,
    String(histogram),
    ...[...explained].map(([entry, count]) => `  meant ${String(count).padStart(5)}  ${entry}`),
    ...largest.slice(0, SHOWN).map(([cause, all]) =>
      `\n--- ${all.length} x ${cause}\n${example(smallest(all))}`),
    ...(largest.length > SHOWN ? [`\n… and ${largest.length - SHOWN} causes more`] : []),
  ].join("\n");
}

/** Differences of one cause look alike: what was asked, the statuses, the shape of the filter. */
export function causeOf({ kind, action, node, ours, theirs }) {
  const status = (answer) => (typeof answer === "string" ? answer.slice(0, 3) : "200");
  const shape = node?.compare ? shapeOf(node) : node ? "several comparisons" : "no filter";
  return [kind, action ?? "", `${status(ours)}/${status(theirs)}`, shape].join(" ");
}

function shapeOf({ compare: [left, operator, right] }) {
  const side = ({ text, multi, crosses, call }) => {
    if (call) return text.split("(")[0];
    const start = /^@(request\.\w+|collection)/.exec(text)?.[0] ?? "";
    const steps = "rel.".repeat(crosses?.length ?? 0);
    const modifier = /:\w+$/.exec(text)?.[0] ?? "";
    const isField = /^[a-z@]/i.test(text) && !/^(true|false|null)$/i.test(text);
    return `${start || (isField ? "" : "literal")}${steps}${multi ? "multi" : ""}${modifier}`;
  };
  return `${side(left)} ${operator} ${side(right)}`;
}

function smallest(differences) {
  const size = ({ request, rule }) => JSON.stringify(request).length + String(rule).length;
  return differences.reduce((least, next) => (size(next) < size(least) ? next : least));
}

/** One difference, to be read. */
export function example({ seed, world, persona, request, action, rule, ours, theirs, schema }) {
  const who = persona?.id ? `${persona.collection}/${persona.id}` : persona;
  const { method, path, body, headers } = request;
  return [
    `seed ${seed}, world ${world}, as ${who}`,
    `  ${method ?? ""} ${path ? decodeURIComponent(path.replaceAll("+", " ")) : ""}`,
    ...(body === undefined ? [] : [`  body ${JSON.stringify(body)}`]),
    ...(headers?.["X-Mode"] ? [`  X-Mode: ${headers["X-Mode"]}`] : []),
    ...(rule === undefined ? [] : [`  ${action}: ${rule}`]),
    `  ours   ${JSON.stringify(ours)}`,
    `  theirs ${JSON.stringify(theirs)}`,
    ...schema.map((collection) => `    ${collection}`),
  ].join("\n");
}
