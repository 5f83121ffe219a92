/**
 * What can be asked of a collection, from its definition: paths, parameters, bodies, answers and
 * refusals. Nothing is listed that the collection does not offer.
 */
import type { Collection, RuleAction } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";
import type { Body, Call, Json, Method } from "./call.ts";
import {
  exampleBody,
  exampleFilter,
  exampleRecord,
  exampleSort,
  expandable,
  SOME_ID,
  type KnownIds,
} from "./examples.ts";
import { signInOperations } from "./sign-in.ts";

/** Where an operation stands in the list of them. */
export type Group = "records" | "search" | "files" | "signIn" | "account";

/** A value that is put into the path or the query. */
export interface Parameter {
  name: string;
  place: "path" | "query";
  /** What it is at first. */
  value: string;
  help: Key;
  /** What else it could be. */
  choices?: string[];
}

/** A refusal that one can meet. */
export interface Failure {
  status: number;
  when: Key;
}

/** Something that can be asked. */
export interface Operation {
  id: string;
  group: Group;
  title: Key;
  text: Key;
  /** The rule that decides, where one does. */
  action?: RuleAction;
  method: Method;
  /** Segments; one that begins with a colon is the parameter of that name. */
  path: string[];
  parameters: Parameter[];
  body?: Body;
  files?: Call["files"];
  /** What is answered; nothing for 204. */
  answer?: Json;
  failures: Failure[];
  /** Is the answer a stream? */
  stream?: boolean;
  /** Only a device or another page can give what it takes: it can be read but not sent here. */
  elsewhere?: boolean;
  /** Only somebody who is signed in asks for it, whatever the rules say. */
  account?: boolean;
}

const ROOT = ["api", "collections"];
const REFUSED: Failure = { status: 403, when: "api.fail.locked" };
const MANY: Failure = { status: 429, when: "api.fail.many" };
const GONE: Failure = { status: 404, when: "api.fail.record" };
const BAD_QUERY: Failure = { status: 400, when: "api.fail.query" };
const BAD_BODY: Failure = { status: 400, when: "api.fail.body" };

/** Everything that can be asked of a collection. */
export function operationsOf(collection: Collection, ids: KnownIds): Operation[] {
  return [
    ...recordOperations(collection, ids),
    ...searchOperations(collection, ids),
    ...fileOperations(collection, ids),
    ...(collection.type === "auth"
      ? signInOperations(collection, exampleRecord(collection, ids))
      : []),
  ];
}

const query = (name: string, help: Key, value = "", choices?: string[]): Parameter => ({
  name,
  place: "query",
  value,
  help,
  ...(choices && { choices }),
});

const idOf = (collection: Collection, ids: KnownIds): Parameter => ({
  name: "id",
  place: "path",
  value: ids[collection.id] ?? SOME_ID,
  help: "api.param.id",
});

/** The parameters that shape a record. */
function shape({ fields }: Collection): Parameter[] {
  const paths = expandable(fields);
  const expand = paths.length > 0 ? [query("expand", "api.param.expand", "", paths)] : [];
  const names = fields.filter(({ hidden }) => !hidden).map(({ name }) => name);
  return [...expand, query("fields", "api.param.fields", "", names)];
}

function recordOperations(collection: Collection, ids: KnownIds): Operation[] {
  const root = [...ROOT, collection.name, "records"];
  const one = [...root, ":id"];
  const id = idOf(collection, ids);
  const record = exampleRecord(collection, ids);
  const common = { group: "records" } as const;
  return [
    listOperation(collection, root, record),
    {
      ...common,
      id: "view",
      title: "api.view",
      text: "api.view.text",
      action: "view",
      method: "GET",
      path: one,
      parameters: [id, ...shape(collection)],
      answer: record,
      failures: [REFUSED, GONE, MANY],
    },
    {
      ...common,
      id: "create",
      title: "api.create",
      text: "api.create.text",
      action: "create",
      method: "POST",
      path: root,
      parameters: shape(collection),
      body: exampleBody(collection, ids),
      answer: record,
      failures: [BAD_BODY, { status: 400, when: "api.fail.createRule" }, REFUSED, MANY],
    },
    {
      ...common,
      id: "update",
      title: "api.update",
      text: "api.update.text",
      action: "update",
      method: "PATCH",
      path: one,
      parameters: [id, ...shape(collection)],
      body: exampleBody(collection, ids, true),
      answer: record,
      failures: [BAD_BODY, REFUSED, GONE, { status: 409, when: "api.fail.changed" }, MANY],
    },
    {
      ...common,
      id: "delete",
      title: "api.delete",
      text: "api.delete.text",
      action: "delete",
      method: "DELETE",
      path: one,
      parameters: [id],
      failures: [{ status: 400, when: "api.fail.referenced" }, REFUSED, GONE, MANY],
    },
    ...manyOperations(collection, ids, root),
    subscription(collection),
  ];
}

function listOperation(collection: Collection, root: string[], record: Body): Operation {
  return {
    group: "records",
    id: "list",
    title: "api.list",
    text: "api.list.text",
    action: "list",
    method: "GET",
    path: root,
    parameters: [
      query("filter", "api.param.filter", exampleFilter(collection)),
      query("sort", "api.param.sort", exampleSort(collection)),
      query("page", "api.param.page", "1"),
      query("perPage", "api.param.perPage", "30"),
      ...shape(collection),
      query("skipTotal", "api.param.skipTotal", "", ["1"]),
    ],
    answer: { page: 1, perPage: 30, totalItems: 1, totalPages: 1, items: [record] },
    failures: [BAD_QUERY, REFUSED, MANY],
  };
}

/** Several records in one request. */
function manyOperations(collection: Collection, ids: KnownIds, root: string[]): Operation[] {
  const url = `/${root.map(encodeURIComponent).join("/")}`;
  const id = encodeURIComponent(ids[collection.id] ?? SOME_ID);
  // No delete among them: the ids are those of records that there are.
  const requests: Json = [
    { method: "POST", url, body: exampleBody(collection, ids) },
    { method: "PATCH", url: `${url}/${id}`, body: exampleBody(collection, ids, true) },
  ];
  return [
    {
      group: "records",
      id: "batch",
      title: "api.batch",
      text: "api.batch.text",
      method: "POST",
      path: ["api", "batch"],
      parameters: [],
      body: { requests },
      answer: [{ status: 200, body: exampleRecord(collection, ids) }],
      failures: [
        { status: 400, when: "api.fail.batch" },
        { status: 403, when: "api.fail.batchOff" },
        MANY,
      ],
    },
    {
      group: "records",
      id: "aggregate",
      title: "api.aggregate",
      text: "api.aggregate.text",
      action: "list",
      method: "GET",
      path: [...ROOT, collection.name, "aggregate"],
      parameters: aggregateParameters(collection),
      answer: { items: [{ count: 7 }], page: 1, perPage: 30, totalItems: 1, totalPages: 1 },
      failures: [BAD_QUERY, REFUSED, MANY],
    },
  ];
}

function aggregateParameters({ fields }: Collection): Parameter[] {
  const own = fields.filter(({ system, hidden }) => !system && !hidden);
  const choice = own.find(({ type }) => type === "select");
  const group = choice ?? own.find(({ type }) => type === "bool");
  const time = fields.find(({ type }) => type === "autodate");
  const numbers = own.filter(({ type }) => type === "number").map(({ name }) => name);
  const groups = own.map(({ name }) => name);
  return [
    query("group", "api.param.group", group?.name ?? (time ? `${time.name}:month` : ""), groups),
    query("sum", "api.param.sum", numbers[0] ?? "", numbers),
    query("avg", "api.param.avg", "", numbers),
    query("min", "api.param.min", "", groups),
    query("max", "api.param.max", "", groups),
    query("filter", "api.param.filter"),
    query("having", "api.param.having"),
    query("sort", "api.param.groupSort", "-count"),
  ];
}

function subscription(collection: Collection): Operation {
  return {
    group: "records",
    id: "subscribe",
    title: "api.subscribe",
    text: "api.subscribe.text",
    action: "list",
    method: "GET",
    path: ["api", "realtime"],
    parameters: [
      { name: "id", place: "path", value: "*", help: "api.param.topic" },
      query("filter", "api.param.topicFilter"),
      ...(collection.search ? [query("search", "api.param.topicSearch")] : []),
      ...shape(collection),
    ],
    answer: { action: "create", record: exampleRecord(collection, {}) },
    failures: [
      { status: 400, when: "api.fail.topic" },
      { status: 403, when: "api.fail.client" },
      { status: 404, when: "api.fail.noClient" },
    ],
    stream: true,
  };
}

function searchOperations(collection: Collection, ids: KnownIds): Operation[] {
  const { search } = collection;
  if (!search) return [];
  const paths = Object.keys(search.fields);
  const facets = paths.filter((path) => search.fields[path]?.facet);
  const root = [...ROOT, collection.name, "records"];
  const list = listOperation(collection, root, exampleRecord(collection, ids));
  const page = list.parameters.filter(({ name }) => name !== "filter" && name !== "sort");
  const words = query("search", "api.param.search", "example");
  const filter = query("filter", "api.param.filter");
  const highlight = query("highlight", "api.param.highlight", paths[0] ?? "*", ["*", ...paths]);
  const common = { ...list, group: "search" } as const;
  const only = [
    query("perPage", "api.param.perPage", "1"),
    query("skipTotal", "api.param.skipTotal", "1"),
  ];
  const counts = { values: [{ value: "…", count: 3 }], more: false };
  const counted: Operation = {
    ...common,
    id: "facets",
    title: "api.facets",
    text: "api.facets.text",
    parameters: [
      query("facets", "api.param.facets", facets.join(","), facets),
      { ...words, value: "" },
      filter,
      ...page,
    ],
    answer: { facets: Object.fromEntries(facets.map((path) => [path, counts])), items: [] },
  };
  return [
    {
      ...common,
      id: "search",
      title: "api.search",
      text: "api.search.text",
      parameters: [words, highlight, filter, ...page],
    },
    ...(facets.length > 0 ? [counted] : []),
    {
      ...common,
      id: "suggest",
      title: "api.suggest",
      text: "api.suggest.text",
      parameters: [query("suggest", "api.param.suggest", "exa"), filter, ...only],
      answer: { suggestions: [{ word: "example", text: "example" }], items: [] },
    },
  ];
}

function fileOperations(collection: Collection, ids: KnownIds): Operation[] {
  const fields = collection.fields.filter(({ type, hidden }) => type === "file" && !hidden);
  const [first] = fields;
  if (first === undefined) return [];
  const create = recordOperations(collection, ids).find(({ id }) => id === "create");
  const thumbs = fields.flatMap(({ thumbs }) => (thumbs as string[] | undefined) ?? []);
  const secret = fields.some((field) => field.protected === true);
  const files = fields.map(({ name }) => ({ field: name, name: "photo.jpg" }));
  const record = ids[collection.id] ?? SOME_ID;
  const texts = { title: "api.createFiles", text: "api.createFiles.text" } as const;
  const own = { ...texts, group: "files", id: "createFiles", files, elsewhere: true } as const;
  return [
    ...(create ? [{ ...create, ...own }] : []),
    {
      group: "files",
      id: "file",
      title: "api.file",
      text: "api.file.text",
      method: "GET",
      path: ["api", "files", collection.name, ":id", ":file"],
      parameters: [
        { name: "id", place: "path", value: record, help: "api.param.id" },
        { name: "file", place: "path", value: "photo_k3v9x2.jpg", help: "api.param.file" },
        {
          name: "field",
          place: "path",
          value: first.name,
          help: "api.param.field",
          choices: fields.map(({ name }) => name),
        },
        query("thumb", "api.param.thumb", "", thumbs.length > 0 ? thumbs : ["100x100"]),
        query("format", "api.param.format", "", ["webp", "avif"]),
        query("download", "api.param.download", "", ["1"]),
        ...(secret ? [query("token", "api.param.fileToken")] : []),
      ],
      failures: [{ status: 404, when: "api.fail.file" }, MANY],
      elsewhere: true,
    },
    ...(secret ? [fileToken] : []),
  ];
}

const fileToken: Operation = {
  group: "files",
  id: "fileToken",
  title: "api.fileToken",
  text: "api.fileToken.text",
  method: "POST",
  path: ["api", "files", "token"],
  parameters: [],
  answer: { token: "…" },
  failures: [{ status: 401, when: "api.fail.signIn" }],
  account: true,
};
