/** What a plan means for a person: its changes, one a line, and what each loses. */
import type { CollectionPlan, FromTo } from "@luge/client/admin";

/** One change. */
export interface Line {
  kind:
    | "renamedCollection"
    | "renamed"
    | "added"
    | "dropped"
    | "changed"
    | "single"
    | "multiple"
    | "indexAdded"
    | "indexDropped"
    | "indexRenamed"
    | "indexChanged"
    | "option";
  /** What the line says of it. */
  values: Record<string, string>;
  /** The values of what changes. */
  change?: Partial<FromTo>;
  /** Does it take something away? */
  destructive: boolean;
}

/** All changes of a plan, in the order of its parts. */
export function linesOf(plan: CollectionPlan): Line[] {
  return [...namesOf(plan), ...fieldsOf(plan), ...indexesOf(plan), ...optionsOf(plan)];
}

function line(kind: Line["kind"], values: Record<string, string>, more: Partial<Line> = {}): Line {
  return { kind, values, destructive: false, ...more };
}

function namesOf({ name, fields }: CollectionPlan): Line[] {
  return [
    ...(name === null ? [] : [line("renamedCollection", { ...name })]),
    ...fields.renamed.map(({ from, to }) => line("renamed", { from, to })),
  ];
}

function fieldsOf({ fields }: CollectionPlan): Line[] {
  const dropped = fields.dropped.map(({ name, type }) =>
    line("dropped", { name, type }, { destructive: true }),
  );
  const changed = fields.changed.flatMap(({ name, options, values }) => [
    ...Object.entries(options)
      .filter(([option]) => option !== "name")
      .map(([option, change]) => line("changed", { name, option }, { change })),
    ...(values ? [line(values.to, { name }, { destructive: values.to === "single" })] : []),
  ]);
  return [
    ...dropped,
    ...fields.added.map(({ name, type }) => line("added", { name, type })),
    ...changed,
  ];
}

function indexesOf({ indexes }: CollectionPlan): Line[] {
  return [
    ...indexes.dropped.map((from) => line("indexDropped", {}, { change: { from } })),
    ...indexes.added.map((to) => line("indexAdded", {}, { change: { to } })),
    ...indexes.renamed.map((change) => line("indexRenamed", {}, { change })),
    ...indexes.changed.map((change) => line("indexChanged", {}, { change })),
  ];
}

/** What the server rewrites itself is told with the mentions, not twice. */
function optionsOf({ options, rewritten }: CollectionPlan): Line[] {
  const parts = Object.entries(options).flatMap(([name, change]) => partsOf(name, change));
  const isTold = ([name, { from, to }]: [string, FromTo]) =>
    rewritten.some((each) => {
      // A key that is renamed goes in one place and comes in another.
      const moved = [each.place, each.place.replace(/[^.]*$/, each.to)];
      const isPart = each.place.includes(".") && moved.includes(name);
      return isPart || (each.place === name && each.from === from && each.to === to);
    });
  return parts
    .filter((part) => !isTold(part))
    .map(([name, change]) => line("option", { name }, { change }));
}

/** What differs, each part by its path: of a large option only what changes is read. */
function partsOf(path: string, { from, to }: FromTo): [string, FromTo][] {
  if (!isTree(from) || !isTree(to)) return [[path, { from, to }]];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .flatMap((name) => partsOf(`${path}.${name}`, { from: from[name], to: to[name] }));
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Does it lose something that records hold, so that one has to be sure? */
export function losesRecords({ records, fields }: CollectionPlan): boolean {
  const uncounted = !records.complete && fields.dropped.length > 0 && records.total > 0;
  return records.lost.length > 0 || uncounted;
}

/** Where something is mentioned that is renamed or dropped, and what becomes of that. */
export interface Mention {
  collection: string;
  place: string;
  /** `rewritten` by the server, `breaks` unless someone changes it, or `maybe` meant. */
  state: "rewritten" | "breaks" | "maybe";
  text: string;
  /** What it will be. */
  becomes?: string;
}

/** Every place once. */
export function mentionsOf({ references, rewritten, indexes }: CollectionPlan): Mention[] {
  const found = new Map<string, Mention>();
  const touched = [...indexes.dropped, ...indexes.changed.map(({ from }) => from)];
  for (const { collection, place, certain, text } of references) {
    // What the edit itself removes or writes anew breaks nothing.
    if (place.startsWith("indexes.") && touched.includes(text)) continue;
    const state = certain ? "breaks" : "maybe";
    found.set(`${collection} ${place}`, { collection, place, state, text });
  }
  for (const { collection, place, from, to } of rewritten) {
    const mention: Mention = { collection, place, state: "rewritten", text: from, becomes: to };
    found.set(`${collection} ${place}`, mention);
  }
  return [...found.values()];
}

/** A value of a definition, as a line of text; undefined where nothing is set. */
export function shownValue(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The values of selects that are no values any more. */
export function valuesGone({ fields }: CollectionPlan): { field: string; value: string }[] {
  return fields.changed.flatMap(({ name, options: { values } }) => {
    if (!Array.isArray(values?.from) || !Array.isArray(values.to)) return [];
    const kept: unknown[] = values.to;
    const gone = values.from.filter((value) => !kept.includes(value));
    return gone.map((value) => ({ field: name, value: String(value) }));
  });
}
