/** The operations of an OpenAPI document, found by words. */

/** What of the document is read here. */
export interface Document {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, unknown>>;
}

/** A parameter. */
export interface Parameter {
  name: string;
  in: string;
  description?: string;
  required?: boolean;
}

/** An operation. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  tag: string;
  /** Whom it is for. */
  access: "anyone" | "record" | "superuser";
  parameters: Parameter[];
  /** Each status that is answered. */
  statuses: string[];
}

const METHODS = ["get", "post", "patch", "put", "delete", "head", "options"];

/** All operations, in the order of the document. */
export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const found = methods[method];
      return isObject(found) ? [operationOf(method, path, found)] : [];
    }),
  );
}

function operationOf(method: string, path: string, found: Record<string, unknown>): Operation {
  const { summary, description, tags, parameters, responses, operationId } = found;
  const access = found["x-luge-access"];
  const [tag] = Array.isArray(tags) ? (tags as unknown[]) : [];
  return {
    id: String(operationId ?? `${method} ${path}`),
    method: method.toUpperCase(),
    path,
    summary: textOf(summary),
    description: textOf(description),
    tag: textOf(tag),
    access: access === "record" || access === "superuser" ? access : "anyone",
    parameters: Array.isArray(parameters) ? parameters.filter(isParameter) : [],
    statuses: isObject(responses) ? Object.keys(responses) : [],
  };
}

/** Those that have all words, anywhere. */
export function search(operations: Operation[], words: string): Operation[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return operations.filter((operation) => {
    const { method, path, summary, description, tag, id, parameters } = operation;
    const names = parameters.map(({ name }) => name);
    const text = [method, path, summary, description, tag, id, ...names].join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** Operations by their tag, in the order of the document. */
export function grouped(operations: Operation[]): [tag: string, members: Operation[]][] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const members = groups.get(operation.tag) ?? [];
    members.push(operation);
    groups.set(operation.tag, members);
  }
  return [...groups];
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isParameter(value: unknown): value is Parameter {
  return isObject(value) && typeof value.name === "string";
}
