/**
 * The entry point for what goes beyond finding words: counted values, completed words, and a
 * search of many collections at once. `search` itself is a step of every query.
 */
import type { Client } from "../client.js";
import type { Hit, Page, PageOptions, Query, SearchOptions } from "../query.js";
import type { RecordOf, SchemaLike } from "../schema.js";
import type { RequestOptions } from "../transport.js";

/**
 * What is counted: the values of a path (`genre`), dates cut to a part (`released:year`), or ranges
 * (`price:0..10|10..50|50..`).
 */
export type Facet<R> = Path<R> | `${Path<R>}:${Part | `${string}..${string}`}`;

/** Values, the most frequent first. */
export interface ValueCounts<V = string | number | boolean> {
  values: { value: V; count: number }[];
  /** There are others. */
  more: boolean;
}

/** Ranges, as they were asked for; an end that is missing is null. */
export interface RangeCounts<E = string | number> {
  ranges: { from: E | null; to: E | null; count: number }[];
}

/** The counts of facets, each under its path. */
export type Counts<R, F extends string> = { [At in F as PathOf<At>]: CountOf<R, At> };

/** A page with counts of the whole list. */
export interface Faceted<R, C> extends Page<R> {
  facets: C;
  /** There are more records than were counted. */
  facetsAreLeast?: boolean;
}

/** A word that completes a text. */
export interface Suggestion {
  word: string;
  /** The text with the word put in. */
  text: string;
}

/** How many collections are searched. */
export interface SearchAllOptions<C extends string> extends SearchOptions<string>, RequestOptions {
  /** By default all that can be searched and that the caller may list. */
  collections?: readonly C[];
  /** The most items of each collection; by default 5, at most 50. */
  perCollection?: number;
  /** Only these fields of each item. */
  fields?: readonly string[];
}

/** The hits in one collection. */
export interface Group<R, C extends string> {
  collectionId: string;
  collectionName: C;
  items: (R & Hit<string>)[];
  totalItems: number;
  totalIsLeast?: boolean;
}

/** The hits in all, the collection with the best one first. */
export interface Groups<S extends SchemaLike<S>, C extends keyof S & string> {
  /** Which collection a group is of tells its `collectionName`. */
  groups: { [One in C]: Group<RecordOf<S, One>, One> }[C][];
  /** Collections whose first index is still being built. */
  notReady?: string[];
}

/**
 * A page of a query, searched or not, and how often values occur in the whole list:
 * `const { items, facets } = await faceted(db.from("movies").search(word), ["genre"])`.
 */
export function faceted<R, const F extends Facet<R>>(
  query: Query<any, any, R>,
  facets: readonly F[],
  { page = 1, perPage = 30, skipTotal, ...options }: FacetedOptions = {},
): Promise<Faceted<R, Counts<R, F>>> {
  const which = { page, perPage, skipTotal: skipTotal || undefined, facets: facets.join() };
  return query.list(which, options);
}

/** Which page. */
export interface FacetedOptions extends PageOptions {
  page?: number;
  perPage?: number;
}

/** Words that complete the last one of a text, of the records that the query selects. */
export async function suggest(
  query: Query<any, any, any>,
  text: string,
  options: RequestOptions = {},
): Promise<Suggestion[]> {
  const only = { perPage: 1, skipTotal: true, suggest: text };
  const answer = await query.list<{ suggestions: Suggestion[] }>(only, options);
  return answer.suggestions;
}

/** Searches many collections at once, each as a list of it would be. */
export function searchAll<S extends SchemaLike<S>, C extends keyof S & string = keyof S & string>(
  client: Client<S>,
  search: string,
  asked: SearchAllOptions<C> = {},
): Promise<Groups<S, C>> {
  const { collections, perCollection, fields, highlight, total, fresh, ...options } = asked;
  const query = {
    search,
    collections: collections?.join(),
    perCollection,
    fields: fields && [...fields, "@search"].join(),
    highlight: highlight?.join(),
    searchTotal: total,
    wait: fresh || undefined,
  };
  return client.transport.send("/api/search", { ...options, query });
}

type Part = "year" | "month" | "day" | "hour";
type Path<R> = (keyof R & string) | `${string}.${string}`;
type PathOf<F extends string> = F extends `${infer P}:${string}` ? P : F;
type CountOf<R, F extends string> = F extends `${infer P}:${infer How}`
  ? How extends Part
    ? ValueCounts<string>
    : RangeCounts<P extends keyof R ? (R[P] extends number ? number : string) : string | number>
  : F extends keyof R
    ? ValueCounts<Member<R[F]>>
    : ValueCounts;
type Member<T> = unknown extends T
  ? string | number | boolean
  : T extends readonly (infer M)[]
    ? M
    : T extends string | number | boolean
      ? T
      : string | number | boolean;
