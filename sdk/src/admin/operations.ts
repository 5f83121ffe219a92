/** How a server is doing, its jobs, and what a superuser's dashboard remembers. */
import { isNotFound } from "../errors.js";
import { path, type RequestOptions, type Transport } from "../transport.js";

/** What is done by a schedule. */
export interface Cron {
  id: string;
  expression: string;
}

/** Something that the server does by itself, and how that went. */
export interface Job {
  id: string;
  /** When it runs, of one that is done by a schedule; else empty. */
  expression: string;
  /** Since when it runs now, or empty. */
  running: string;
  /** When it runs next, or empty. */
  next: string;
  /** How it ran last; null where it has not run yet. */
  last: {
    began: string;
    milliseconds: number;
    /** Did it do what it is for? */
    done: boolean;
    /** Why not, for a person. */
    problem: string;
  } | null;
}

/** What was measured within one step of time. */
export interface MetricSample {
  /** When it begins. */
  time: string;
  requests: number;
  clientErrors: number;
  serverErrors: number;
  signIns: number;
  failedSignIns: number;
  /** Milliseconds within which half of the requests, and 95 of 100, were answered. */
  p50: number | null;
  p95: number | null;
  /** Of one processor. */
  processorShare: number;
  memoryBytes: number;
  storeBytes: number;
  connections: number;
  realtimeClients: number;
  logsLost: number;
}

/** A history of measurements. */
export interface MetricHistory {
  from: string;
  to: string;
  /** Seconds. */
  step: number;
  samples: MetricSample[];
}

/** Which history. */
export interface MetricRange extends RequestOptions {
  from?: string;
  to?: string;
  /** Seconds. */
  step?: number;
}

/** How far the search index is. */
export interface SearchStatus {
  /** Writes that it does not know yet; null while nothing is searched. */
  commitsBehind: number | null;
  collections: {
    /** Its name. */
    collection: string;
    searchable: boolean;
    building: boolean;
    /** How far building is; null while none is built. */
    recordsAdded: number | null;
  }[];
}

/** Whether a server is well. */
export interface Health {
  canBackup: boolean;
  /** The address that the server sees. */
  realIP: string;
  /** A header that a proxy may have set, while none is trusted. */
  possibleProxyHeader: string;
}

const PREFERENCES = "/api/superusers/preferences";

/** The running of a server. */
export class Operations {
  constructor(private readonly transport: Transport) {}

  /** Everything that the server does by itself, and how it went last. */
  async jobs(options: RequestOptions = {}): Promise<Job[]> {
    return (await this.transport.send<{ items: Job[] }>("/api/jobs", options)).items;
  }

  /** What is done by a schedule. */
  crons(options: RequestOptions = {}): Promise<Cron[]> {
    return this.transport.send("/api/crons", options);
  }

  /** Starts a job now. */
  async runCron(id: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(`/api/crons${path(id)}`, { ...options, method: "POST" });
  }

  /** What was measured; the last hour by default. */
  metrics({ from, to, step, ...options }: MetricRange = {}): Promise<MetricHistory> {
    const outgoing = { ...options, query: { from, to, step } };
    return this.transport.send("/api/metrics/history", outgoing);
  }

  /** How far the search index is. */
  searchStatus(options: RequestOptions = {}): Promise<SearchStatus> {
    return this.transport.send("/api/search/status", options);
  }

  /** Whether the server is well. */
  async health(options: RequestOptions = {}): Promise<Health> {
    return (await this.transport.send<{ data: Health }>("/api/health", options)).data;
  }

  /** What the signed-in superuser's dashboard remembers; null where there is nothing yet. */
  async preferences<P extends object>(options: RequestOptions = {}): Promise<P | null> {
    try {
      return await this.transport.send<P>(PREFERENCES, options);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  /** Replaces it. */
  async setPreferences(preferences: object, options: RequestOptions = {}): Promise<void> {
    const outgoing = { ...options, method: "PUT", body: preferences };
    await this.transport.send(PREFERENCES, outgoing);
  }
}
