/** What is stored, by collection. */
import type { RequestOptions, Transport } from "../transport.js";

/** What of a collection is stored; null where no survey has seen it yet. */
export interface CollectionStorage {
  id: string;
  name: string;
  /** How many there are now. */
  records: number;
  /** Bytes in the database, with what belongs to the records, such as sessions. */
  recordBytes: number | null;
  /** Bytes of all that follows from the records. */
  indexBytes: number | null;
  files: number | null;
  fileBytes: number | null;
  /** Kept previews of images. */
  previews: number | null;
  previewBytes: number | null;
}

/** What is stored, as the last survey found it. */
export interface Storage {
  /** When that ended; empty before the first one. */
  taken: string;
  /** Is another one asked for or under way? */
  surveying: boolean;
  collections: CollectionStorage[];
  /** On the disk. */
  databaseBytes: number;
  /** On the disk. */
  searchBytes: number;
  /** Within the database. */
  requestLogBytes: number | null;
  /** Within the database. */
  changeLogBytes: number | null;
  /** Null where their storage does not answer. */
  backups: number | null;
  backupBytes: number | null;
  freeBytes: number;
}

const ROOT = "/api/storage";

/** How much is stored of what. */
export class StorageSurvey {
  constructor(private readonly transport: Transport) {}

  /** What the last survey found. */
  read(options: RequestOptions = {}): Promise<Storage> {
    return this.transport.send(ROOT, options);
  }

  /** Has another survey taken soon; `read` says when it ended. */
  async survey(options: RequestOptions = {}): Promise<void> {
    await this.transport.send(`${ROOT}/survey`, { ...options, method: "POST" });
  }
}
