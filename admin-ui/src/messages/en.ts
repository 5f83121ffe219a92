/** English: the language that every other one falls back to. */
import { account } from "./en/account.ts";
import { api } from "./en/api.ts";
import { app } from "./en/app.ts";
import { bulk } from "./en/bulk.ts";
import { collection } from "./en/collection.ts";
import { exports } from "./en/export.ts";
import { filter } from "./en/filter.ts";
import { grid } from "./en/grid.ts";
import { fields } from "./en/fields.ts";
import { explore } from "./en/explore.ts";
import { home } from "./en/home.ts";
import { keys } from "./en/keys.ts";
import { logs } from "./en/logs.ts";
import { measures } from "./en/measures.ts";
import { operations } from "./en/operations.ts";
import { palette } from "./en/palette.ts";
import { record } from "./en/record.ts";
import { recordAccount } from "./en/record-account.ts";
import { realtime } from "./en/realtime.ts";
import { records } from "./en/records.ts";
import { rules } from "./en/rules.ts";
import { settings } from "./en/settings.ts";
import { signIn } from "./en/sign-in.ts";
import { toasts } from "./en/toasts.ts";
import { views } from "./en/views.ts";
import { webhooks } from "./en/webhooks.ts";

export const en = {
  ...app,
  ...palette,
  ...signIn,
  ...account,
  ...keys,
  ...home,
  ...measures,
  ...collection,
  ...fields,
  ...rules,
  ...record,
  ...recordAccount,
  ...api,
  ...realtime,
  ...explore,
  ...records,
  ...grid,
  ...bulk,
  ...exports,
  ...filter,
  ...views,
  ...toasts,
  ...settings,
  ...operations,
  ...webhooks,
  ...logs,
} as const;

/** The name of a text. */
export type Key = keyof typeof en;
/** All texts of a language. */
export type Catalogue = Record<Key, string>;
