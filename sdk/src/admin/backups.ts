/** Backups of everything a server keeps. */
import { path, type RequestOptions, type Transport } from "../transport.js";

/** A backup, by its name. */
export interface Backup {
  key: string;
  /** Bytes. */
  size: number;
  modified: string;
}

/** What a backup would hold now, and how much room there is. */
export interface BackupEstimate {
  databaseBytes: number;
  files: number;
  fileBytes: number;
  freeBytes: number;
  /** About how large it would be, as the last one was for its database. */
  expectedBytes: number;
}

/** What goes on with backups, and what came of the last ones. */
export interface BackupStatus {
  running: {
    work: "backup" | "restore";
    key: string;
    began: string;
    /** Bytes that were copied so far, before they are packed. */
    done: number;
    /** About how many there are. */
    expected: number;
  } | null;
  lastSuccess: { key: string; began: string; milliseconds: number; size: number } | null;
  lastFailure: {
    work: "backup" | "restore";
    key: string;
    began: string;
    /** Why, for a person. */
    problem: string;
  } | null;
}

/** A collection that a restore would bring, take away, or give another number of records. */
export interface BackupDifference {
  name: string;
  /** How many records it has now; null where there is no such collection. */
  now: number | null;
  /** How many it has in the backup; null where it is not in it. */
  then: number | null;
}

/** What a backup holds, after all of it was read and checked. */
export interface BackupContents {
  /** Could it be restored? */
  valid: boolean;
  /** Why not. */
  problems: string[];
  /** What a restore would change of the collections that there are now. */
  differences: BackupDifference[];
  /** Of the server that made it. */
  version: string;
  created: string;
  collections: { name: string; records: number }[];
  records: number;
  files: number;
  bytes: number;
  missingFiles: string[];
}

const ROOT = "/api/backups";

/** The backups of a server. */
export class Backups {
  constructor(private readonly transport: Transport) {}

  /** All of them. */
  list(options: RequestOptions = {}): Promise<Backup[]> {
    return this.transport.send(ROOT, options);
  }

  /** Makes one, which is there when this is done; `name` ends in `.zip`. */
  async create({ name, ...options }: RequestOptions & { name?: string } = {}): Promise<void> {
    const outgoing = { timeout: 0, ...options, method: "POST", body: { name } };
    await this.transport.send(ROOT, outgoing);
  }

  /** How large one would be now. */
  estimate(options: RequestOptions = {}): Promise<BackupEstimate> {
    return this.transport.send(`${ROOT}/estimate`, options);
  }

  /** How far the one is that is being made or restored, and what came of the last ones. */
  status(options: RequestOptions = {}): Promise<BackupStatus> {
    return this.transport.send(`${ROOT}/status`, options);
  }

  /** Reads and checks all of one, and says what restoring it would bring; nothing is written. */
  verify(key: string, options: RequestOptions = {}): Promise<BackupContents> {
    const outgoing = { timeout: 0, ...options, method: "POST", query: { dryRun: 1 } };
    return this.transport.send(ROOT + path(key, "restore"), outgoing);
  }

  /** Adds one that was downloaded before. */
  async upload(file: Blob, options: RequestOptions = {}): Promise<void> {
    const outgoing = { timeout: 0, ...options, method: "POST", body: { file } };
    await this.transport.send(`${ROOT}/upload`, outgoing);
  }

  /** Removes one. */
  async delete(key: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT + path(key), { ...options, method: "DELETE" });
  }

  /**
   * Puts everything back as it is in a backup; the server starts again after the answer. With
   * `backupFirst` it makes a backup before, and restores nothing where that fails.
   */
  async restore(
    key: string,
    { backupFirst = false, ...options }: RequestOptions & { backupFirst?: boolean } = {},
  ): Promise<void> {
    const query = backupFirst ? { backupFirst: 1 } : {};
    const outgoing = { timeout: 0, ...options, method: "POST", query };
    await this.transport.send(ROOT + path(key, "restore"), outgoing);
  }

  /** The address of one, for a link, which holds for the minutes that its token does. */
  async url(key: string, options: RequestOptions = {}): Promise<string> {
    const outgoing = { ...options, method: "POST" };
    const { token } = await this.transport.send<{ token: string }>("/api/files/token", outgoing);
    return this.transport.url(ROOT + path(key), { token });
  }
}
