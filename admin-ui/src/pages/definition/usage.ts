/** How many records have each value of a select field. */
import type { Collection, Field } from "@luge/client/admin";
import { client } from "../../backend.ts";

/** As many values as are asked for at one time. */
const MOST = 1_000;

/** The amounts by value; a record with several values counts for each of them. */
export async function usageOf(
  { name }: Pick<Collection, "name">,
  { name: field, maxSelect }: Field,
): Promise<Map<string, number>> {
  const column = (Number(maxSelect) > 1 ? `${field}:each` : field) as `${string}:${string}`;
  const { items } = await client.from(name).aggregate({ group: [column], perPage: MOST });
  return amountsOf(items, column);
}

/** The amounts that groups tell. */
export function amountsOf(groups: object[], column: string): Map<string, number> {
  return new Map(
    groups.flatMap((each) => {
      const { count, group } = each as { count: number; group?: Record<string, unknown> };
      const value = group?.[column];
      return typeof value === "string" && value !== "" ? [[value, count] as const] : [];
    }),
  );
}
