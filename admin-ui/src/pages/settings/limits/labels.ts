/** What a request is called in rules of limits, as the server calls it. */
import type { Collection, RateLimitRule } from "@luge/client/admin";

/** A request as far as limits look at it. */
export interface Named {
  method: string;
  path: string;
}

/** What a request is called. */
export interface Labels {
  /** The most particular first. */
  all: string[];
  /** What is counted by itself: something done with one collection; empty for the rest. */
  apart: string;
}

type Known = Pick<Collection, "id" | "name">;

/** Signing in and what belongs to it: what a `POST` below a collection does. */
const POSTS: Record<string, string[]> = {
  records: ["create"],
  "auth-refresh": ["authRefresh"],
  "auth-with-password": ["authWithPassword", "auth"],
  "auth-with-oauth2": ["authWithOAuth2", "auth"],
  "auth-with-code": ["authWithOAuth2", "auth"],
  "auth-with-otp": ["authWithOTP", "auth"],
  "auth-with-passkey": ["authWithPasskey", "auth"],
  "auth-with-magic-link": ["authWithMagicLink", "auth"],
  "auth-anonymously": ["authAnonymously", "auth"],
  "request-magic-link": ["requestMagicLink"],
  "auth-with-totp": ["authWithTotp", "auth"],
  "auth-with-recovery-code": ["authWithRecoveryCode", "auth"],
  "request-otp": ["requestOTP"],
  "request-password-reset": ["requestPasswordReset"],
  "confirm-password-reset": ["confirmPasswordReset"],
  "request-verification": ["requestVerification"],
  "confirm-verification": ["confirmVerification"],
  "request-email-change": ["requestEmailChange"],
  "confirm-email-change": ["confirmEmailChange"],
};
const OTHERS: Record<string, string[]> = {
  "GET records": ["list"],
  "GET aggregate": ["list"],
  "PATCH records": ["update"],
  "DELETE records": ["delete"],
  "GET auth-methods": ["listAuthMethods"],
};
/** What is done with one record. */
const OF_RECORD: Record<string, string[]> = {
  GET: ["view"],
  PATCH: ["update"],
  DELETE: ["delete"],
};

/** What a request is called. */
export function labelsOf({ method: written, path }: Named, collections: readonly Known[]): Labels {
  const method = written === "HEAD" ? "GET" : written;
  const plain = [`${method} ${path}`, path];
  const tagged = tagsOf(method, path);
  if (tagged === undefined) return { all: plain, apart: "" };
  const { collection, tags } = tagged;
  const found = find(collections, decoded(collection));
  const own = found === undefined ? [] : tags.map((tag) => `${found.name}:${tag}`);
  const everywhere = tags.map((tag) => `*:${tag}`);
  return { all: [...own, ...everywhere, ...plain], apart: own[0] ?? "" };
}

/** The collection that a path names, and what is done with it. */
export function tagsOf(
  method: string,
  path: string,
): { collection: string; tags: string[] } | undefined {
  const [, file] = split(path, "/api/files/");
  if (file !== undefined) {
    const [collection = "", rest] = cut(file);
    return rest?.includes("/") ? { collection, tags: ["file"] } : undefined;
  }
  // Of many collections, so of none by its name.
  if (method === "GET" && path === "/api/search") return { collection: "", tags: ["list"] };
  const [, below] = split(path, "/api/collections/");
  const [collection = "", rest] = below === undefined ? [] : cut(below);
  if (rest === undefined) return undefined;
  const tags = own(OTHERS, `${method} ${rest}`) ?? (method === "POST" ? own(POSTS, rest) : null);
  if (tags) return { collection, tags };
  const [, id] = split(rest, "records/");
  const done = own(OF_RECORD, method);
  if (id === undefined || id === "" || id.includes("/") || done === undefined) return undefined;
  return { collection, tags: done };
}

/** The place of the first rule for one of the labels, in their order; -1 for none. */
export function ruleFor(
  rules: readonly RateLimitRule[],
  labels: readonly string[],
  signedIn: boolean,
): number {
  const audience = signedIn ? "@auth" : "@guest";
  const concerns = (rule: RateLimitRule) => ["", audience].includes(rule.audience);
  for (const label of labels) {
    const exact = rules.findIndex((rule) => concerns(rule) && rule.label === label);
    // `/api/collections/` is about `/api/collections` too.
    const isAbove = (rule: RateLimitRule) =>
      rule.label.endsWith("/") && `${label}/`.startsWith(rule.label);
    const found = exact < 0 ? rules.findIndex((rule) => concerns(rule) && isAbove(rule)) : exact;
    if (found >= 0) return found;
  }
  return -1;
}

/** A collection is itself under its name in any case and under its id. */
function find(collections: readonly Known[], text: string): Known | undefined {
  const small = text.toLowerCase();
  return collections.find(({ id, name }) => id === text || name.toLowerCase() === small);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const own = (tags: Record<string, string[]>, name: string) =>
  Object.hasOwn(tags, name) ? tags[name] : undefined;
/** What is behind a beginning, if that is there. */
const split = (text: string, start: string): [string, string?] =>
  text.startsWith(start) ? [start, text.slice(start.length)] : [text];
/** What is before the first `/`, and what is behind it. */
function cut(text: string): [string, string?] {
  const at = text.indexOf("/");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
