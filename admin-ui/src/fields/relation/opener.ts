/** Where related records are opened and made; there is no such place in a cell of a table. */
import type { Collection } from "@luge/client/admin";
import { getContext, setContext } from "svelte";

/** Shows records of other collections over the one that leads to them. */
export interface Opener {
  open: (collection: Collection, id: string) => void;
  /** `made` is told the id, once the record has been created. */
  create: (collection: Collection, name: string, made: (id: string) => void) => void;
}

const KEY = Symbol("opener of records");

export const setOpener = (opener: Opener): Opener => setContext(KEY, opener);
export const getOpener = (): Opener | undefined => getContext(KEY);
