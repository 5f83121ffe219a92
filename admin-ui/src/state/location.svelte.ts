/** Where the dashboard is: every view is a path and a query under the base. */
const BASE = import.meta.env.BASE_URL.replace(/\/$/, "");

/** A query to put in an address; empty and undefined values are left out. */
export type Query = Record<string, string | number | undefined>;

class Place {
  path = $state(currentPath());
  query = $state.raw(new URLSearchParams(location.search));

  /** Reads the address again after it changed. */
  read(): void {
    this.path = currentPath();
    this.query = new URLSearchParams(location.search);
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

/** Goes to an address made by `href`. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  place.read();
}

/** Follows Back, Forward and clicks on links inside the dashboard. */
export function followLinks(): () => void {
  const back = () => place.read();
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

/** Links that others know, in mails and at providers, name pages of signing in behind a `#`. */
function currentPath(): string {
  const known = location.hash.startsWith("#/auth/");
  return known ? location.hash.slice(1) : pathOf(location.pathname);
}

function pathOf(pathname: string): string {
  const inside = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return inside.replace(/\/+$/, "") || "/";
}
