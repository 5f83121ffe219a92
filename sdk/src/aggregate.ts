/** Counting and adding up on the server: what to ask for, and the shape of what comes back. */
import type { Filter } from "./filter.js";
import type { RequestOptions } from "./transport.js";

/** A name to group by or to compute: a field, or more (`created:month`, `author.name`). */
export type Column<R> = (keyof R & string) | `${string}.${string}` | `${string}:${string}`;

/** What to compute. */
export interface Aggregation<
  R,
  G extends Column<R>,
  Sum extends Column<R>,
  Avg extends Column<R>,
  Min extends Column<R>,
  Max extends Column<R>,
> extends RequestOptions {
  /** One group for each combination of values; without it there is exactly one group. */
  group?: readonly G[];
  sum?: readonly Sum[];
  avg?: readonly Avg[];
  min?: readonly Min[];
  max?: readonly Max[];
  /** Which groups are answered: a filter over `count`, `group.…`, `sum.…`. */
  having?: Filter;
  /** Columns of the answer, such as `-sum.price`. */
  sort?: readonly string[];
  page?: number;
  perPage?: number;
}

/** A group. Functions that were not asked for are left out; of no values they are null. */
export type Group<
  R,
  G extends string,
  Sum extends string,
  Avg extends string,
  Min extends string,
  Max extends string,
> = { count: number } & Part<"group", G, R, unknown> &
  Part<"sum", Sum, object, number> &
  Part<"avg", Avg, object, number> &
  Part<"min", Min, R, unknown> &
  Part<"max", Max, R, unknown>;

/** One key of a group; the columns of fields have the types of the fields. */
type Part<Key extends string, Columns extends string, R, Else> = [Columns] extends [never]
  ? unknown
  : { [K in Key]: { [C in Columns]: (C extends keyof R ? Single<R[C]> : Else) | null } };
type Single<T> = T extends readonly unknown[] ? unknown : T;

/** The query of an aggregation. */
export function columns(
  asked: Aggregation<any, string & Column<any>, any, any, any, any>,
): Record<string, string | number | undefined> {
  const { group, sum, avg, min, max, sort, having, page, perPage } = asked;
  const lists = Object.entries({ group, sum, avg, min, max, sort });
  const texts = lists.map(([name, list]) => [name, list?.join(",") || undefined]);
  return {
    ...Object.fromEntries(texts),
    having: having && String(having),
    page,
    perPage,
  };
}
