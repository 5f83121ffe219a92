/** Chinese. What is missing is shown in English. */
import { app } from "./zh/app.ts";
import { home } from "./zh/home.ts";
import { logs } from "./zh/logs.ts";
import { map } from "./zh/map.ts";
import { measures } from "./zh/measures.ts";
import { palette } from "./zh/palette.ts";
import { signIn } from "./zh/sign-in.ts";
import type { Catalogue } from "./en.ts";

export const zh: Partial<Catalogue> = {
  ...app,
  ...palette,
  ...signIn,
  ...home,
  ...measures,
  ...map,
  ...logs,
};
