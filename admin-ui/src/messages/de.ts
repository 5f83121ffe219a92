/** German. What is missing is shown in English. */
import { account } from "./de/account.ts";
import { advice } from "./de/advice.ts";
import { api } from "./de/api.ts";
import { app } from "./de/app.ts";
import { bulk } from "./de/bulk.ts";
import { collection } from "./de/collection.ts";
import { definition } from "./de/definition.ts";
import { explore } from "./de/explore.ts";
import { exports } from "./de/export.ts";
import { fields } from "./de/fields.ts";
import { filter } from "./de/filter.ts";
import { grid } from "./de/grid.ts";
import { home } from "./de/home.ts";
import { imports } from "./de/import.ts";
import { judged } from "./de/judged.ts";
import { keys } from "./de/keys.ts";
import { language } from "./de/language.ts";
import { logs } from "./de/logs.ts";
import { map } from "./de/map.ts";
import { matrix } from "./de/matrix.ts";
import { measures } from "./de/measures.ts";
import { operations } from "./de/operations.ts";
import { palette } from "./de/palette.ts";
import { plain } from "./de/plain.ts";
import { realtime } from "./de/realtime.ts";
import { recordAccount } from "./de/record-account.ts";
import { record } from "./de/record.ts";
import { records } from "./de/records.ts";
import { rules } from "./de/rules.ts";
import { search } from "./de/search.ts";
import { settings } from "./de/settings.ts";
import { signIn } from "./de/sign-in.ts";
import { signIns } from "./de/sign-ins.ts";
import { start } from "./de/start.ts";
import { storage } from "./de/storage.ts";
import { toasts } from "./de/toasts.ts";
import { transfer } from "./de/transfer.ts";
import { views } from "./de/views.ts";
import { ways } from "./de/ways.ts";
import { webhooks } from "./de/webhooks.ts";
import { welcome } from "./de/welcome.ts";
import type { Catalogue } from "./en.ts";

export const de: Partial<Catalogue> = {
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
