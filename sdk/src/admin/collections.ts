/** The collections themselves: all of it asks for a superuser. */
import type { Page } from "../query.js";
import { path, read, type RequestOptions, type Transport } from "../transport.js";
import type { Collection, CollectionBody, CollectionType } from "./collection.js";
import type { CollectionPlan } from "./plan.js";

/** Which collections to list. */
export interface CollectionList extends RequestOptions {
  page?: number;
  perPage?: number;
  filter?: string;
  sort?: string;
}

/** What a database of PocketBase defines. */
export interface ReadDefinitions {
  /** As it would export them, without secrets. */
  collections: (CollectionBody & { name: string })[];
  /** What is not among them, in sentences. */
  notes: string[];
}

/** A blank collection of each type. */
export type Scaffolds = Record<CollectionType, Collection>;

const ROOT = "/api/collections";

/** The collections of a server. */
export class Collections {
  constructor(private readonly transport: Transport) {}

  /** One page of collections, in the order of their creation. */
  list({ page, perPage, filter, sort, ...options }: CollectionList = {}): Promise<
    Page<Collection>
  > {
    return this.transport.send(ROOT, { ...options, query: { page, perPage, filter, sort } });
  }

  /** One collection, by its name or id. */
  get(name: string, options: RequestOptions = {}): Promise<Collection> {
    return this.transport.send(ROOT + path(name), options);
  }

  /** Creates a collection. */
  create(
    body: CollectionBody & { name: string },
    options: RequestOptions = {},
  ): Promise<Collection> {
    return this.transport.send(ROOT, { ...options, method: "POST", body });
  }

  /**
   * Changes what is given; `fields` and `indexes` replace the whole list. With `rewriteReferences`,
   * rules and indexes that name what is renamed are rewritten.
   */
  update(
    name: string,
    body: CollectionBody & { rewriteReferences?: boolean },
    options: RequestOptions = {},
  ): Promise<Collection> {
    return this.transport.send(ROOT + path(name), { ...options, method: "PATCH", body });
  }

  /** Says what `update` would do, and does nothing. */
  plan(
    name: string,
    body: CollectionBody & { rewriteReferences?: boolean },
    options: RequestOptions = {},
  ): Promise<CollectionPlan> {
    return this.transport.send(ROOT + path(name, "plan"), { ...options, method: "POST", body });
  }

  /** Deletes a collection with its records. */
  async delete(name: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT + path(name), { ...options, method: "DELETE" });
  }

  /** Deletes all records of a collection. */
  async truncate(name: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT + path(name, "truncate"), { ...options, method: "DELETE" });
  }

  /** Brings the collections to the given definitions, all or none. */
  async import(
    collections: CollectionBody[],
    { deleteMissing = false, ...options }: RequestOptions & { deleteMissing?: boolean } = {},
  ): Promise<void> {
    const body = { collections, deleteMissing };
    await this.transport.send(`${ROOT}/import`, { ...options, method: "PUT", body });
  }

  /** Reads what a `data.db` of PocketBase (0.23 or later) defines; nothing of it is kept. */
  readPocketBase(file: Blob, options: RequestOptions = {}): Promise<ReadDefinitions> {
    const outgoing = { timeout: 0, ...options, method: "POST", body: { file } };
    return this.transport.send(`${ROOT}/meta/pocketbase`, outgoing);
  }

  /** A file of types of all records in a language, such as `ts` or `json-schema`. */
  types(language: string, options: RequestOptions = {}): Promise<string> {
    return this.transport.exchange(`/api/types${path(language)}`, options, async (answer) => {
      if (!answer.ok) return read<string>(answer);
      return answer.text();
    });
  }

  /** A blank collection of each type, with its system fields. */
  scaffolds(options: RequestOptions = {}): Promise<Scaffolds> {
    return this.transport.send(`${ROOT}/meta/scaffolds`, options);
  }
}
