/** The entry point for files: their addresses, and uploads that go on after a break. */
import type { Client } from "../client.js";
import { LugeError } from "../errors.js";
import type { SchemaLike, StoredRecord } from "../schema.js";
import { path, read, type Outgoing, type RequestOptions } from "../transport.js";

export { nativeBody, type NativeFile, type WithFiles } from "./native.js";
export { discard, upload, type Progress, type UploadOptions } from "./upload.js";

/** How a file is shown. */
export interface FileOptions {
  /** A smaller image: `100x100`, `0x300`, `200x200f`, as the field allows. */
  thumb?: string;
  /** Another format of an image. */
  format?: "webp" | "avif";
  /** Of `fileToken`, for a protected field. */
  token?: string;
  /** Offers to save it instead of showing it. */
  download?: boolean;
  /** Which one, of a field that holds several. */
  at?: number;
}

/** The fields of a record that can hold files. */
export type FileField<R> = {
  [F in keyof R]-?: R[F] extends string | readonly string[] | undefined ? F : never;
}[keyof R] &
  string;

/** The address of a file of a record; undefined where the field holds none. */
export function fileUrl<S extends SchemaLike<S>, R extends StoredRecord>(
  client: Client<S>,
  record: R,
  field: FileField<R>,
  options: FileOptions = {},
): string | undefined {
  const place = placeOf(record, field, options);
  return place && client.transport.url(place, queryOf(options));
}

/** What is in a file of a record; rejects where the field holds none. */
export async function readFile<S extends SchemaLike<S>, R extends StoredRecord>(
  client: Client<S>,
  record: R,
  field: FileField<R>,
  { signal, headers, timeout, ...options }: FileOptions & RequestOptions = {},
): Promise<Blob> {
  const place = placeOf(record, field, options);
  if (place === undefined) throw new LugeError("There is no such file.", { code: "no_file" });
  const query = queryOf(options);
  const outgoing: Outgoing = query ? { query } : {};
  if (signal) outgoing.signal = signal;
  if (headers) outgoing.headers = headers;
  if (timeout !== undefined) outgoing.timeout = timeout;
  return client.transport.exchange(place, outgoing, (answer) =>
    answer.ok ? answer.blob() : read<Blob>(answer),
  );
}

/**
 * For `srcset` of an image: one address for each width, `320w` and so on. The field must allow the
 * thumbs `320x0` and so on.
 */
export function fileSources<S extends SchemaLike<S>, R extends StoredRecord>(
  client: Client<S>,
  record: R,
  field: FileField<R>,
  widths: readonly number[],
  options: Omit<FileOptions, "thumb"> = {},
): string {
  const each = widths.map((width) => {
    const url = fileUrl(client, record, field, { ...options, thumb: `${width}x0` });
    return url && `${url} ${width}w`;
  });
  return each.filter((source) => source !== undefined).join(", ");
}

/** A token of about three minutes that opens protected files which the session may see. */
export async function fileToken<S extends SchemaLike<S>>(
  client: Client<S>,
  options: RequestOptions = {},
): Promise<string> {
  const outgoing = { ...options, method: "POST" };
  return (await client.transport.send<{ token: string }>("/api/files/token", outgoing)).token;
}

function placeOf(
  record: StoredRecord,
  field: string,
  { at = 0 }: FileOptions,
): string | undefined {
  const held = (record as unknown as Record<string, string | string[] | undefined>)[field];
  const name = [held].flat()[at];
  if (name === undefined || name === "") return undefined;
  return `/api/files${path(record.collectionId, record.id, name)}`;
}

function queryOf({ thumb, format, token, download }: FileOptions): Outgoing["query"] {
  return { thumb, format, token, download: download || undefined };
}
