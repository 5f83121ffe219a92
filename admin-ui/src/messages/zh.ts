/** Chinese. */
import type { Catalogue } from "./en.ts";

export const zh: Partial<Catalogue> = {};
