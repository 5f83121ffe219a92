/** Spanish. What is missing is shown in English. */
import { account } from "./es/account.ts";
import { advice } from "./es/advice.ts";
import { api } from "./es/api.ts";
import { app } from "./es/app.ts";
import { bulk } from "./es/bulk.ts";
import { collection } from "./es/collection.ts";
import { definition } from "./es/definition.ts";
import { explore } from "./es/explore.ts";
import { exports } from "./es/export.ts";
import { fields } from "./es/fields.ts";
import { filter } from "./es/filter.ts";
import { grid } from "./es/grid.ts";
import { home } from "./es/home.ts";
import { imports } from "./es/import.ts";
import { judged } from "./es/judged.ts";
import { keys } from "./es/keys.ts";
import { language } from "./es/language.ts";
import { logs } from "./es/logs.ts";
import { map } from "./es/map.ts";
import { matrix } from "./es/matrix.ts";
import { measures } from "./es/measures.ts";
import { operations } from "./es/operations.ts";
import { palette } from "./es/palette.ts";
import { plain } from "./es/plain.ts";
import { realtime } from "./es/realtime.ts";
import { recordAccount } from "./es/record-account.ts";
import { record } from "./es/record.ts";
import { records } from "./es/records.ts";
import { rules } from "./es/rules.ts";
import { search } from "./es/search.ts";
import { settings } from "./es/settings.ts";
import { signIn } from "./es/sign-in.ts";
import { signIns } from "./es/sign-ins.ts";
import { start } from "./es/start.ts";
import { storage } from "./es/storage.ts";
import { toasts } from "./es/toasts.ts";
import { transfer } from "./es/transfer.ts";
import { views } from "./es/views.ts";
import { ways } from "./es/ways.ts";
import { webhooks } from "./es/webhooks.ts";
import { welcome } from "./es/welcome.ts";
import type { Catalogue } from "./en.ts";

export const es: Partial<Catalogue> = {
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
