/** German. */
import type { Catalogue } from "./en.ts";

export const de: Partial<Catalogue> = {};
