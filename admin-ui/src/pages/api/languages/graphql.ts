/** Requests in GraphQL: what is sent to /api/graphql as `query`. */
import type { Field } from "@luge/client/admin";
import type { Body, Call, Json } from "../call.ts";
import { doubleQuoted as text, literal, type Style } from "../quote.ts";
import { stepsOf } from "../steps.ts";

/** A document; undefined where GraphQL has nothing of the kind. */
export function graphQl(call: Call): string | undefined {
  return writers[call.means]?.(call);
}

const plain: Style = {
  text,
  key: (key) => key,
  words: { null: "null", true: "true", false: "false" },
  object: ["{", "}"],
  step: "  ",
};

const NAME = /^[A-Za-z_]\w*$/;
const MOST_FIELDS = 12;

/** The name of a collection or a field in the schema, where no other one has the same. */
export function graphName(name: string): string {
  const plain = name.replace(/\W/g, "_").replace(/^__/, "_");
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

/** What is asked of a record: its own fields, as the schema has them. */
function selection({ fields, query }: Call, margin: string): string {
  const wanted = (query.fields ?? "").split(",").map((each) => each.trim());
  const every = wanted.every((each) => each === "" || each === "*");
  const shown = fields
    .filter(({ name, hidden, type }) => {
      return !hidden && type !== "password" && (every || wanted.includes(name));
    })
    .slice(0, MOST_FIELDS)
    .map((field) => margin + selected(field));
  return shown.length > 0 ? shown.join("\n") : `${margin}id`;
}

function selected({ name, type, maxSelect }: Field): string {
  const plain = graphName(name);
  if (type === "file") return `${plain} { name url }`;
  if (type === "geoPoint") return `${plain} { lon lat }`;
  if (type === "relation") return `${plain}_id${Number(maxSelect ?? 1) > 1 ? "s" : ""}`;
  return plain;
}

/** The arguments that have a value. */
function given(all: Record<string, string | undefined>): string {
  const parts = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return parts.length > 0 ? `(${parts.join(", ")})` : "";
}

const optional = (value: string | undefined) => (value ? text(value) : undefined);
const whole = (value: string | undefined) => (/^\d+$/.test(value ?? "") ? value : undefined);
const names = (list: string | undefined) => {
  return list ? `[${list.split(",").map((each) => text(each.trim())).join(", ")}]` : undefined;
};

function list(call: Call): string {
  const { filter, sort, page, perPage, search, highlight, facets, suggest } = call.query;
  const asked = given({
    filter: optional(filter),
    sort: optional(sort),
    page: whole(page),
    perPage: whole(perPage),
    search: optional(search),
    highlight: names(highlight),
    facets: optional(facets),
    suggest: optional(suggest),
  });
  const counted = facets ? ["facets"] : [];
  const completed = suggest ? ["suggestions { word text }"] : [];
  const found = search ? "\n      _search { score highlights }" : "";
  return `query {
  ${graphName(call.collection)}${asked} {
    ${["totalItems", ...counted, ...completed].join("\n    ")}
    items {
${selection(call, "      ")}${found}
    }
  }
}`;
}

function aggregate(call: Call): string {
  const { filter, having, sort, page, perPage, ...columns } = call.query;
  const lists = Object.entries(columns).filter(([, value]) => value !== "");
  const asked = given({
    ...Object.fromEntries(lists.map(([name, value]) => [name, text(value)])),
    having: optional(having),
    filter: optional(filter),
    sort: optional(sort),
    page: whole(page),
    perPage: whole(perPage),
  });
  const shown = ["count", ...lists.map(([name]) => name)].join(" ");
  return `query {
  ${graphName(call.collection)}_aggregate${asked} {
    items { ${shown} }
  }
}`;
}

/** The values of a write: choices that are names are names here, modifiers are left to `body`. */
function data({ fields }: Pick<Call, "fields">, body: Body, margin: string): string {
  const own: string[] = [];
  const rest: Body = {};
  const inner = `${margin}  `;
  for (const [name, value] of Object.entries(body)) {
    const field = fields.find((each) => each.name === name);
    const password = name === "passwordConfirm" || field?.type === "password";
    if (field === undefined && !password) rest[name] = value;
    else own.push(`${inner}${graphName(name)}: ${valueOf(value, field, inner)}\n`);
  }
  const all = own.length > 0 ? [`data: {\n${own.join("")}${margin}}`] : ["data: {}"];
  if (Object.keys(rest).length > 0) all.push(`body: ${json(rest, margin)}`);
  return all.join(", ");
}

function valueOf(value: Json, field: Field | undefined, margin: string): string {
  const values = (field?.values ?? []) as string[];
  const choices = field?.type === "select" && values.every((each) => NAME.test(each));
  if (!choices) return json(value, margin);
  const style = { ...plain, text: (choice: string) => (NAME.test(choice) ? choice : text(choice)) };
  return literal(value, style, margin);
}

/** JSON as a value of GraphQL, whose keys have to be names. */
function json(value: Json, margin: string): string {
  return literal(value, plain, margin);
}

/** Keys that are no names cannot be written, only given as variables. */
export function canBeWritten(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.every(canBeWritten);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, each]) => NAME.test(key) && canBeWritten(each));
}

function write(call: Call, verb: "create" | "update"): string | undefined {
  if (!canBeWritten(call.body)) return undefined;
  const id = verb === "update" ? `id: ${text(call.place.id ?? "")}, ` : "";
  const values = data(call, call.body ?? {}, "  ");
  return `mutation {
  ${verb}_${graphName(call.collection)}(${id}${values}) {
${selection(call, "    ")}
  }
}`;
}

function batch(call: Call): string | undefined {
  const steps = stepsOf(call.body);
  if (steps === undefined || !canBeWritten(call.body)) return undefined;
  const lines = steps.map(({ verb, collection, id, body }) => {
    const name = `${verb}_${graphName(collection)}`;
    if (verb === "delete") return `    { ${name}: ${text(id ?? "")} }\n`;
    // Of another collection the choices are not known here: `body` takes them as JSON does.
    const values =
      collection === call.collection
        ? data(call, body ?? {}, "    ")
        : `data: {}, body: ${json(body ?? {}, "    ")}`;
    return `    { ${name}: { ${id === undefined ? "" : `id: ${text(id)}, `}${values} } }\n`;
  });
  return `mutation {
  batch(writes: [
${lines.join("")}  ]) {
    record
  }
}`;
}

function subscribe(call: Call): string {
  const { filter, search } = call.query;
  const id = call.place.id ?? "*";
  const one = id !== "*" && id !== "";
  const asked = given({
    id: one ? text(id) : undefined,
    filter: optional(filter),
    search: optional(search),
  });
  return `subscription {
  ${graphName(call.collection)}${one ? "_by_id" : ""}${asked} {
    action
    record {
${selection(call, "      ")}
    }
  }
}`;
}

/** A way to be signed in, which answers a token and the record. */
function signedIn(call: Call, verb: string, asked = ""): string {
  return `mutation {
  ${verb}_${graphName(call.collection)}${asked} {
    token
    record {
${selection(call, "      ")}
    }
  }
}`;
}

const writers: Record<string, (call: Call) => string | undefined> = {
  list,
  search: list,
  facets: list,
  suggest: list,
  password: (call) => {
    const { identity = "", password = "" } = call.body ?? {};
    const asked = given({ identity: text(String(identity)), password: text(String(password)) });
    return signedIn(call, "sign_in", asked);
  },
  refresh: (call) => signedIn(call, "refresh"),
  view: (call) => `query {
  ${graphName(call.collection)}_by_id(id: ${text(call.place.id ?? "")}) {
${selection(call, "    ")}
  }
}`,
  create: (call) => write(call, "create"),
  update: (call) => write(call, "update"),
  delete: ({ collection, place }) =>
    `mutation {\n  delete_${graphName(collection)}(id: ${text(place.id ?? "")})\n}`,
  aggregate,
  batch,
  subscribe,
};
