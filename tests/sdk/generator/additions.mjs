// Random reads of what only Luge answers: groups of records, and previews of changes by filter.

import { randomFilter } from "./filters.mjs";
import { distance, pathOperand, walk } from "./paths.mjs";

const FUNCTIONS = ["sum", "avg", "min", "max"];
const CUTS = [":year", ":month", ":day", ":hour"];

/** Records counted and summed up by the values of some paths. */
export function aggregate(random, scope) {
  const groups = random.chance(80)
    ? random.several(random.between(1, 2), () => column(random, scope)) : [];
  const figures = random.sample(FUNCTIONS, random.between(0, 2))
    .map((name) => [name, column(random, scope)]);
  const columns = ["count", ...groups, ...figures.map(([name, path]) => `${name}.${path}`)];
  const operator = random.pick([">", "<=", "=", "!=", "~"]);
  const value = random.pick(["0", "2", "5", "''", "null", "'a'"]);
  return {
    kind: "aggregate",
    filter: random.chance(60) ? randomFilter(random, scope) : undefined,
    expand: [],
    fields: [],
    paging: {
      count: "",
      ...(groups.length && { group: groups.join() }),
      ...Object.fromEntries(figures),
      ...(random.chance(30) && { having: `${random.pick(columns)} ${operator} ${value}` }),
      ...(random.chance(40) && { sort: random.pick(["", "-"]) + random.pick(columns) }),
      ...(random.chance(20) && { page: random.between(1, 2), perPage: random.pick([1, 5]) }),
    },
  };
}

/** How many records a change by filter would touch. */
export function preview(random, scope) {
  const filter = randomFilter(random, scope);
  const body = random.chance(50) ? { title: "changed" } : undefined;
  return { kind: "preview", filter, body, expand: [], fields: [], paging: { preview: "1" } };
}

function column(random, scope) {
  const { world, collection, showHidden } = scope;
  const path = walk(random, scope, collection, Math.min(2, distance(random)));
  const { text, type } = pathOperand(random, world, path, { showHidden });
  return type === "date" && random.chance(50) ? text + random.pick(CUTS) : text;
}
