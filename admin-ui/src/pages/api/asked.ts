/** What is chosen of an operation, and the call that it makes. */
import type { Collection } from "@luge/client/admin";
import type { Body, Call } from "./call.ts";
import type { Operation, Parameter } from "./operations.ts";

/** The values of the parameters, and the body as it is written. */
export interface Asked {
  values: Record<string, string>;
  body: string;
}

/** The values that an address names, and the examples for all others. */
export function valuesOf({ parameters }: Operation, query: URLSearchParams): Asked["values"] {
  return Object.fromEntries(
    parameters.map(({ name, value }) => [name, query.get(keyOf(name)) ?? value]),
  );
}

/** The name under which an address has a value: none that the dashboard has itself. */
export const keyOf = (name: string) => `p.${name}`;

/** What differs from the examples, for an address. */
export function changesOf({ parameters }: Operation, values: Asked["values"]) {
  const changed = (parameter: Parameter) => values[parameter.name] !== parameter.value;
  return parameters.filter(changed).map(({ name }) => [name, values[name] ?? ""] as const);
}

/** The object that a text is; undefined where it is none. */
export function objectOf(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

/** The call; without a body where what is written is none. */
export function callOf(
  operation: Operation,
  { fields, name }: Collection,
  { values, body }: Asked,
  signed: boolean,
): Call {
  const place = pick(operation.parameters, "path", values);
  const query = pick(operation.parameters, "query", values);
  const parsed = operation.body === undefined ? undefined : objectOf(body);
  const call: Call = {
    means: operation.id,
    collection: name,
    fields,
    method: operation.method,
    path: operation.path.map((part) => {
      return part.startsWith(":") ? (place[part.slice(1)] ?? "") : part;
    }),
    place,
    query,
    signed,
    silent: operation.answer === undefined,
  };
  if (parsed !== undefined) call.body = parsed;
  if (operation.files !== undefined) call.files = operation.files;
  if (operation.stream) call.topic = topicOf(name, place.id ?? "*", query);
  return call;
}

function pick(parameters: Parameter[], place: Parameter["place"], values: Asked["values"]) {
  const chosen: Record<string, string> = {};
  for (const { name, place: own } of parameters) {
    const value = values[name] ?? "";
    if (own === place && (value !== "" || place === "path")) chosen[name] = value;
  }
  return chosen;
}

/** A topic of a collection; what narrows it is a part of its name. */
export function topicOf(collection: string, id: string, query: Record<string, string>): string {
  const topic = `${collection}/${id === "" ? "*" : id}`;
  if (Object.keys(query).length === 0) return topic;
  return `${topic}?options=${encodeURIComponent(JSON.stringify({ query }))}`;
}
