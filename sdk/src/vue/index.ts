/**
 * The entry point for Vue 3: composables over the same observers as in every framework.
 *
 * Queries may be given as they are, as refs or as getters; a proxy of one is looked behind, since
 * views share by the client itself. Nothing happens while a page is made on
 * a server.
 */
import { computed, onScopeDispose, shallowRef, toRaw, toValue, watch } from "vue";
import type { ComputedRef, MaybeRefOrGetter } from "vue";
import type { Client } from "../client.js";
import type { Outcome } from "../errors.js";
import type { LiveList } from "../live/index.js";
import { IDLE, Mutation, type MutationChoice, type Progress } from "../observe/mutation.js";
import type { Observer } from "../observe/observer.js";
import type { Page } from "../query.js";
import {
  NO_LIST,
  NOTHING,
  observeLive,
  observePage,
  observeRecord,
  type Asked,
  type LiveChoice,
  type PageChoice,
  type Reading,
  type RecordChoice,
} from "../observe/reading.js";
import { onServer } from "../observe/request.js";
import { shelfOf, type Auth } from "../observe/shelf.js";

export * from "../observe/index.js";

/** Each key of a value as a ref. */
export type Refs<T> = { [K in keyof T]-?: ComputedRef<T[K]> };

/** A page of a query; of null nothing is asked for yet. */
export function useQuery<R>(
  query: MaybeRefOrGetter<Asked<R>>,
  choice: MaybeRefOrGetter<PageChoice<R>> = {},
): Refs<Omit<Reading<Page<R>>, "refresh">> & { refresh: () => void } {
  return useReading(() => {
    const asked = toRaw(toValue(query));
    return asked && observePage(asked, toValue(choice));
  });
}

/** One record; without a query or an id nothing is asked for yet. */
export function useRecord<R>(
  query: MaybeRefOrGetter<Asked<R>>,
  id: MaybeRefOrGetter<string | null | undefined>,
  choice: MaybeRefOrGetter<RecordChoice<R>> = {},
): Refs<Omit<Reading<R>, "refresh">> & { refresh: () => void } {
  return useReading(() => {
    const [asked, named] = [toRaw(toValue(query)), toValue(id)];
    return asked && named ? observeRecord(asked, named, toValue(choice)) : null;
  });
}

/** A list that stays what its query says: `const { items, state } = useLive(() => query)`. */
export function useLive<R>(
  query: MaybeRefOrGetter<Asked<R>>,
  choice: MaybeRefOrGetter<LiveChoice<R>> = {},
): Refs<LiveList<R>> {
  const list = useObserver<LiveList<R>>(() => {
    const asked = toRaw(toValue(query));
    return asked && observeLive(asked, toValue(choice));
  }, NO_LIST);
  return {
    items: computed(() => list.value.items),
    state: computed(() => list.value.state),
    error: computed(() => list.value.error),
  };
}

/** A change: `const { run, pending, error } = useMutation((title: string) => …)`. */
export function useMutation<A extends unknown[], T>(
  work: (...given: A) => Promise<T>,
  choice: MutationChoice = {},
): Refs<Progress<T>> & { run: (...given: A) => Promise<Outcome<T>>; reset: () => void } {
  const progress = shallowRef<Progress<T>>(IDLE);
  const { run, reset } = new Mutation(() => work, () => choice, (now) => (progress.value = now));
  return {
    pending: computed(() => progress.value.pending),
    data: computed(() => progress.value.data),
    error: computed(() => progress.value.error),
    run,
    reset,
  };
}

/** Who is signed in. */
export function useAuth(client: Client<any>): Refs<Auth> {
  const { auth } = shelfOf(toRaw(client).session);
  const now = useObserver(() => auth, auth.current);
  return {
    record: computed(() => now.value.record),
    signedIn: computed(() => now.value.signedIn),
  };
}

function useReading<T>(make: () => Observer<Reading<T>> | null | undefined) {
  const reading = useObserver<Reading<T>>(make, NOTHING);
  return {
    data: computed(() => reading.value.data),
    error: computed(() => reading.value.error),
    pending: computed(() => reading.value.pending),
    refresh: () => reading.value.refresh(),
  };
}

function useObserver<T>(make: () => Observer<T> | null | undefined, nothing: T) {
  const value = shallowRef<T>(nothing);
  let leave = () => {};
  const follow = (observer: Observer<T> | null | undefined) => {
    leave();
    leave = () => {};
    const show = () => (value.value = observer ? observer.current : nothing);
    show();
    // A server's page is done before anything could change, and nobody would end this.
    if (observer && !onServer()) {
      leave = observer.subscribe(show);
      show();
    }
  };
  // The same query made anew is the same observer, which nothing has to be done for.
  watch(computed(make), follow, { immediate: true });
  onScopeDispose(() => leave());
  return value;
}
