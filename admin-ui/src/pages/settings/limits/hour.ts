/** The requests of the last hour, as the log has them. */
import type { LogEntry } from "@luge/client/admin";
import { client } from "../../../backend.ts";
import type { Logged } from "./simulate.ts";

const HOUR_MS = 3_600_000;
/** How many are read at most, and how many at one time. */
export const MOST = 10_000;
const PAGE = 1_000;
const FIELDS = ["method", "url", "auth", "userIP", "execTime", "route"];

/** The requests of the last hour, the latest first and no more than `MOST`. */
export async function lastHour(): Promise<Logged[]> {
  const from = new Date(Date.now() - HOUR_MS).toISOString().replace("T", " ");
  const asked = {
    filter: `data.type = "request" && created >= "${from}"`,
    perPage: PAGE,
    sort: "-created",
    fields: ["created", ...FIELDS.map((name) => `data.${name}`)].join(),
  };
  const found: Logged[] = [];
  for (let page = 1; found.length < MOST; page += 1) {
    const { items } = await client.logs.list({ ...asked, page });
    found.push(...items.map(loggedOf));
    if (items.length < PAGE) break;
  }
  return found;
}

/** A request as its entry tells it; it came before it was answered. */
export function loggedOf({ created, data }: LogEntry): Logged {
  const text = (name: string) => (typeof data?.[name] === "string" ? data[name] : "");
  const took = Number(data?.execTime) || 0;
  const path = text("url").split("?", 1)[0] ?? "";
  return {
    at: Date.parse(created.replace(" ", "T")) - took,
    method: text("method"),
    path,
    auth: text("auth"),
    address: text("userIP"),
    route: `${text("method")} ${text("route") || path}`,
  };
}
