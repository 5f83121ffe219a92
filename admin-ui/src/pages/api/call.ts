/**
 * One request, described once for every language that it is written in.
 *
 * Values are as people mean them: a language quotes and encodes what it writes, so that no name
 * and no value ever becomes syntax.
 */
import type { Field } from "@luge/client/admin";
import { whole } from "./quote.ts";

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The object that a request submits. */
export type Body = { [key: string]: Json };

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** A request. */
export interface Call {
  /** The operation that it is of; languages with a method of their own for it use that. */
  means: string;
  /** The name of its collection. */
  collection: string;
  /** The fields of its collection. */
  fields: Field[];
  method: Method;
  /** The segments of the path, not encoded. */
  path: string[];
  /** The parts of the path that have a name, such as `id`. */
  place: Record<string, string>;
  query: Record<string, string>;
  body?: Body;
  /** Files that go along: the field, and the name of the file. */
  files?: { field: string; name: string }[];
  /** What is subscribed to, where the answer is a stream. */
  topic?: string;
  /** Does a token go along? */
  signed: boolean;
  /** Is there an answer to read? */
  silent: boolean;
}

/** Stands where the token of who asks belongs. */
export const TOKEN = "YOUR_TOKEN";

/** The part of a multipart form that has everything but the files, as JSON. */
export const PAYLOAD = "@jsonPayload";

/** A text as a part of an address. */
export const encoded = (text: string) => encodeURIComponent(whole(text));

/** The path, as addresses have it. */
export function pathOf({ path }: Pick<Call, "path">): string {
  return path.map((each) => `/${encoded(each)}`).join("");
}

/** The address without its query. */
export function addressOf(call: Call, base: string): string {
  return base.replace(/\/+$/, "") + pathOf(call);
}

/** The address with its query. */
export function fullAddressOf(call: Call, base: string): string {
  const pairs = Object.entries(call.query).map(
    ([name, value]) => `${encoded(name)}=${encoded(value)}`,
  );
  return addressOf(call, base) + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
}

/** The headers, without those that a language adds by itself. */
export function headersOf({ signed, body, files }: Call): [string, string][] {
  const headers: [string, string][] = signed ? [["Authorization", TOKEN]] : [];
  if (body !== undefined && files === undefined) headers.push(["Content-Type", "application/json"]);
  return headers;
}
