/** What an import asks of the server: looking records up, and taking rows. */
import { eq, isLuge, or, type LugeError } from "@luge/client";
import { batch, BatchError } from "@luge/client/batch";
import { client } from "../../backend.ts";
import { collections } from "../../state/collections.svelte.ts";
import { Interrupted, type Outcome, type Outgoing, type Send } from "./delivery.ts";
import type { Find } from "./lookup.ts";

/** What one batch may hold; one row where batches are off. */
export interface BatchLimits {
  rows: number;
  /** Of the file's own text; a batch has the names of fields too. */
  chars: number;
  enabled: boolean;
}

const CHARS_MAX = 4 * 1024 * 1024;
/** The share of a batch that the values themselves may be. */
const VALUES_SHARE = 4;

/** The limits that the settings set. */
export async function batchLimits(): Promise<BatchLimits> {
  const { batch } = await client.settings.get();
  const { enabled, maxRequests, maxBodySize } = batch;
  const chars = maxBodySize > 0 ? Math.floor(maxBodySize / VALUES_SHARE) : CHARS_MAX;
  const rows = enabled ? Math.max(maxRequests, 1) : 1;
  return { rows, chars: Math.min(chars, CHARS_MAX), enabled };
}

/** Finds records by the values of a field. */
export const find: Find = (collection, field, values) =>
  interruptible(async () => {
    const fields = collections.find(collection)?.fields ?? [];
    const numeric = fields.some(({ name, type }) => name === field && type === "number");
    const is = (value: string) =>
      numeric ? eq<number>(field, Number(value)) : eq<string>(field, value);
    const among = or(...values.map(is));
    const query = client.from(collection).where(among).select("id", field as "id");
    const found: { id: string; value: string }[] = [];
    for await (const record of query.all()) {
      const { id, [field]: value } = record as Record<string, unknown>;
      found.push({ id: String(id), value: String(value) });
    }
    return found;
  });

/** Sends rows to a collection, as one batch where batches are on. */
export function sender(collection: string, { enabled }: BatchLimits): Send {
  return (rows, key) =>
    interruptible(() =>
      enabled ? sendBatch(collection, rows, key) : sendOne(collection, rows, key),
    );
}

async function sendBatch(collection: string, rows: Outgoing[], key: string): Promise<Outcome> {
  try {
    const steps = (on: Parameters<Parameters<typeof batch>[1]>[0]) =>
      rows.map(({ row, id }) =>
        id === undefined ? on(collection).create(row.body) : on(collection).update(id, row.body),
      );
    await batch(client, steps, { idempotencyKey: key });
    return { kind: "taken" };
  } catch (error) {
    if (error instanceof BatchError && isFinal(error.reason)) {
      return { kind: "refused", step: error.step, reason: sentence(error.reason) };
    }
    if (isLuge(error) && !(error instanceof BatchError) && isTooMuch(error)) {
      return { kind: "whole", reason: sentence(error) };
    }
    throw error;
  }
}

async function sendOne(collection: string, rows: Outgoing[], key: string): Promise<Outcome> {
  const query = client.from(collection);
  try {
    for (const { row, id } of rows) {
      if (id === undefined) await query.create(row.body, { idempotencyKey: key });
      else await query.update(id, row.body);
    }
    return { kind: "taken" };
  } catch (error) {
    const gone = rows[0]?.id === undefined ? [] : [404];
    if (!isLuge(error) || ![400, 413, ...gone].includes(error.status ?? 0)) throw error;
    return { kind: "refused", step: 0, reason: sentence(error) };
  }
}

const isFinal = ({ status = 0 }: LugeError) => status >= 400 && status < 500 && status !== 429;
const isTooMuch = ({ status }: LugeError) => status === 400 || status === 413;

/** What is wrong, field by field. */
function sentence({ message, fields }: LugeError): string {
  const named = Object.entries(fields).map(([field, { message }]) => `${field}: ${message}`);
  return named.length > 0 ? named.join(" ") : message;
}

/** What another attempt may mend is told apart. */
async function interruptible<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isLuge(error)) throw error;
    const status = error.status ?? 0;
    const passing = ["network", "timeout"].includes(error.code) || status === 429 || status >= 500;
    if (passing) throw new Interrupted(error.message, error.retryAfter);
    throw error;
  }
}
