/** English: the language that every other one falls back to. */
import { account } from "./en/account.ts";
import { advice } from "./en/advice.ts";
import { api } from "./en/api.ts";
import { app } from "./en/app.ts";
import { bulk } from "./en/bulk.ts";
import { collection } from "./en/collection.ts";
import { definition } from "./en/definition.ts";
import { explore } from "./en/explore.ts";
import { exports } from "./en/export.ts";
import { fields } from "./en/fields.ts";
import { filter } from "./en/filter.ts";
import { grid } from "./en/grid.ts";
import { home } from "./en/home.ts";
import { imports } from "./en/import.ts";
import { judged } from "./en/judged.ts";
import { keys } from "./en/keys.ts";
import { language } from "./en/language.ts";
import { logs } from "./en/logs.ts";
import { map } from "./en/map.ts";
import { matrix } from "./en/matrix.ts";
import { measures } from "./en/measures.ts";
import { operations } from "./en/operations.ts";
import { palette } from "./en/palette.ts";
import { plain } from "./en/plain.ts";
import { realtime } from "./en/realtime.ts";
import { recordAccount } from "./en/record-account.ts";
import { record } from "./en/record.ts";
import { records } from "./en/records.ts";
import { rules } from "./en/rules.ts";
import { search } from "./en/search.ts";
import { settings } from "./en/settings.ts";
import { signIn } from "./en/sign-in.ts";
import { signIns } from "./en/sign-ins.ts";
import { start } from "./en/start.ts";
import { storage } from "./en/storage.ts";
import { toasts } from "./en/toasts.ts";
import { transfer } from "./en/transfer.ts";
import { views } from "./en/views.ts";
import { ways } from "./en/ways.ts";
import { webhooks } from "./en/webhooks.ts";
import { welcome } from "./en/welcome.ts";

export const en = {
  ...app,
  ...palette,
  ...signIn,
  ...welcome,
  ...account,
  ...keys,
  ...home,
  ...start,
  ...measures,
  ...storage,
  ...map,
  ...collection,
  ...fields,
  ...rules,
  ...record,
  ...recordAccount,
  ...signIns,
  ...api,
  ...realtime,
  ...explore,
  ...language,
  ...definition,
  ...search,
  ...plain,
  ...matrix,
  ...records,
  ...imports,
  ...ways,
  ...grid,
  ...bulk,
  ...exports,
  ...filter,
  ...views,
  ...toasts,
  ...settings,
  ...advice,
  ...operations,
  ...transfer,
  ...webhooks,
  ...logs,
  ...judged,
} as const;

/** The name of a text. */
export type Key = keyof typeof en;
/** All texts of a language. */
export type Catalogue = Record<Key, string>;
