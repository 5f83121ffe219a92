/** What the address says of a view on records, and back. */
import { and, Filter, type Query as RecordQuery } from "@luge/client";
import type { Collection } from "@luge/client/admin";
import type { Query } from "../../state/location.svelte.ts";
import type { Source } from "./source.ts";

/** Which records are looked at, and how. */
export interface RecordsView {
  filter: string;
  /** A field name, with `-` in front for the largest first; empty for the latest first. */
  sort: string;
  /** Words to find. */
  search: string;
  /** The columns, as `columns.ts` writes them; empty for those that the person keeps. */
  columns: string;
  /** The name of the saved view that it began as. */
  view: string;
}

/** A record as lists show it. */
export type Row = Record<string, unknown> & {
  id: string;
  expand?: Record<string, Row | Row[]>;
  "@search"?: { highlights?: Record<string, string> };
};

/** What is found without an order: the record made last comes first. */
const LATEST_FIRST = "-@rowid";
/** Selects every record. */
export const EVERYTHING = 'id != ""';

/** Reads an address. */
export function viewOf(query: URLSearchParams): RecordsView {
  const text = (name: string) => query.get(name) ?? "";
  return {
    filter: text("filter"),
    sort: text("sort"),
    search: text("search"),
    columns: text("columns"),
    view: text("view"),
  };
}

/** Writes an address; what is ordinary is left out. */
export function queryOf({ filter, sort, search, columns, view }: RecordsView): Query {
  return { search, filter, sort, columns, view };
}

/** The next order when a header is pressed: smallest first, largest first, the server's own. */
export function nextSort(sort: string, field: string): string {
  if (sort === field) return `-${field}`;
  return sort === `-${field}` ? "" : field;
}

/** A list as it is asked for. */
export type Listing = RecordQuery<any, string, Row>;

/** What a list is asked for by. */
export type Asked = Pick<RecordsView, "filter" | "sort" | "search">;

/** A collection that is listed, of which no more needs to be known than its name. */
export interface Listed extends Pick<Source, "client"> {
  collection: Pick<Collection, "name">;
}

/** Rows of one request. */
export const PER_PAGE = 50;

/** The first rows of a list. */
export async function firstRows(
  source: Listed,
  asked: Asked,
  relations: readonly string[],
  signal: AbortSignal,
): Promise<Row[]> {
  const listing = withRelated(listingOf(source, asked), relations);
  return (await listing.page(1, PER_PAGE, { skipTotal: true, signal })).items;
}

/** Adds the related records, whose names are shown in the place of their ids. */
export function withRelated(listing: Listing, relations: readonly string[]): Listing {
  if (relations.length === 0) return listing;
  return listing.expand(...(relations as never[])) as unknown as Listing;
}

/** The records of a view, in its order. */
export function listingOf(source: Listed, { filter, sort, search }: Asked): Listing {
  let query = narrowed(source, filter);
  if (search.trim() !== "") {
    query = query.search(search, { highlight: ["*"] }) as unknown as Listing;
  }
  const order = sort || (search.trim() === "" ? LATEST_FIRST : "");
  return order === "" ? query : query.orderBy(order as "@rowid");
}

/** The records that a filter selects; all of them where there is none. */
export function narrowed({ collection, client }: Listed, filter: string): Listing {
  const query = client.from(collection.name) as unknown as Listing;
  return filter.trim() === "" ? query : query.where(new Filter(filter));
}

/** Both filters, as text. */
export function both(one: string, other: string): string {
  return one.trim() === "" ? other : String(and(new Filter(one), new Filter(other)));
}

/** The relations of a collection, for `expand`. */
export function relationsOf({ fields }: Collection): string[] {
  return fields.filter(({ type }) => type === "relation").map(({ name }) => name);
}

/** A filter that would work on this collection, to learn the language from. */
export function exampleFilter(collection: Collection): string {
  const own = collection.fields.filter(({ system }) => !system);
  const text = own.find(({ type }) => type === "text" || type === "editor");
  const amount = own.find(({ type }) => type === "number");
  if (text && amount) return `${text.name} ~ "a" && ${amount.name} > 10`;
  if (text) return `${text.name} ~ "a"`;
  return amount ? `${amount.name} > 10` : EVERYTHING;
}
