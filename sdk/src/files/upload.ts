/**
 * Uploads piece by piece (tus 1.0.0): after a break they go on where they were, also after a reload
 * of the page where a storage remembers them.
 */
import type { Client } from "../client.js";
import { isConflict, isNotFound, LugeError } from "../errors.js";
import { pause } from "../realtime.js";
import type { SchemaLike } from "../schema.js";
import { path, read, type Outgoing } from "../transport.js";

/** How far an upload is. */
export interface Progress {
  /** Bytes that the server has. */
  sent: number;
  total: number;
  /** From 0 to 1. */
  ratio: number;
}

/** How a file is uploaded. */
export interface UploadOptions {
  /** By default the file's own. */
  name?: string;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
  /** Bytes that are sent at one time; by default 4 MiB. */
  pieceBytes?: number;
  /** How often in a row it is tried to go on after a break, before it fails; by default 8. */
  attempts?: number;
  /** Remembers unfinished uploads, such as `localStorage`: the same file then goes on. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

const PLACE = "/api/files/uploads";
const PIECE_BYTES = 4 * 1024 * 1024;
const PIECE_TIMEOUT_MS = 120_000;
const ATTEMPTS = 8;
const PAUSE_MS = 300;

const TAKES = "upload:";

/**
 * Uploads a file and gives `upload:ID`, the value that takes it in a create or an update:
 * `update(id, { cover: await upload(db, file, { onProgress }) })`. One that fails or is aborted is
 * removed from the server, unless a storage remembers it.
 */
export async function upload<S extends SchemaLike<S>>(
  client: Client<S>,
  file: Blob,
  options: UploadOptions = {},
): Promise<string> {
  return new Upload(client as unknown as Client, file, options).run();
}

/** Removes an upload, by the value that would take it, which no record is going to take. */
export async function discard<S extends SchemaLike<S>>(
  client: Client<S>,
  value: string,
): Promise<void> {
  const place = PLACE + path(value.slice(TAKES.length));
  const outgoing = { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } };
  await client.transport.exchange(place, outgoing, async (answer) => {
    if (!answer.ok) await read(answer);
  });
}

class Upload {
  private readonly name: string;
  private readonly key: string;
  private id: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly file: Blob,
    private readonly options: UploadOptions,
  ) {
    const { name = "file", lastModified = 0 } = file as Partial<File>;
    this.name = options.name ?? name;
    const { record } = client.session;
    const owner = record === null ? "" : record.id;
    this.key = `luge.upload ${[client.url, owner, this.name, file.size, lastModified].join(" ")}`;
  }

  async run(): Promise<string> {
    try {
      return await this.send();
    } catch (error) {
      // Nobody can go on with it. Where this fails too, it ends when its time is over.
      if (this.id !== undefined && !this.options.storage) {
        discard(this.client, TAKES + this.id).catch(() => undefined);
      }
      throw error;
    }
  }

  private async send(): Promise<string> {
    const { storage, attempts = ATTEMPTS, signal } = this.options;
    this.id = storage?.getItem(this.key) ?? undefined;
    let sent = this.id === undefined ? 0 : undefined;
    for (let failures = 0; ; ) {
      try {
        if (this.id === undefined) {
          this.id = await this.begin();
          storage?.setItem(this.key, this.id);
        }
        sent ??= await this.extent(this.id);
        this.tell(sent);
        if (sent >= this.file.size) break;
        sent = await this.piece(this.id, sent);
        failures = 0;
      } catch (error) {
        if (isNotFound(error) && failures === 0) {
          // What was remembered has expired, or is somebody else's: it begins anew.
          storage?.removeItem(this.key);
          this.id = undefined;
          sent = 0;
        } else {
          if (!passes(error) || failures + 1 >= attempts) throw error;
          sent = this.id === undefined ? 0 : undefined;
          await pause(PAUSE_MS * 2 ** failures, signal ?? new AbortController().signal);
        }
        failures += 1;
      }
    }
    storage?.removeItem(this.key);
    return `${TAKES}${this.id}`;
  }

  private async begin(): Promise<string> {
    const entries = { filename: this.name, ...(this.file.type && { filetype: this.file.type }) };
    const metadata = Object.entries(entries).map(([key, value]) => `${key} ${base64(value)}`);
    const location = await this.ask("POST", PLACE, "Location", {
      headers: { "Upload-Length": `${this.file.size}`, "Upload-Metadata": metadata.join(",") },
    });
    return location.split("/").pop() ?? "";
  }

  private async extent(id: string): Promise<number> {
    return Number(await this.ask("HEAD", PLACE + path(id), "Upload-Offset"));
  }

  private async piece(id: string, from: number): Promise<number> {
    const { pieceBytes = PIECE_BYTES } = this.options;
    const type = "application/offset+octet-stream";
    const offset = await this.ask("PATCH", PLACE + path(id), "Upload-Offset", {
      headers: { "Upload-Offset": `${from}`, "Content-Type": type },
      body: this.file.slice(from, from + pieceBytes, type),
      timeout: PIECE_TIMEOUT_MS,
    });
    return Number(offset);
  }

  /** Sends a request whose answer is one of its headers. */
  private ask(method: string, place: string, header: string, more: Outgoing = {}): Promise<string> {
    const { signal } = this.options;
    const headers = { ...more.headers, "Tus-Resumable": "1.0.0" };
    const outgoing = { ...more, method, headers, ...(signal && { signal }) };
    return this.client.transport.exchange(place, outgoing, async (answer) => {
      if (!answer.ok) await read(answer);
      const value = answer.headers.get(header);
      if (value !== null) return value;
      throw new LugeError(`The server answered without ${header}.`, { code: "not_tus" });
    });
  }

  private tell(sent: number): void {
    const total = this.file.size;
    this.options.onProgress?.({ sent, total, ratio: total === 0 ? 1 : sent / total });
  }
}

/** Is it a failure after which the upload can go on? */
function passes(error: unknown): boolean {
  if (!(error instanceof LugeError)) return false;
  if (error.code === "network" || error.code === "timeout" || isConflict(error)) return true;
  return error.status !== undefined && (error.status >= 500 || error.status === 429);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
