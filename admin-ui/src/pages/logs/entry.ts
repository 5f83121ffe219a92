/** What is known of a request, read from an entry of the log. */
import type { LogEntry } from "@luge/client/admin";

/** A request as the log has it. */
export interface Asked {
  method: string;
  url: string;
  route: string;
  /** Undefined for what is no request. */
  status: number | undefined;
  milliseconds: number | undefined;
  requestId: string;
  /** Who asked: the id of a record, and the address. */
  who: string;
  error: string;
}

/** Reads an entry; what is not there is empty. */
export function askedOf({ data }: LogEntry): Asked {
  const text = (name: string) => (typeof data[name] === "string" ? data[name] : "");
  const number = (name: string) => (typeof data[name] === "number" ? data[name] : undefined);
  return {
    method: text("method"),
    url: text("url"),
    route: text("route"),
    status: number("status"),
    milliseconds: number("execTime"),
    requestId: text("requestId"),
    who: [text("authId"), text("userIP")].filter((part) => part !== "").join(" · "),
    error: text("error"),
  };
}

/** How an entry looks: well, wrong by the client, wrong by the server. */
export function lookOf(entry: LogEntry): "good" | "warn" | "bad" {
  const { status } = askedOf(entry);
  if (status === undefined) return entry.level >= 8 ? "bad" : entry.level >= 4 ? "warn" : "good";
  return status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
}

/** What a superuser did, in one line: who, what, to what, and what changed; empty for all else. */
export function deedOf({ data: { audit } }: LogEntry): string {
  if (audit === undefined) return "";
  const changed = audit.changed === undefined ? "" : `: ${audit.changed.join(", ")}`;
  return `${[audit.action, audit.target].join(" ").trim()}${changed} (${audit.by})`;
}

/** The command that asks the same again, without the sign-in, which is never logged. */
export function curlOf(entry: LogEntry, origin: string): string {
  const { method, url } = askedOf(entry);
  const quoted = `'${(origin + url).replaceAll("'", "'\\''")}'`;
  return `curl -X ${method} ${quoted}`;
}

/** A filter for entries with the same value, such as one of `data.status`. */
export function sameFilter(name: string, value: string | number): string {
  return `${name} = ${JSON.stringify(value)}`;
}

/** Two filters that must both hold. */
export function both(one: string, other: string): string {
  if (one === "" || one === other) return other;
  return one.includes("||") ? `(${one}) && ${other}` : `${one} && ${other}`;
}
