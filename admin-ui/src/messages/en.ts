/** English: the language that every other one falls back to. */
import { account } from "./en/account.ts";
import type { advice } from "./en/advice.ts";
import { app } from "./en/app.ts";
import { collection } from "./en/collection.ts";
import { home } from "./en/home.ts";
import { keys } from "./en/keys.ts";
import { logs } from "./en/logs.ts";
import { measures } from "./en/measures.ts";
import { operations } from "./en/operations.ts";
import { records } from "./en/records.ts";
import { rules } from "./en/rules.ts";
import { settings } from "./en/settings.ts";
import { signIn } from "./en/sign-in.ts";
import type { start } from "./en/start.ts";
import type { ways } from "./en/ways.ts";
import { webhooks } from "./en/webhooks.ts";
import type { welcome } from "./en/welcome.ts";

export const en = {
  ...app,
  ...signIn,
  ...account,
  ...keys,
  ...home,
  ...measures,
  ...collection,
  ...rules,
  ...records,
  ...settings,
  ...operations,
  ...webhooks,
  ...logs,
} as const;

/** The texts that come with the page that says them, by `learn`. */
type Later = typeof advice & typeof start & typeof ways & typeof welcome;

/** The name of a text. */
export type Key = keyof typeof en | keyof Later;
/** All texts of a language. */
export type Catalogue = Record<Key, string>;
