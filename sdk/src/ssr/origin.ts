/**
 * Where a request comes from, so that pages of elsewhere do nothing in somebody's name.
 *
 * A browser sends the session's cookie along with whatever a link leads to (`SameSite=Lax`), and
 * says by `Sec-Fetch-Site` and `Origin` which page asks.
 */
import { ForbiddenError } from "../errors.js";

/** A request, as all frameworks have it; of Node's own server the headers are an object. */
export interface PageRequest {
  headers: { get(name: string): string | null } | Record<string, string | string[] | undefined>;
  method?: string | undefined;
  url?: string | undefined;
}

/** What counts as this application. */
export interface OriginOptions {
  /** Origins of its pages, where the address of requests does not say it: behind a proxy. */
  origins?: readonly string[];
}

const READING = ["GET", "HEAD", "OPTIONS"];

/** Does a request come from a page of this application, or from whoever typed its address? */
export function isSameOrigin(request: PageRequest, { origins }: OriginOptions = {}): boolean {
  const site = headerOf(request, "sec-fetch-site");
  const origin = headerOf(request, "origin");
  if (origin !== null && origins?.includes(origin)) return true;
  if (site !== null) return site === "same-origin" || site === "none";
  return origin !== null && origins === undefined && origin === ownOrigin(request);
}

/** May a request act in the name of whom its cookie names? What only reads may, from anywhere. */
export function mayAct(request: PageRequest, options: OriginOptions = {}): boolean {
  return READING.includes(request.method ?? "GET") || isSameOrigin(request, options);
}

/** ForbiddenError for what would change something and comes from a page of elsewhere. */
export function requireSameOrigin(request: PageRequest, options: OriginOptions = {}): void {
  if (mayAct(request, options)) return;
  const message = "The request comes from a page of elsewhere.";
  throw new ForbiddenError(message, { code: "cross_origin", status: 403 });
}

/** One header; null where there is none. */
export function headerOf({ headers }: PageRequest, name: string): string | null {
  if (typeof headers.get === "function") return headers.get(name);
  const value = (headers as Record<string, string | string[] | undefined>)[name];
  return (Array.isArray(value) ? value.join(", ") : value) ?? null;
}

function ownOrigin(request: PageRequest): string | null {
  const url = request.url ?? "";
  if (URL.canParse(url)) return new URL(url).origin;
  // Node's own server has the path only.
  const host = headerOf(request, "host");
  return host === null ? null : `http://${host}`;
}
