/** Asks the server for what advice is made of. */
import { client, keys, second, SUPERUSERS } from "../../../backend.ts";
import { collections } from "../../../state/collections.svelte.ts";
import { adviceOn, type Advice } from "./advice.ts";

/** What there is to look at on this server. */
export async function lookAround(): Promise<Advice[]> {
  const [settings, health, passkeys, app] = await Promise.all([
    client.settings.get(),
    client.operations.health(),
    keys.list(),
    second.appState(),
  ]);
  const { mfa } = (collections.find(SUPERUSERS) ?? {}) as { mfa?: { enabled: boolean } };
  return adviceOn({
    collections: collections.all,
    settings,
    here: location,
    proxyHeader: health.possibleProxyHeader,
    strongSignIn: passkeys.length > 0 || app.enabled || mfa?.enabled === true,
  });
}
