/** Chinese. What is missing is shown in English. */
import { account } from "./zh/account.ts";
import { advice } from "./zh/advice.ts";
import { api } from "./zh/api.ts";
import { app } from "./zh/app.ts";
import { bulk } from "./zh/bulk.ts";
import { collection } from "./zh/collection.ts";
import { definition } from "./zh/definition.ts";
import { explore } from "./zh/explore.ts";
import { exports } from "./zh/export.ts";
import { fields } from "./zh/fields.ts";
import { filter } from "./zh/filter.ts";
import { grid } from "./zh/grid.ts";
import { home } from "./zh/home.ts";
import { imports } from "./zh/import.ts";
import { judged } from "./zh/judged.ts";
import { keys } from "./zh/keys.ts";
import { language } from "./zh/language.ts";
import { logs } from "./zh/logs.ts";
import { map } from "./zh/map.ts";
import { matrix } from "./zh/matrix.ts";
import { measures } from "./zh/measures.ts";
import { operations } from "./zh/operations.ts";
import { palette } from "./zh/palette.ts";
import { plain } from "./zh/plain.ts";
import { realtime } from "./zh/realtime.ts";
import { recordAccount } from "./zh/record-account.ts";
import { record } from "./zh/record.ts";
import { records } from "./zh/records.ts";
import { rules } from "./zh/rules.ts";
import { search } from "./zh/search.ts";
import { settings } from "./zh/settings.ts";
import { signIn } from "./zh/sign-in.ts";
import { signIns } from "./zh/sign-ins.ts";
import { start } from "./zh/start.ts";
import { storage } from "./zh/storage.ts";
import { toasts } from "./zh/toasts.ts";
import { transfer } from "./zh/transfer.ts";
import { views } from "./zh/views.ts";
import { ways } from "./zh/ways.ts";
import { webhooks } from "./zh/webhooks.ts";
import { welcome } from "./zh/welcome.ts";
import type { Catalogue } from "./en.ts";

export const zh: Partial<Catalogue> = {
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
};
