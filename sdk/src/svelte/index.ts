/**
 * The entry point for Svelte 5: reactive objects over the same observers as in every framework.
 *
 * Queries are given as functions, so that they may depend on `$state` and props; what comes back
 * has getters, which must not be taken apart. Whatever is read in a template or an effect is
 * followed as long as that is there; nothing happens while a page is made on a server.
 */
import { createSubscriber } from "svelte/reactivity";
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
  let known: Observer<T> | undefined;
  let subscribe = () => {};
  return () => {
    // In the effect that reads: it runs again when what the query depends on changes.
    const observer = make();
    if (!observer) return nothing;
    if (observer !== known) {
      known = observer;
      subscribe = createSubscriber(observer.subscribe);
    }
    subscribe();
    return observer.current;
  };
}

function signal<T>(first: T): [read: () => T, write: (value: T) => void] {
  let value = first;
  let update = () => {};
  const subscribe = createSubscriber((tell) => {
    update = tell;
    return () => (update = () => {});
  });
  const read = () => {
    subscribe();
    return value;
  };
  const write = (next: T) => {
    value = next;
    update();
  };
  return [read, write];
}
