/** Where the records of a table come from, and as whom they are asked for. */
import { eq, type Client } from "@luge/client";
import type { Collection } from "@luge/client/admin";
import { href, place, type Query } from "../../state/location.svelte.ts";

/** A collection as somebody sees it. */
export interface Source {
  collection: Collection;
  /** Who asks: the superuser at the screen, or the one that the table is viewed as. */
  client: Pick<Client, "from" | "realtime" | "transport">;
}

/** The table of a collection, seen by whoever this one is seen by. */
export function recordsHref(collection: string, query: Query): string {
  return href(`/collections/${collection}/records`, { as: asWhom(), ...query });
}

/** Where a record is shown; to somebody else by itself in a table, since panels are one's own. */
export function recordHref(collection: string, id: string): string {
  const query = asWhom() === "" ? { record: id } : { filter: String(eq("id", id)) };
  return recordsHref(collection, query);
}

/** As whom the table is viewed: `COLLECTION/ID`, `guest`, or nothing for who is signed in. */
export function asWhom(): string {
  return place.query.get("as") ?? "";
}
