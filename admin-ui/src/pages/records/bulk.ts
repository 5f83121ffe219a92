/**
 * Changing and deleting many records.
 *
 * One request changes so many records at once, all or none. More are done in steps, of which each
 * is all or none; what a step refuses is then tried record by record, so that each failure is told.
 */
import { eq, isLuge, or } from "@luge/client";
import { same } from "./edit.svelte.ts";
import type { Source } from "./source.ts";
import { listingOf, narrowed, type Listing, type Row } from "./view.ts";
import type { Selection } from "./selection.svelte.ts";
import type { Asked } from "./table.svelte.ts";

/** How many records one request can name. */
export const AT_ONCE = 200;
/** The status of what the server will not do. */
const REFUSED = 400;

/** A record that could not be changed, and why. */
export interface Failure {
  id: string;
  message: string;
}

/** What became of many records. */
export interface Outcome {
  /** Those that were changed, as they are now. */
  done: Row[];
  failures: Failure[];
  /** It was ended before all were tried. */
  ended: boolean;
}

/** How to go about it. */
export interface Conduct {
  signal: AbortSignal;
  /** How many have been tried so far. */
  onprogress: (done: number) => void;
}

/** The chosen records as they are now, with these fields. */
export async function readChosen(
  source: Source,
  asked: Asked,
  selection: Selection,
  fields: readonly string[],
  { signal, onprogress }: Conduct,
): Promise<Row[]> {
  const found: Row[] = [];
  if (!selection.all) {
    for (const ids of parts([...selection.picked.keys()])) {
      found.push(...(await readByIds(source, ids, fields, signal)));
      onprogress(found.length);
    }
    return found;
  }
  for await (const row of only(listingOf(source, asked), fields).all({ signal })) {
    if (selection.left.has(row.id)) continue;
    found.push(row);
    onprogress(found.length);
  }
  return found;
}

/** Sets fields of records. Up to `AT_ONCE` records it throws where one is refused. */
export async function setFields(
  source: Source,
  rows: readonly Row[],
  body: Record<string, unknown>,
  conduct: Conduct & { oneByOne?: boolean },
): Promise<Outcome> {
  const fields = Object.keys(body);
  return inSteps(rows, conduct, {
    together: (ids) => byIds(source, ids).updateAll(body),
    alone: (id) => narrowed(source, "").update(id, body),
    after: (ids) => readByIds(source, ids, fields, conduct.signal),
  });
}

/** Deletes records, telling those that could not be. */
export async function deleteRows(
  source: Source,
  rows: readonly Row[],
  conduct: Conduct & { oneByOne?: boolean },
): Promise<Outcome> {
  return inSteps(rows, conduct, {
    together: (ids) => byIds(source, ids).deleteAll(),
    alone: (id) => narrowed(source, "").delete(id),
    after: async () => [],
  });
}

/** Puts back what fields were before, but not where somebody has changed them since. */
export async function putBack(
  source: Source,
  before: readonly Row[],
  after: readonly Row[],
  fields: readonly string[],
  conduct: Conduct,
): Promise<Outcome> {
  const set = new Map(after.map((row) => [row.id, row]));
  const outcome: Outcome = { done: [], failures: [], ended: false };
  for (const { body, rows } of groups(before.filter(({ id }) => set.has(id)), fields)) {
    const now = new Map<string, Row>();
    for (const ids of parts(rows.map(({ id }) => id))) {
      const found = await readByIds(source, ids, fields, conduct.signal);
      for (const row of found) now.set(row.id, row);
    }
    const ours = rows.filter(({ id }) =>
      fields.every((field) => same(now.get(id)?.[field], set.get(id)?.[field])),
    );
    const how = { ...conduct, oneByOne: true };
    const { done, failures } = await setFields(source, ours, body, how);
    outcome.done.push(...done);
    outcome.failures.push(...failures);
    for (const { id } of rows) {
      if (!ours.some((row) => row.id === id)) outcome.failures.push({ id, message: "" });
    }
  }
  return outcome;
}

/** Records that had the same values, with what puts these back. */
function groups(
  rows: readonly Row[],
  fields: readonly string[],
): { body: Record<string, unknown>; rows: Row[] }[] {
  const found = new Map<string, { body: Record<string, unknown>; rows: Row[] }>();
  for (const row of rows) {
    const body = Object.fromEntries(fields.map((field) => [field, row[field]]));
    const key = JSON.stringify(body);
    const group = found.get(key) ?? { body, rows: [] };
    group.rows.push(row);
    found.set(key, group);
  }
  return [...found.values()];
}

interface Work {
  together: (ids: string[]) => Promise<unknown>;
  alone: (id: string) => Promise<unknown>;
  /** The records afterwards. */
  after: (ids: string[]) => Promise<Row[]>;
}

async function inSteps(
  rows: readonly Row[],
  { signal, onprogress, oneByOne = false }: Conduct & { oneByOne?: boolean },
  { together, alone, after }: Work,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], failures: [], ended: false };
  const isOneStep = rows.length <= AT_ONCE && !oneByOne;
  let tried = 0;
  for (const ids of parts(rows.map(({ id }) => id))) {
    if (signal.aborted) return { ...outcome, ended: true };
    let changed = ids;
    try {
      await together(ids);
    } catch (error) {
      if (isOneStep || !isLuge(error) || error.status !== REFUSED) throw error;
      changed = await oneAfterAnother(ids, alone, outcome, signal);
    }
    outcome.done.push(...(await after(changed)));
    onprogress((tried += ids.length));
  }
  return { ...outcome, ended: signal.aborted };
}

async function oneAfterAnother(
  ids: string[],
  alone: Work["alone"],
  { failures }: Outcome,
  signal: AbortSignal,
): Promise<string[]> {
  const changed: string[] = [];
  for (const id of ids) {
    if (signal.aborted) break;
    try {
      await alone(id);
      changed.push(id);
    } catch (error) {
      if (!isLuge(error)) throw error;
      failures.push({ id, message: Object.values(error.fields)[0]?.message ?? error.message });
    }
  }
  return changed;
}

const byIds = (source: Source, ids: readonly string[]): Listing =>
  narrowed(source, String(or(...ids.map((id) => eq("id", id)))));

/** Some records as they are now, with these fields. */
export async function readByIds(
  source: Source,
  ids: readonly string[],
  fields: readonly string[],
  signal: AbortSignal,
): Promise<Row[]> {
  if (ids.length === 0) return [];
  const query = only(byIds(source, ids), fields);
  return (await query.page(1, ids.length, { skipTotal: true, signal })).items;
}

const only = (listing: Listing, fields: readonly string[]): Listing =>
  listing.select("id", ...(fields as "id"[])) as unknown as Listing;

function parts(ids: readonly string[]): string[][] {
  const found: string[][] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) found.push(ids.slice(at, at + AT_ONCE));
  return found;
}
