/** What would make a server safer, from what its API tells. */
import type { Collection, SettingsValues } from "@luge/client/admin";
import { listed, t } from "../../../messages/index.svelte.ts";
import { isLocal } from "../../../state/domain.ts";

/** What is known of a server. */
export interface Facts {
  collections: Collection[];
  settings: SettingsValues;
  here: Pick<Location, "origin" | "protocol" | "hostname">;
  /** A header that a proxy may have set, while none is believed. */
  proxyHeader: string;
  /** Has whoever is signed in a passkey or an app, or do all superusers need a second way? */
  strongSignIn: boolean;
}

type AdviceId =
  | "publicWrite" | "publicManage" | "publicAccounts" | "plain" | "plainApp" | "address"
  | "sender" | "mail" | "backup" | "superuser" | "limits" | "proxy" | "leftmost" | "unlogged";

/** One thing to look at. */
export interface Advice {
  id: AdviceId;
  serious: boolean;
  /** What its texts name. */
  values: Record<string, string>;
  /** Where it is mended, for `href`. */
  path: string;
}

const WRITES = [
  ["createRule", "create"],
  ["updateRule", "update"],
  ["deleteRule", "delete"],
] as const;

/** Everything there is to say, the serious things first. */
export function adviceOn(facts: Facts): Advice[] {
  const found = [
    ...facts.collections.filter(({ system }) => !system).flatMap(ofRules),
    ...ofAddress(facts),
    ...ofSettings(facts.settings),
    ...when(!facts.strongSignIn, "superuser", true, "/account"),
    ...when(facts.proxyHeader !== "", "proxy", false, "/settings/access", {
      header: facts.proxyHeader,
    }),
  ];
  return found.toSorted((one, other) => Number(other.serious) - Number(one.serious));
}

function when(
  holds: boolean,
  id: AdviceId,
  serious: boolean,
  path: string,
  values: Record<string, string> = {},
): Advice[] {
  return holds ? [{ id, serious, path, values }] : [];
}

function ofRules(collection: Collection): Advice[] {
  const { name, type, listRule, viewRule, manageRule } = collection;
  if (type === "view") return [];
  // Signing up is what the create rule of accounts is for.
  const writes = WRITES.filter(
    ([rule]) => collection[rule] === "" && !(type === "auth" && rule === "createRule"),
  );
  const actions = listed(writes.map(([, action]) => t(`advice.${action}`)));
  const path = `/collections/${encodeURIComponent(name)}/rules`;
  const accounts = type === "auth";
  return [
    ...when(writes.length > 0, "publicWrite", true, path, { name, actions }),
    ...when(accounts && manageRule === "", "publicManage", true, path, { name }),
    ...when(accounts && [listRule, viewRule].includes(""), "publicAccounts", false, path, { name }),
  ];
}

function ofAddress({ settings: { meta }, here }: Facts): Advice[] {
  const path = "/settings/application";
  const app = URL.canParse(meta.appURL) ? new URL(meta.appURL) : undefined;
  const values = { app: meta.appURL, here: here.origin };
  const plainApp = app?.protocol === "http:" && !isLocal(app.hostname);
  return [
    ...when(here.protocol !== "https:" && !isLocal(here.hostname), "plain", true, path, values),
    ...when(plainApp, "plainApp", true, path, values),
    ...when(app?.origin !== here.origin, "address", false, path, values),
  ];
}

function ofSettings({ meta, smtp, backups, rateLimits, trustedProxy, logs }: SettingsValues) {
  const sender = meta.senderAddress;
  return [
    ...when(!backups.cron, "backup", true, "/settings/backups"),
    ...when(trustedProxy.useLeftmostIP, "leftmost", true, "/settings/access"),
    ...when(!smtp.enabled, "mail", false, "/settings/mail"),
    ...when(/@example\.(com|org|net)$/i.test(sender), "sender", false, "/settings/mail", {
      sender,
    }),
    ...when(!rateLimits.enabled, "limits", false, "/settings/access"),
    ...when(logs.maxDays === 0, "unlogged", false, "/settings/logs"),
  ];
}
