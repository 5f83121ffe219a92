/** German. What is missing is shown in English. */
import { app } from "./de/app.ts";
import { home } from "./de/home.ts";
import { logs } from "./de/logs.ts";
import { map } from "./de/map.ts";
import { measures } from "./de/measures.ts";
import { palette } from "./de/palette.ts";
import { signIn } from "./de/sign-in.ts";
import type { Catalogue } from "./en.ts";

export const de: Partial<Catalogue> = {
  ...app,
  ...palette,
  ...signIn,
  ...home,
  ...measures,
  ...map,
  ...logs,
};
