/**
 * Where the dashboard is: every view is a path and a query under the base. Links in mails have
 * theirs behind a `#`, so that no server and no proxy ever sees their tokens; so have those of
 * sign-in providers.
 */
const BASE = import.meta.env.BASE_URL.replace(/\/$/, "");
const MAILED = "#/auth/";

/** A query to put in an address; empty and undefined values are left out. */
export type Query = Record<string, string | number | undefined>;

class Place {
  path = $state(pathOf(location));
  query = $state.raw(new URLSearchParams(location.search));
  /** The whole address. */
  address = location.href;

  /** Reads the address again after it changed. */
  read(): void {
    this.path = pathOf(location);
    this.query = new URLSearchParams(location.search);
    this.address = location.href;
  }
}

/** Where the dashboard is now. */
export const place = new Place();

/** The address of a view. */
export function href(path: string, query: Query = {}): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") text.set(name, String(value));
  }
  return BASE + path + (text.size > 0 ? `?${text}` : "");
}

/** The address of the view that is shown, with parts of its query changed. */
export function hereWith(change: Query): string {
  return href(place.path, { ...Object.fromEntries(place.query), ...change });
}

/** Whoever asks to stay, when there is something that leaving would lose. */
const holders = new Set<(address: string) => boolean>();

/**
 * Lets a view keep the dashboard where it is: `stays` is asked with the address that is wanted, and
 * says whether to stay. Returns what ends that.
 */
export function holdHere(stays: (address: string) => boolean): () => void {
  holders.add(stays);
  return () => holders.delete(stays);
}

const isHeld = (address: string) => [...holders].some((stays) => stays(address));

/** Goes to an address made by `href`; with `anyway` also from what is not saved. */
export function go(address: string, { replace = false, anyway = false } = {}): void {
  if (!anyway && isHeld(address)) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  place.read();
}

/** Follows Back, Forward and clicks on links inside the dashboard. */
export function followLinks(): () => void {
  const back = () => {
    // The browser has gone back already: it is put where it was, and the one who holds asks.
    if (isHeld(location.href)) history.pushState(null, "", place.address);
    else place.read();
  };
  const click = (event: MouseEvent) => {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!plain || event.altKey || event.defaultPrevented) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.origin !== location.origin) return;
    if (!link.pathname.startsWith(`${BASE}/`)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener("popstate", back);
  document.addEventListener("click", click);
  return () => {
    removeEventListener("popstate", back);
    document.removeEventListener("click", click);
  };
}

/** The path of the view that an address names. */
export function pathOf({ pathname, hash }: { pathname: string; hash: string }): string {
  if (hash.startsWith(MAILED)) return hash.slice(1);
  const inside = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return inside.replace(/\/+$/, "") || "/";
}
