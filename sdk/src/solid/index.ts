/**
 * The entry point for Solid: primitives over the same observers as in every framework.
 *
 * Queries are given as functions, so that they may depend on signals; what comes back has getters,
 * which must not be taken apart. Nothing happens while a page is made on a server.
 */
import { createEffect, createMemo, createSignal, onCleanup } from "solid-js";
import { mutation, readers } from "../observe/getters.js";
import type { MutationChoice } from "../observe/index.js";
import type { Observer } from "../observe/observer.js";

export * from "../observe/index.js";

export const { useQuery, useRecord, useLive, useAuth } = readers(follow);

/** A change: `const saving = useMutation((title: string) => …)`, `saving.run("x")`. */
export function useMutation<A extends unknown[], T>(
  work: (...given: A) => Promise<T>,
  choice: MutationChoice = {},
) {
  return mutation(signal, work, choice);
}

function follow<T>(make: () => Observer<T> | null | undefined, nothing: T): () => T {
  // The same query made anew is the same observer, which nothing has to be done for.
  const observer = createMemo(make);
  const [told, tell] = createSignal(undefined, { equals: false });
  // Effects do not run on a server.
  createEffect(() => {
    const followed = observer();
    if (followed) onCleanup(followed.subscribe(tell));
    tell();
  });
  return () => {
    told();
    return observer()?.current ?? nothing;
  };
}

function signal<T>(first: T): [read: () => T, write: (value: T) => void] {
  const [read, write] = createSignal(first);
  return [read, (value) => write(() => value)];
}
