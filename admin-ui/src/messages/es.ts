/** Spanish. */
import type { Catalogue } from "./en.ts";

export const es: Partial<Catalogue> = {};
