/** Entries of the log as files: for whoever has to show what was asked and done. */
import type { LogEntry } from "@luge/client/admin";
import { csvCell } from "../../state/csv.ts";
import { askedOf } from "./entry.ts";

/** As CSV: what was asked, how it was judged, and what was done by whom. */
export function csvOf(entries: LogEntry[]): string {
  const lines = entries.map((entry) => {
    const { data } = entry;
    const { method, url, route, status, milliseconds, requestId, error } = askedOf(entry);
    const { audit, rule } = data;
    return [
      entry.created,
      ...[method, url, route, status, milliseconds, data.auth, data.authId, data.userIP],
      ...[rule && `${rule.collection} ${rule.action}`, rule?.verdict, error],
      ...[audit?.action, audit?.by, audit?.target, audit?.changed?.join(" ")],
      requestId,
    ];
  });
  const head = [
    "created,method,url,route,status,milliseconds,auth,authId,userIP",
    "rule,verdict,error,audit,by,target,changed,requestId",
  ];
  const rows = lines.map((cells) => cells.map((cell) => csvCell(cell, true)).join(","));
  return [head.join(","), ...rows].map((line) => `${line}\r\n`).join("");
}

/** As JSON. */
export function jsonOf(entries: LogEntry[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}
