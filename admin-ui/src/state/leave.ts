/** Leaving the dashboard: nothing that was seen stays behind. */
import { collections } from "./collections.svelte.ts";
import { counts } from "./counts.svelte.ts";
import { instance } from "./instance.svelte.ts";
import { forgetDrafts } from "./drafts.ts";
import { go, href } from "./location.svelte.ts";
import { preferences } from "./preferences.svelte.ts";
import { recent } from "./recent.svelte.ts";
import { relations } from "./relations.ts";
import { session } from "./session.svelte.ts";

/** Signs out and goes to the sign-in page. */
export function signOut(): void {
  go(href("/sign-in"));
  collections.clear();
  counts.clear();
  instance.clear();
  forgetDrafts();
  preferences.clear();
  recent.clear();
  relations.clear();
  void session.leave();
}
