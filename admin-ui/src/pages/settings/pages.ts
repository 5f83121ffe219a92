/** The pages of the settings: what is on each, and what else there is to do. */
import Archive from "@lucide/svelte/icons/archive";
import ArrowLeftRight from "@lucide/svelte/icons/arrow-left-right";
import Clock from "@lucide/svelte/icons/clock";
import HardDrive from "@lucide/svelte/icons/hard-drive";
import Mail from "@lucide/svelte/icons/mail";
import ScrollText from "@lucide/svelte/icons/scroll-text";
import Radio from "@lucide/svelte/icons/radio";
import Shield from "@lucide/svelte/icons/shield";
import ShieldAlert from "@lucide/svelte/icons/shield-alert";
import SlidersHorizontal from "@lucide/svelte/icons/sliders-horizontal";
import Webhook from "@lucide/svelte/icons/webhook";
import type { Component } from "svelte";
import type { Key } from "../../messages/en.ts";
import type { SettingsDraft } from "./draft.svelte.ts";
import { BUCKET, type SettingPath } from "./kinds.ts";

/** Settings that are saved together. */
export interface Group {
  title: Key;
  intro: Key;
  paths: SettingPath[];
  /** What stands below its settings, loaded when it is first needed. */
  below?: () => Promise<{ default: Component<{ draft: SettingsDraft }> }>;
}

/** One page. */
export interface SettingsPage {
  path: string;
  title: Key;
  icon: Component<{ size?: number }>;
  groups: Group[];
  /** What stands before the settings, loaded when it is first needed. */
  extra?: () => Promise<{ default: Component }>;
  /** What stands behind them. */
  after?: () => Promise<{ default: Component }>;
}

const group = (name: string, paths: SettingPath[]): Group => ({
  title: `settings.${name}` as Key,
  intro: `settings.${name}Text` as Key,
  paths,
});

export const pages: SettingsPage[] = [
  {
    path: "application",
    title: "settings.application",
    icon: SlidersHorizontal,
    groups: [
      group("identity", ["meta.appName", "meta.appURL", "meta.accentColor"]),
      group("dashboard", ["meta.hideControls"]),
      group("batch", ["batch.enabled", "batch.maxRequests", "batch.timeout", "batch.maxBodySize"]),
      group("graphql", ["graphql.enabled", "graphql.introspection"]),
    ],
  },
  {
    path: "security",
    title: "settings.security",
    icon: ShieldAlert,
    extra: () => import("./security/Advice.svelte"),
    groups: [],
  },
  {
    path: "access",
    title: "settings.access",
    icon: Shield,
    groups: [
      group("superusers", ["superuserIPs"]),
      {
        ...group("limits", ["rateLimits.enabled", "rateLimits.rules", "rateLimits.excludedIPs"]),
        below: () => import("./limits/LimitsTrial.svelte"),
      },
      group("proxy", [
        "trustedProxy.headers",
        "trustedProxy.addresses",
        "trustedProxy.useLeftmostIP",
      ]),
    ],
  },
  {
    path: "channels",
    title: "settings.channels",
    icon: Radio,
    groups: [group("channelList", ["channels"])],
  },
  {
    path: "mail",
    title: "settings.mail",
    icon: Mail,
    extra: () => import("./MailExtra.svelte"),
    groups: [
      group("sender", ["meta.senderName", "meta.senderAddress"]),
      group("smtp", [
        "smtp.enabled",
        "smtp.host",
        "smtp.port",
        "smtp.username",
        "smtp.password",
        "smtp.authMethod",
        "smtp.tls",
        "smtp.localName",
      ]),
    ],
  },
  {
    path: "storage",
    title: "settings.storage",
    icon: HardDrive,
    groups: [group("files", BUCKET.files)],
    after: () => import("./TryFilesBucket.svelte"),
  },
  {
    path: "backups",
    title: "settings.backups",
    icon: Archive,
    extra: () => import("./Backups.svelte"),
    groups: [
      group("schedule", ["backups.cron", "backups.cronMaxKeep"]),
      group("backupBucket", BUCKET.backups),
    ],
    after: () => import("./TryBackupsBucket.svelte"),
  },
  {
    path: "logs",
    title: "settings.logs",
    icon: ScrollText,
    groups: [
      group("logging", [
        "logs.maxDays",
        "logs.minLevel",
        "logs.maxDataSize",
        "logs.logIP",
        "logs.logAuthId",
      ]),
    ],
  },
  {
    path: "webhooks",
    title: "settings.webhooks",
    icon: Webhook,
    extra: () => import("./webhooks/Webhooks.svelte"),
    groups: [],
  },
  {
    path: "transfer",
    title: "settings.transfer",
    icon: ArrowLeftRight,
    extra: () => import("../schema-transfer/Transfer.svelte"),
    groups: [],
  },
  {
    path: "jobs",
    title: "settings.jobs",
    icon: Clock,
    extra: () => import("./Jobs.svelte"),
    groups: [],
  },
];
