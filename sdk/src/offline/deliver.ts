/**
 * Handing one write to the server so that it happens once, however often it is handed over.
 *
 * A create has its key. An update or a delete goes only upon the record that it was made upon
 * (`If-Match`); where it may have arrived already, the record tells.
 */
import type { Client } from "../client.js";
import { ConflictError, isConflict, isNotFound, isValidation, LugeError } from "../errors.js";
import { carries, same } from "../local/change.js";
import type { Fields } from "../local/condition.js";
import type { AnySchema } from "../schema.js";
import { tagOf } from "../transport.js";
import type { Mutation } from "./mutation.js";

/** What the server has now: null after a delete. */
export interface Arrived {
  record: Fields | null;
  tag?: string | undefined;
}

type Addressed = Omit<Mutation, "number">;

/** Sends a write, unless the record shows that it has arrived; rejects where it is refused. */
export function deliver(
  db: Client<AnySchema>,
  mutation: Addressed,
  signal?: AbortSignal,
): Promise<Arrived> {
  const options = signal ? { signal } : {};
  return mutation.action === "create"
    ? create(db, mutation, options)
    : change(db, mutation, options);
}

/** The record as it is now; null where there is none, or none that may be seen. */
export async function look(
  db: Client<AnySchema>,
  { collection, record }: Addressed,
  options: { signal?: AbortSignal } = {},
): Promise<Fields | null> {
  try {
    return await db.from(collection).get(record, options);
  } catch (error) {
    if (error instanceof LugeError && error.status !== undefined && error.status < 500) return null;
    throw error;
  }
}

type Options = { signal?: AbortSignal };

async function create(
  db: Client<AnySchema>,
  mutation: Addressed,
  options: Options,
): Promise<Arrived> {
  const { collection, record, body, key, attempted } = mutation;
  try {
    const asked = { ...options, idempotencyKey: key };
    return arrived(await db.from(collection).create({ ...body, id: record }, asked));
  } catch (error) {
    // The server keeps keys for a day only.
    if (!attempted || !isValidation(error) || !error.fields.id) throw error;
    const there = await look(db, mutation, options);
    if (there && carries(there, undefined, mutation)) return arrived(there);
    throw error;
  }
}

async function change(
  db: Client<AnySchema>,
  mutation: Addressed,
  options: Options,
): Promise<Arrived> {
  const { seen, attempted } = mutation;
  try {
    return await send(db, mutation, await tagFor(db, mutation, options), options);
  } catch (error) {
    if (!attempted) throw error;
    if (mutation.action === "delete") {
      // A record that is refused to us answers like one that is gone.
      const gone = isNotFound(error) && (await look(db, mutation, options)) === null;
      if (gone) return { record: null };
      throw error;
    }
    if (!isConflict(error) || !error.current) throw error;
    if (!carries(error.current, seen ?? undefined, mutation)) throw error;
    return { record: error.current };
  }
}

/** The tag of what the write was made upon, which must be there still. */
async function tagFor(
  db: Client<AnySchema>,
  { collection, record, seen, tag, own }: Addressed,
  options: Options,
): Promise<string | undefined> {
  if (tag !== undefined || seen === null) return tag;
  const current = await db.from(collection).get(record, options);
  if (unchanged(seen, current) || (own && same(own, current))) return tagOf(current);
  const message = "The record has changed since it was read.";
  throw new ConflictError(message, { code: "conflict", status: 409, current });
}

async function send(
  db: Client<AnySchema>,
  { collection, action, record, body }: Addressed,
  ifMatch: string | undefined,
  options: Options,
): Promise<Arrived> {
  const asked = ifMatch === undefined ? options : { ...options, ifMatch };
  const records = db.from(collection);
  if (action === "update") return arrived(await records.update(record, body, asked));
  await records.delete(record, asked);
  return { record: null };
}

/** Lists, messages and single records may show different fields, never different values. */
function unchanged(seen: Fields, current: Fields): boolean {
  return Object.keys(seen).every((name) => !(name in current) || same(seen[name], current[name]));
}

function arrived(record: Fields): Arrived {
  return { record, tag: tagOf(record) };
}
