/** What a view needs, asked for before anything is drawn. */
import { match } from "./routes.ts";
import { collections } from "./state/collections.svelte.ts";
import { place } from "./state/location.svelte.ts";
import { preferences } from "./state/preferences.svelte.ts";
import { session } from "./state/session.svelte.ts";

/** Asks for it, unless that has begun; the view itself waits for it, and tells of failures. */
export function beginView(): void {
  const { route, params } = match(place.path);
  if (!session.signedIn || route.audience !== "superuser") return;
  route.early?.(params);
  collections.begin();
  preferences.begin();
  const ignored = () => undefined;
  route.load().catch(ignored);
  import("./shell/Shell.svelte").catch(ignored);
}
