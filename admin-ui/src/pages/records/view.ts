/** What the address says of a view on records, and back. */
import type { Collection, Field } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Query } from "../../state/location.svelte.ts";

/** How many rows a page may have. */
export const PAGE_SIZES = [25, 50, 100, 250] as const;

/** Which records are looked at. */
export interface RecordsView {
  filter: string;
  /** A field name, with `-` in front for the largest first; empty for the server's order. */
  sort: string;
  page: number;
  perPage: number;
}

/** Reads an address; what makes no sense there is taken as left out. */
export function viewOf(query: URLSearchParams): RecordsView {
  const page = Number(query.get("page"));
  const perPage = Number(query.get("perPage"));
  return {
    filter: query.get("filter") ?? "",
    sort: query.get("sort") ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
    perPage: PAGE_SIZES.find((size) => size === perPage) ?? PAGE_SIZES[1],
  };
}

/** Writes an address; what is ordinary is left out. */
export function queryOf({ filter, sort, page, perPage }: RecordsView): Query {
  return {
    filter,
    sort,
    page: page === 1 ? undefined : page,
    perPage: perPage === PAGE_SIZES[1] ? undefined : perPage,
  };
}

/** The next order when a header is pressed: smallest first, largest first, the server's own. */
export function nextSort(sort: string, field: string): string {
  if (sort === field) return `-${field}`;
  return sort === `-${field}` ? "" : field;
}

/** The fields that are shown as columns, the id first. */
export function columnsOf({ fields }: Collection): Field[] {
  const shown = fields.filter(({ type, name }) => kindOf(type).shown && name !== "tokenKey");
  const isLate = (field: Field) => field.type === "autodate";
  const id = (field: Field) => field.name === "id";
  return [
    ...shown.filter(id),
    ...shown.filter((field) => !id(field) && !isLate(field)),
    ...shown.filter(isLate),
  ];
}

/** A filter that would work on this collection, to learn the language from. */
export function exampleFilter(collection: Collection): string {
  const own = collection.fields.filter(({ system }) => !system);
  const text = own.find(({ type }) => type === "text" || type === "editor");
  const amount = own.find(({ type }) => type === "number");
  if (text && amount) return `${text.name} ~ "a" && ${amount.name} > 10`;
  if (text) return `${text.name} ~ "a"`;
  return amount ? `${amount.name} > 10` : 'id != ""';
}
