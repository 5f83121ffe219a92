/** Finds records to relate to. */
import { contains, eq, or } from "@luge/client";
import type { Collection } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { labelOf, searchable } from "./label.ts";

/** A record, as it is offered. */
export interface Related {
  value: string;
  label: string;
  detail: string | undefined;
}

const OFFERED = 30;

/** The records that a text is about; without any, the first ones. */
export async function findRelated(target: Collection, text: string): Promise<Related[]> {
  const words = text.trim();
  let query = client.from(target.name);
  if (words !== "") {
    query = query.where(or(...searchable(target).map((field) => contains(field, words))));
  }
  const { items } = await query.page(1, OFFERED, { skipTotal: true });
  return items.map((record) => relatedOf(record, target));
}

/** What records of these ids are called, by their ids; those that are gone are left out. */
export async function readRelated(
  target: Collection,
  ids: string[],
): Promise<Map<string, Related>> {
  if (ids.length === 0) return new Map();
  const query = client.from(target.name).where(or(...ids.map((id) => eq("id", id))));
  const { items } = await query.page(1, ids.length, { skipTotal: true });
  return new Map(items.map((record) => [record.id, relatedOf(record, target)]));
}

/** A record as it is offered; its id tells it from others of its name. */
export function relatedOf(
  record: Record<string, unknown> & { id: string },
  target: Collection,
): Related {
  const label = labelOf(record, target);
  return { value: record.id, label, detail: label === record.id ? undefined : record.id };
}
