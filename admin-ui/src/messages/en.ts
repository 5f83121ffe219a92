/** English: the language that every other one falls back to. */
import { account } from "./en/account.ts";
import { api } from "./en/api.ts";
import { app } from "./en/app.ts";
import { collection } from "./en/collection.ts";
import { definition } from "./en/definition.ts";
import { explore } from "./en/explore.ts";
import { home } from "./en/home.ts";
import { keys } from "./en/keys.ts";
import { language } from "./en/language.ts";
import { logs } from "./en/logs.ts";
import { measures } from "./en/measures.ts";
import { matrix } from "./en/matrix.ts";
import { operations } from "./en/operations.ts";
import { palette } from "./en/palette.ts";
import { realtime } from "./en/realtime.ts";
import { plain } from "./en/plain.ts";
import { records } from "./en/records.ts";
import { rules } from "./en/rules.ts";
import { search } from "./en/search.ts";
import { settings } from "./en/settings.ts";
import { signIn } from "./en/sign-in.ts";
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
  ...definition,
  ...search,
  ...rules,
  ...language,
  ...api,
  ...realtime,
  ...explore,
  ...plain,
  ...matrix,
  ...records,
  ...settings,
  ...operations,
  ...webhooks,
  ...logs,
} as const;

/** The name of a text. */
export type Key = keyof typeof en;
/** All texts of a language. */
export type Catalogue = Record<Key, string>;
