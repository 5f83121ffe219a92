/**
 * A sign-in with a provider that writes nothing. The provider sends the window back to the server,
 * which tells this page over realtime, as it tells applications.
 */
import { AbortedError, AuthError } from "@luge/client";
import type { ProviderOutcome, ProviderTrial } from "@luge/client/admin";
import { client } from "../../../backend.ts";
import { t } from "../../../messages/index.svelte.ts";

/** What the server tells once the browser is back. */
interface Told {
  state: string;
  code?: string;
  error?: string;
}

const TOPIC = "@oauth2";
const CLOSED_CHECK_MS = 300;
/** The window closes itself, and what is told may come a little later. */
const GRACE_MS = 3_000;

/** Opens the window; to be called right in the handler of a click. */
export function openWindow(name: string): Window {
  const opened = open("", "luge.trial", "popup,width=520,height=720");
  if (opened !== null) return opened;
  throw new AuthError(t("provider.noWindow", { name }), { code: "popup_blocked" });
}

/** Goes through a sign-in in the window. */
export async function tryProvider(
  { collection, trial, name }: { collection: string; trial: ProviderTrial; name: string },
  opened: Window,
): Promise<ProviderOutcome> {
  let hear: (told: Told) => void = () => undefined;
  const told = new Promise<Told>((resolve) => (hear = resolve));
  const leave = await client.realtime.subscribe<Told>(TOPIC, (message) => hear(message));
  try {
    opened.location.href = addressed(trial.trial.url, client.realtime.clientId ?? "");
    const { code, error } = await Promise.race([told, closed(opened, name)]);
    if (!code) {
      const message = t("provider.declined", { name, reason: error ?? "" });
      throw new AuthError(message, { code: "oauth_declined" });
    }
    const { codeVerifier, redirectURL } = trial.trial;
    const answer = { code, codeVerifier, redirectURL };
    return await client.providers.finish(collection, trial.provider, answer);
  } finally {
    leave();
    opened.close();
  }
}

/** The same sign-in, told to this page. */
function addressed(url: string, state: string): string {
  const address = new URL(url);
  address.searchParams.set("state", state);
  return address.href;
}

function closed(opened: Window, name: string): Promise<never> {
  return new Promise((_, reject) => {
    const message = t("provider.windowClosed", { name });
    const timer = setInterval(() => {
      if (!opened.closed) return;
      clearInterval(timer);
      setTimeout(() => reject(new AbortedError(message, { code: "aborted" })), GRACE_MS);
    }, CLOSED_CHECK_MS);
  });
}
