/** The one client of the dashboard; nothing else in it speaks HTTP. */
import { createClient, localStore } from "@luge/client";
import { createAdminClient } from "@luge/client/admin";
import { apiKeys } from "@luge/client/api-keys";
import { factors } from "@luge/client/factors";
import { passkeys } from "@luge/client/passkeys";
import { connection } from "./state/connection.svelte.ts";

/** Superusers are the only ones who sign in here. */
export const SUPERUSERS = "_superusers";

/** Status codes of a proxy in front of a server that is gone. */
const GONE = [502, 504];

/**
 * By this the log tells the dashboard's requests from all others. It is never the address of the
 * view, which may have something secret in it.
 */
const ORIGIN = {
  referrer: location.origin + import.meta.env.BASE_URL,
  referrerPolicy: "same-origin",
} as const;

/** As `fetch`; it also tells the banner whether the server answers. */
const watched: typeof fetch = async (input, init) => {
  try {
    const answer = await fetch(input, { ...init, ...ORIGIN });
    if (GONE.includes(answer.status)) connection.lost();
    else connection.found();
    return answer;
  } catch (error) {
    if (!init?.signal?.aborted) connection.lost();
    throw error;
  }
};

/** The client of whoever is signed in. */
export const client = createAdminClient(location.origin, {
  store: localStore("luge.session"),
  fetch: watched,
});

/** Requests of other clients that were refused. */
const refusedElsewhere = new Set<string | null>();

/** Another client, whose session is kept in memory only. */
export const clientOfItsOwn = () =>
  createClient(location.origin, {
    fetch: async (input, init) => {
      const answer = await watched(input, init);
      if (answer.status === 401) refusedElsewhere.add(answer.headers.get("x-request-id"));
      return answer;
    },
  });

/** Was it another client that was refused? Then it says nothing of who is signed in. */
export const wasRefusedElsewhere = (requestId: string | undefined) =>
  refusedElsewhere.has(requestId ?? null);

/** Sign-in of superusers, and where they are signed in. */
export const account = client.auth(SUPERUSERS);

/** What completes the sign-in of a superuser who has to show more than a password. */
export const second = factors(client, SUPERUSERS);

/** The passkeys of superusers. */
export const keys = passkeys(client, SUPERUSERS);

/** The API keys of whoever is signed in. */
export const machines = apiKeys(client, SUPERUSERS);
