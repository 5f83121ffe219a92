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
}

/** What a backup holds, after all of it was read and checked. */
export interface BackupContents {
  /** Could it be restored? */
  valid: boolean;
  /** Why not. */
  problems: string[];
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

  /** Puts everything back as it is in a backup; the server starts again after the answer. */
  async restore(key: string, options: RequestOptions = {}): Promise<void> {
    const outgoing = { timeout: 0, ...options, method: "POST" };
    await this.transport.send(ROOT + path(key, "restore"), outgoing);
  }

  /** The address of one, for a link, which holds for the minutes that its token does. */
  async url(key: string, options: RequestOptions = {}): Promise<string> {
    const outgoing = { ...options, method: "POST" };
    const { token } = await this.transport.send<{ token: string }>("/api/files/token", outgoing);
    return this.transport.url(ROOT + path(key), { token });
  }
}
