/** Domains: what passkeys of a collection are bound to, and whether that fits a page. */

/** Where passkeys work. */
export interface Bound {
  /** The domain. */
  domain: string;
  /** Pages that may ask for one. */
  origins: string[];
  /** Why this page cannot; undefined where it can. */
  trouble: "address" | "host" | "origin" | "insecure" | undefined;
}

/** `appURL` is the application's address, `rpId` and `origins` what the collection says. */
export function boundTo(
  { appURL, rpId, origins }: { appURL: string; rpId: string; origins: string[] },
  here: Pick<Location, "hostname" | "origin" | "protocol">,
): Bound {
  const app = URL.canParse(appURL) ? new URL(appURL) : undefined;
  const domain = rpId || app?.hostname || "";
  const pages = origins.length > 0 ? origins : app ? [app.origin] : [];
  return { domain, origins: pages, trouble: troubleOf(domain, pages, here) };
}

function troubleOf(
  domain: string,
  pages: string[],
  { hostname, origin, protocol }: Pick<Location, "hostname" | "origin" | "protocol">,
): Bound["trouble"] {
  if (domain === "" || isAddress(domain)) return "address";
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) return "host";
  if (protocol !== "https:" && !isLocal(hostname)) return "insecure";
  return pages.includes(origin) ? undefined : "origin";
}

/** Passkeys are bound to names: an address of the network is none. */
export const isAddress = (host: string) => /^[\d.]+$|:|^\[/.test(host);

/** A host of this very machine, which browsers take for secure. */
export const isLocal = (host: string) =>
  host === "localhost" ||
  host.endsWith(".localhost") ||
  host.startsWith("127.") ||
  host === "[::1]";
