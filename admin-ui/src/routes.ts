/** Every view: its address, who may see it, and its page, loaded when it is first needed. */
import type { Component } from "svelte";
import { askEarly } from "./pages/records/first-page.ts";

/** Who a view is for. */
export type Audience = "setup" | "welcome" | "guest" | "superuser" | "anyone";

/** One view. */
export interface Route {
  pattern: string;
  audience: Audience;
  load: () => Promise<{ default: Component<any> }>;
  /** Asks for what the page shows first, while its code is loading. */
  early?: (params: Record<string, string>) => void;
}

/** The first match wins. */
export const routes: Route[] = [
  { pattern: "/setup", audience: "setup", load: () => import("./pages/setup/Setup.svelte") },
  {
    pattern: "/setup/passkey",
    audience: "welcome",
    load: () => import("./pages/setup/AddPasskey.svelte"),
  },
  { pattern: "/sign-in", audience: "guest", load: () => import("./pages/sign-in/SignIn.svelte") },
  {
    pattern: "/auth/confirm-verification/:token",
    audience: "anyone",
    load: () => import("./pages/mailed/ConfirmVerification.svelte"),
  },
  {
    pattern: "/auth/confirm-password-reset/:token",
    audience: "anyone",
    load: () => import("./pages/mailed/ConfirmPasswordReset.svelte"),
  },
  {
    pattern: "/auth/confirm-email-change/:token",
    audience: "anyone",
    load: () => import("./pages/mailed/ConfirmEmailChange.svelte"),
  },
  { pattern: "/", audience: "superuser", load: () => import("./pages/home/Home.svelte") },
  {
    pattern: "/account",
    audience: "superuser",
    load: () => import("./pages/account/Account.svelte"),
  },
  {
    pattern: "/collections/new",
    audience: "superuser",
    load: () => import("./pages/definition/NewCollection.svelte"),
  },
  {
    pattern: "/collections/import",
    audience: "superuser",
    load: () => import("./pages/import/NewFromFile.svelte"),
  },
  {
    pattern: "/collections/:name/import",
    audience: "superuser",
    load: () => import("./pages/import/Import.svelte"),
  },
  {
    pattern: "/collections/:name/records",
    audience: "superuser",
    load: () => import("./pages/records/Records.svelte"),
    early: ({ name = "" }) => askEarly(name),
  },
  {
    pattern: "/collections/:name/records/:id",
    audience: "superuser",
    load: () => import("./pages/record/Record.svelte"),
  },
  {
    pattern: "/collections/:name/fields",
    audience: "superuser",
    load: () => import("./pages/definition/Fields.svelte"),
  },
  {
    pattern: "/collections/:name/code",
    audience: "superuser",
    load: () => import("./pages/code/Code.svelte"),
  },
  {
    pattern: "/collections/:name/search",
    audience: "superuser",
    load: () => import("./pages/search-settings/SearchSettings.svelte"),
  },
  {
    pattern: "/collections/:name/rules",
    audience: "superuser",
    load: () => import("./pages/rules/Rules.svelte"),
  },
  { pattern: "/map", audience: "superuser", load: () => import("./pages/map/Map.svelte") },
  {
    pattern: "/collections/:name/sign-in",
    audience: "superuser",
    load: () => import("./pages/sign-in-settings/SignInSettings.svelte"),
  },
  {
    pattern: "/collections/:name/api",
    audience: "superuser",
    load: () => import("./pages/api/Api.svelte"),
  },
  {
    pattern: "/realtime",
    audience: "superuser",
    load: () => import("./pages/realtime/Realtime.svelte"),
  },
  { pattern: "/api", audience: "superuser", load: () => import("./pages/graphql/Explore.svelte") },
  {
    pattern: "/graphql",
    audience: "superuser",
    load: () => import("./pages/graphql/GraphQl.svelte"),
  },
  {
    pattern: "/rules",
    audience: "superuser",
    load: () => import("./pages/rule-matrix/RuleMatrix.svelte"),
  },
  { pattern: "/logs", audience: "superuser", load: () => import("./pages/logs/Logs.svelte") },
  {
    pattern: "/settings",
    audience: "superuser",
    load: () => import("./pages/settings/Settings.svelte"),
  },
  {
    pattern: "/settings/:page",
    audience: "superuser",
    load: () => import("./pages/settings/Settings.svelte"),
  },
  {
    pattern: "/auth/oauth2-redirect-success",
    audience: "anyone",
    load: () => import("./pages/auth/Success.svelte"),
  },
  {
    pattern: "/auth/oauth2-redirect-failure",
    audience: "anyone",
    load: () => import("./pages/auth/Failure.svelte"),
  },
];

const notFound: Route = {
  pattern: "*",
  audience: "superuser",
  load: () => import("./pages/not-found/NotFound.svelte"),
};

/** Is there a view at a path? What may be built elsewhere is offered only where there is. */
export function leads(path: string): boolean {
  return match(path).route !== notFound;
}

/** The view at a path, with the parts of the path that it names. */
export function match(path: string): { route: Route; params: Record<string, string> } {
  for (const route of routes) {
    const params = paramsOf(route.pattern, path);
    if (params !== undefined) return { route, params };
  }
  return { route: notFound, params: {} };
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = decode(given[at] ?? "");
    if (part.startsWith(":") && value !== "") params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

/** A malformed escape is text like any other: it will match nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
