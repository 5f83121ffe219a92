/** What a template is, loading one whole or not at all, and removing it again. */
import { isLuge } from "@luge/client";
import type { AdminClient, Collection, CollectionBody } from "@luge/client/admin";
import { randomText } from "../../../state/random.ts";

/** Records of one collection, in the order that they are made. */
export interface Rows {
  collection: string;
  rows: Record<string, unknown>[];
}

/** Collections with their rules and indexes, and some records to begin with. */
export interface Template {
  collections: (CollectionBody & { id: string; name: string })[];
  records: Rows[];
}

/** The part of the client that is needed here. */
export type Server = Pick<AdminClient, "collections" | "from">;

/** How far loading is. */
export type Progress = (done: number, all: number) => void;

const PASSWORD_BYTES = 16;

/** An id of a row, such as `post00000000007`. */
export const rowId = (word: string, number: number): string =>
  word + String(number).padStart(15 - word.length, "0");

/** How many records a template has. */
export const sizeOf = ({ records }: Template): number =>
  records.reduce((sum, { rows }) => sum + rows.length, 0);

/** Which of the names are those of collections that are there. */
export function present(names: string[], collections: Pick<Collection, "name">[]): string[] {
  const there = new Set(collections.map(({ name }) => name.toLowerCase()));
  return names.filter((name) => there.has(name.toLowerCase()));
}

/** Loads a template; when anything is refused, all of it goes again. */
export async function loadTemplate(
  server: Server,
  template: Template,
  progress: Progress,
): Promise<void> {
  await server.collections.import(template.collections);
  const all = sizeOf(template);
  let done = 0;
  try {
    for (const { collection, rows } of template.records) {
      const definition = template.collections.find(({ name }) => name === collection);
      for (const row of rows) {
        const body = definition?.type === "auth" ? { ...row, ...unknownPassword() } : row;
        await server.from(collection).create(body);
        progress((done += 1), all);
      }
    }
  } catch (error) {
    await removeAll(server, template.collections.map(({ name }) => name)).catch((failed) => {
      if (!isLuge(failed)) throw failed;
    });
    throw error;
  }
}

/** Collections beside these that have relations to them, or are views of them. */
export function referringTo(
  names: string[],
  collections: Pick<Collection, "id" | "name" | "fields">[],
): string[] {
  const own = collections.filter(({ name }) => names.includes(name));
  const ids = new Set(own.map(({ id }) => id));
  return collections
    .filter((each) => !own.includes(each))
    .filter(
      ({ fields, ...more }) =>
        fields.some(({ collectionId }) => ids.has(String(collectionId))) ||
        own.some(({ name }) => mentions("viewQuery" in more ? more.viewQuery : "", name)),
    )
    .map(({ name }) => name);
}

const mentions = (query: unknown, name: string) =>
  new RegExp(`\\b${name}\\b`, "i").test(String(query ?? ""));

/** Removes collections, those that refer to others first. */
export async function removeAll(
  server: Pick<Server, "collections">,
  names: string[],
): Promise<void> {
  for (const name of names.toReversed()) await server.collections.delete(name);
}

/** Nobody knows it: an account with a password that is in every template would be an open door. */
function unknownPassword() {
  const password = randomText(PASSWORD_BYTES);
  return { password, passwordConfirm: password, verified: true };
}
