/** The views on one collection, in the order offered. A new one is a route and a line here. */
import type { Collection } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";

/** One view on a collection. */
export interface Tab {
  /** The last part of its address. */
  path: string;
  label: Key;
  /** The collections that have it; all, when left out. */
  has?: (collection: Collection) => boolean;
}

export const tabs: Tab[] = [
  { path: "records", label: "tab.records" },
  { path: "fields", label: "tab.fields" },
  { path: "rules", label: "tab.rules" },
  { path: "sign-in", label: "tab.signIn", has: ({ type }) => type === "auth" },
  { path: "search", label: "tab.search", has: ({ type }) => type !== "view" },
  { path: "code", label: "tab.code" },
  { path: "api", label: "tab.api" },
];

/** The address of a view on a collection, for `href`. */
export function tabPath(name: string, path: string): string {
  return `/collections/${encodeURIComponent(name)}/${path}`;
}
