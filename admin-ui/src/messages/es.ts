/** Spanish. What is missing is shown in English. */
import { app } from "./es/app.ts";
import { home } from "./es/home.ts";
import { logs } from "./es/logs.ts";
import { map } from "./es/map.ts";
import { measures } from "./es/measures.ts";
import { palette } from "./es/palette.ts";
import { signIn } from "./es/sign-in.ts";
import type { Catalogue } from "./en.ts";

export const es: Partial<Catalogue> = {
  ...app,
  ...palette,
  ...signIn,
  ...home,
  ...measures,
  ...map,
  ...logs,
};
