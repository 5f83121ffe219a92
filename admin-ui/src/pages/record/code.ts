/** A record as requests: how an application would read, write and delete it. */
import type { Collection } from "@luge/client/admin";
import type { Body, Call, Method } from "../api/call.ts";
import type { Values } from "./merge.ts";

/** What is done. */
export const DEEDS = ["view", "create", "update", "delete"] as const;
export type Deed = (typeof DEEDS)[number];

const METHODS: Record<Deed, Method> = {
  view: "GET",
  create: "POST",
  update: "PATCH",
  delete: "DELETE",
};

/** What the request is about. */
export interface Subject {
  collection: Collection;
  id: string;
  /** What is sent by a create and an update; files and passwords are left to the application. */
  body: Values;
}

/** The request, to be written in any language. */
export function callFor(deed: Deed, { collection, id, body }: Subject): Call {
  const { name, fields } = collection;
  const place: Record<string, string> = deed === "create" ? {} : { id };
  const call: Call = {
    means: deed,
    collection: name,
    fields,
    method: METHODS[deed],
    path: ["api", "collections", name, "records", ...Object.values(place)],
    place,
    query: {},
    // What anybody may do needs no token.
    signed: collection[`${deed}Rule`] !== "",
    silent: deed === "delete",
  };
  if (deed === "create" || deed === "update") call.body = body as Body;
  return call;
}
