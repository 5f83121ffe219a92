/** What was asked of a server: its log of requests. */
import { frames } from "../frames.js";
import type { Page } from "../query.js";
import { path, read, type RequestOptions, type Transport } from "../transport.js";
import type { Rule } from "./collection.js";
import type { RuleAction } from "./rules.js";

/** What a rule said; `unasked`: there was no record to ask it of. */
export type LogVerdict =
  | "public"
  | "superuser"
  | "allowed"
  | "filtered"
  | "unasked"
  | "denied"
  | "locked"
  | "out of scope";

/** The rule that decided about a request; its text may be cut. */
export interface LogRule {
  collection: string;
  action: RuleAction;
  verdict: LogVerdict;
  text: Rule;
}

/** How the records of a list were found. */
export interface LogQuery {
  collection: string;
  /** Where candidates came from, such as `scan` or `index range by_author`. */
  plan: string;
  /** Index entries and records that were looked at. */
  looked: number;
  returned: number;
  /** The columns, as `CREATE INDEX` has them, of an index that would have spared most of it. */
  missingIndex?: string[];
}

/** How long the parts of a request took, in milliseconds; of those that it had. */
export interface LogTimings {
  /** Waiting for others. */
  waitMs?: number;
  /** Asking a rule of one record. */
  ruleMs?: number;
  /** Reading; in a list with its rule and its filter. */
  readMs?: number;
  /** Until a write was on the disk. */
  commitMs?: number;
}

/** What a superuser did to definitions, settings, backups or in somebody's name. */
export interface LogAudit {
  /** Such as `collections.update`. */
  action: string;
  /** Collection and id of who did it. */
  by: string;
  /** What it was done to; empty where there is only one. */
  target: string;
  /** The names of what changed, never a value. */
  changed?: string[];
}

/** What is known of a request; every key may be missing. */
export interface LogData extends Record<string, unknown> {
  rule?: LogRule;
  /** All rules that were asked, where they are several: `posts view allowed`. */
  rules?: string[];
  query?: LogQuery;
  timings?: LogTimings;
  audit?: LogAudit;
}

/** One entry: a request, or what the server has to say. */
export interface LogEntry {
  id: string;
  created: string;
  /** -4 debug, 0 info, 4 warning, 8 error. */
  level: number;
  message: string;
  /** Of requests: `method`, `url`, `status`, `execTime`, `auth`, `userIP`, `requestId`, `route`. */
  data: LogData;
}

/** A page of entries. */
export interface LogPage extends Page<LogEntry> {
  /** How many could not be written; left out for none. */
  lost?: number;
}

/** Which entries to list; `filter` and `sort` are over `created`, `level`, `data.status` … */
export interface LogList extends RequestOptions {
  page?: number;
  perPage?: number;
  filter?: string;
  sort?: string;
  /** Only these parts of each entry, such as `created,data.status`. */
  fields?: string;
}

/** What is told while a log is followed. */
export interface LogTail {
  signal: AbortSignal;
  filter?: string;
  onEntry: (entry: LogEntry) => void;
  /** So many went by untold, since they were read too slowly. */
  onMissed?: (writes: number) => void;
}

const ROOT = "/api/logs";

/** The log of a server. */
export class Logs {
  constructor(private readonly transport: Transport) {}

  /** A page of entries. */
  list({ page, perPage, filter, sort, fields, ...options }: LogList = {}): Promise<LogPage> {
    const query = { page, perPage, filter, sort, fields };
    return this.transport.send(ROOT, { ...options, query });
  }

  /** One entry. */
  get(id: string, options: RequestOptions = {}): Promise<LogEntry> {
    return this.transport.send(ROOT + path(id), options);
  }

  /** How many there are in each hour that has some. */
  stats({ filter, ...options }: RequestOptions & { filter?: string } = {}): Promise<
    { date: string; total: number }[]
  > {
    return this.transport.send(`${ROOT}/stats`, { ...options, query: { filter } });
  }

  /** Removes all entries. */
  async clear(options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT, { ...options, method: "DELETE" });
  }

  /** Tells entries as they come, until the server ends it (after half an hour) or the signal. */
  tail({ signal, filter, onEntry, onMissed }: LogTail): Promise<void> {
    const outgoing = { signal, timeout: 0, query: { filter } };
    return this.transport.exchange(`${ROOT}/tail`, outgoing, async (answer) => {
      if (!answer.ok || answer.body === null) return read<void>(answer);
      for await (const { event, data } of frames(answer.body)) {
        if (event === "log") onEntry(JSON.parse(data) as LogEntry);
        else if (event === "missed") onMissed?.((JSON.parse(data) as { writes: number }).writes);
      }
    });
  }
}
