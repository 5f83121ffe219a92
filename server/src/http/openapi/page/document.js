// What is in an OpenAPI document, in the order in which it is shown.

const METHODS = ["get", "post", "put", "patch", "delete"];

/** The groups of a document: `{ name, about, operations }`. Collections come first, of them those
 * that are not the server's own. */
export function groups(document) {
  const byTag = new Map(document.tags.map(({ name, description }) => [
    name,
    { name, about: description, operations: [], isCollection: !name.includes(" ") },
  ]));
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      byTag.get(operation.tags?.[0])?.operations.push({ path, method, ...operation });
    }
  }
  const all = [...byTag.values()].filter(({ operations }) => operations.length > 0);
  const rank = ({ name, isCollection }) => (isCollection ? Number(name.startsWith("_")) : 2);
  return all.sort((first, second) => rank(first) - rank(second));
}

/** A schema without references at its top, and with the members of what it is made of. */
export function resolved(document, schema) {
  let found = schema ?? {};
  for (let hops = 0; found.$ref && hops < 20; hops += 1) {
    found = found.$ref.split("/").slice(1).reduce((place, key) => place?.[key], document) ?? {};
  }
  if (!found.allOf) return found;
  const { allOf, ...own } = found;
  const parts = [own, ...allOf.map((part) => resolved(document, part))];
  return {
    ...found,
    type: "object",
    required: parts.flatMap(({ required }) => required ?? []),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
  };
}

/** In a few words what a value of a schema is. */
export function words(document, schema) {
  const name = schema?.$ref?.split("/").at(-1);
  if (name) return name;
  const { type, items, anyOf, enum: values, ...rest } = schema ?? {};
  if ("const" in rest) return JSON.stringify(rest.const);
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (anyOf) return anyOf.map((one) => words(document, one)).join(" or ");
  if (type === "array") return `list of ${words(document, items)}`;
  const kind = Array.isArray(type) ? type.join(" or ") : (type ?? "anything");
  return [kind, rest.format, ...bounds(rest)].filter(Boolean).join(", ");
}

function bounds(schema) {
  const told = {
    minLength: "at least %s characters",
    maxLength: "at most %s characters",
    minimum: "at least %s",
    maximum: "at most %s",
    pattern: "like %s",
  };
  return Object.entries(told)
    .filter(([key]) => schema[key] !== undefined)
    .map(([key, text]) => text.replace("%s", () => schema[key]));
}

/** The body that an operation takes: `{ mediaType, schema, example }`, or nothing. */
export function bodyOf(document, operation) {
  const content = Object.entries(operation.requestBody?.content ?? {});
  const json = content.find(([type]) => type === "application/json");
  const [mediaType, media] = json ?? content[0] ?? [];
  if (!mediaType) return undefined;
  const schema = resolved(document, media.schema);
  return { mediaType, schema, example: schema.examples?.[0] ?? example(document, schema) };
}

function example(document, schema) {
  const required = schema.required ?? [];
  return Object.fromEntries(required.map((key) => [key, value(document, schema.properties[key])]));
}

function value(document, schema) {
  const found = resolved(document, schema);
  if (found.examples) return found.examples[0];
  if (found.enum) return found.enum[0];
  if ("const" in found) return found.const;
  if (found.anyOf) return value(document, found.anyOf[0]);
  if (found.type === "array") return [];
  if (found.type === "object") return {};
  return { integer: 0, number: 0, boolean: false }[found.type] ?? "";
}
