/** What a view needs, asked for before anything is drawn. */
import { match } from "./routes.ts";
import { collections } from "./state/collections.svelte.ts";
import { place } from "./state/location.svelte.ts";
import { preferences } from "./state/preferences.svelte.ts";
import { session } from "./state/session.svelte.ts";

/**
 * Asks for it, unless that has begun; the view itself waits for it, and tells of failures. Resolves
 * once that is on its way: the many files of the code would otherwise be in front of it.
 */
export async function beginView(): Promise<void> {
  const { route, params } = match(place.path);
  if (session.signedIn && route.audience === "superuser") {
    route.early?.(params);
    collections.begin();
    preferences.begin();
  }
  await new Promise((resolve) => setTimeout(resolve));
}

/** Begins a superuser's view while nothing can be drawn yet, its code too. */
export async function beginEarly(): Promise<void> {
  if (!session.signedIn) return;
  await beginView();
  const ignored = () => undefined;
  match(place.path).route.load().catch(ignored);
  import("./shell/Shell.svelte").catch(ignored);
}
