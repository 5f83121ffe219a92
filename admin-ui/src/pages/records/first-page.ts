/**
 * The first rows of a table, asked for as soon as its address is known: while its code and the
 * definitions of collections are still on their way. The table takes them when it is there.
 */
import { client } from "../../backend.ts";
import { collections } from "../../state/collections.svelte.ts";
import { place } from "../../state/location.svelte.ts";
import { quiet } from "../../state/quiet.ts";
import { relations as known } from "../../state/relations.ts";
import { asWhom } from "./source.ts";
import { firstRows, relationsOf, viewOf, type Asked, type Row } from "./view.ts";

/** So long, in milliseconds, what nobody has taken yet is as good as what would be asked for. */
const FRESH_MS = 5_000;

/** Rows that are on their way. */
export interface Early {
  rows: Promise<Row[]>;
  /** The relations that were asked for with them. */
  relations: string[];
}

let coming: (Early & { key: string; since: number; ending: AbortController }) | undefined;

/** Asks for the first rows of the collection that the address names. */
export function askEarly(name: string): void {
  const asked = askedOf();
  const key = keyOf(name, asked);
  if (coming?.key === key && Date.now() - coming.since < FRESH_MS) return;
  forget();
  const found = collections.find(name);
  if (asWhom() !== "" || found?.type === "view") return;
  const relations = found ? relationsOf(found) : known.of(name);
  const ending = new AbortController();
  const rows = firstRows({ collection: { name }, client }, asked, relations, ending.signal);
  // Who takes them hears of a failure; it may be nobody.
  rows.catch(() => undefined);
  quiet.hold(rows);
  coming = { rows, relations, ending, key, since: Date.now() };
}

/** Takes them, where they are those of this list. */
export function takeEarly(name: string, asked: Asked): Early | undefined {
  const taken = coming;
  if (taken?.key !== keyOf(name, asked)) {
    forget();
    return undefined;
  }
  coming = undefined;
  return taken;
}

function forget(): void {
  coming?.ending.abort();
  coming = undefined;
}

function askedOf(): Asked {
  const { filter, sort, search } = viewOf(place.query);
  return { filter, sort, search };
}

const keyOf = (name: string, { filter, sort, search }: Asked) =>
  JSON.stringify([name, filter, sort, search]);
