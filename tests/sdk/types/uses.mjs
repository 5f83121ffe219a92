// Uses of the types of a schema, made from its definitions alone: lines that must compile, and
// lines behind `@ts-expect-error` that must not.

const TEXTS = ["text", "editor", "email", "url", "password"];
const text = JSON.stringify;

/** The uses of a schema whose types are in `module`. */
export function uses(collections, module) {
  const names = new Map(collections.map(({ id, name }) => [id, name]));
  const bodies = collections.map((collection, at) =>
    `export async function use${at}() {\n${lines(collection, collections, names).join("\n")}\n}\n`);
  return [
    'import { createClient } from "@luge/client";',
    `import type { Schema } from ${text(module)};`,
    'const db = createClient<Schema>("http://127.0.0.1");',
    "// @ts-expect-error: not a collection",
    'db.from("no such collection");',
    ...bodies,
  ].join("\n");
}

function lines(collection, collections, names) {
  const from = `db.from(${text(collection.name)})`;
  const isKnown = ({ name, hidden }) => !hidden || secret(collection, name);
  const fields = collection.fields.filter(isKnown);
  const hidden = collection.fields.filter((field) => !fields.includes(field));
  const written = fields.filter(({ type }) => type !== "autodate");
  const entry = (field) => `[${text(field.name)}]: ${right(field)}`;
  const confirmed = collection.type === "auth" ? ['passwordConfirm: "x"'] : [];
  const needed = written.filter(isNeeded);
  const body = (chosen) => `{ ${[...chosen.map(entry), ...confirmed].join(", ")} }`;
  const out = [
    `  await ${from}.create(${body(needed)});`,
    `  await ${from}.create(${body(written)});`,
    `  await ${from}.update("x", {});`,
    `  const record = await ${from}.get("x");`,
    `  const own: ${text(collection.name)} = record.collectionName; void own;`,
  ];
  const refuse = (line) => out.push("  // @ts-expect-error", `  ${line}`);
  refuse(`await ${from}.update("x", { ["no such field"]: 1 });`);
  refuse(`await ${from}.update("x", { id: "x" });`);
  // Every object has some names anyway, with values that json does not refuse.
  const isFound = ({ name, type }) => type === "json" && name in {};
  for (const field of needed.filter((one) => !isFound(one))) {
    refuse(`await ${from}.create(${body(needed.filter((one) => one !== field))});`);
  }
  if (confirmed.length > 0) refuse(`await ${from}.create({ ${needed.map(entry).join(", ")} });`);
  for (const field of hidden) {
    refuse(`await ${from}.update("x", { ${entry(field)} });`);
    // Every object has some names anyway.
    if (!(field.name in {})) refuse(`void record[${text(field.name)}];`);
  }
  for (const field of fields) out.push(...usesOfField(field, collection, from));
  out.push(...expands(collection, collections, names, from));
  return out;
}

function usesOfField(field, { type: kind }, from) {
  const { name, type } = field;
  const out = [];
  const refuse = (line) => out.push("  // @ts-expect-error", `  ${line}`);
  const update = (key, value) => `await ${from}.update("x", { [${text(key)}]: ${value} });`;
  const accept = (key, value) => out.push(`  ${update(key, value)}`);
  if (name === "id") return out;
  if (type === "autodate") refuse(update(name, '"x"'));
  else accept(name, right(field));
  if (wrong(field)) refuse(update(name, wrong(field)));
  const [one, several] = [right({ ...field, maxSelect: 1 }), right({ ...field, maxSelect: 2 })];
  const listed = ["select", "file", "relation"].includes(type);
  if (type === "number") {
    accept(`${name}+`, "1");
    accept(`${name}-`, "1");
    refuse(update(`${name}+`, '"1"'));
    refuse(update(`+${name}`, "1"));
  } else if (listed) {
    accept(`${name}+`, one);
    accept(`+${name}`, one);
    accept(`${name}-`, type === "file" ? '"name.png"' : one);
    (isList(field) ? (line) => out.push(`  ${line}`) : refuse)(update(`${name}+`, several));
  } else refuse(update(`${name}+`, '"x"'));
  const generated = type === "text" && field.autogeneratePattern !== "";
  (generated ? (line) => out.push(`  ${line}`) : refuse)(update(`${name}:autogenerate`, '"x"'));
  const place = `record[${text(name)}]`;
  if (secret({ type: kind }, name)) {
    refuse(`void ${place};`);
    return out;
  }
  const missing = kind === "auth" && name === "email" ? " | undefined" : "";
  out.push(`  { const read: ${read(field)}${missing} = ${place}; void read; }`);
  if (missing) refuse(`{ const read: ${read(field)} = ${place}; void read; }`);
  refuse(`{ const read: ${type === "number" ? "string" : "number"} = ${place}; void read; }`);
  if (type === "select" && !isList(field)) {
    out.push(`  ${from}.where((r) => r[${text(name)}].is(${right(field)}));`);
    refuse(`${from}.where((r) => r[${text(name)}].is("no such value"));`);
    if (field.required) refuse(update(name, '""'));
    else accept(name, '""');
  }
  out.push(`  ${from}.orderBy(${text(name)}).select(${text(name)});`);
  return out;
}

function expands(collection, collections, names, from) {
  const visible = ({ type, hidden }) => type === "relation" && !hidden;
  const forwards = collection.fields.filter(visible).map((field) =>
    [field.name, names.get(field.collectionId), isList(field)]);
  const backwards = collections.flatMap((other) => other.fields.filter(visible)
    .filter(({ collectionId }) => collectionId === collection.id)
    .map(({ name }) => [`${other.name}_via_${name}`, other.name,
      !other.indexes.some((sql) => sql.includes("UNIQUE") && sql.includes(`(\`${name}\`)`))]));
  const out = [...forwards, ...backwards].flatMap(([name, target, several], at) => [
    `  const full${at} = await ${from}.expand(${text(name)}).get("x");`,
    `  const to${at} = full${at}.expand?.[${text(name)}]${several ? "?.[0]" : ""}?.collectionName;`,
    `  const is${at}: ${text(target)} | undefined = to${at}; void is${at};`,
  ]);
  return [...out, "  // @ts-expect-error", `  ${from}.expand("no_such_relation");`];
}

function isNeeded({ name, type, required, autogeneratePattern }) {
  return required && name !== "id" && !(type === "text" && autogeneratePattern !== "");
}

const secret = ({ type }, name) => type === "auth" && name === "password";
const isList = ({ maxSelect }) => maxSelect > 1;

/** A value that may be written. */
function right(field) {
  const { type, values } = field;
  const list = (one) => (isList(field) ? `[${one}]` : one);
  if (TEXTS.includes(type)) return '"x"';
  switch (type) {
    case "number": return "5";
    case "bool": return "true";
    case "date": return "new Date()";
    case "select": return list(text(values.find((value) => value !== "")));
    case "file": return list("new Blob([])");
    case "relation": return list('"x"');
    case "geoPoint": return "{ lon: 1, lat: 2 }";
    default: return "{ a: [1] }";
  }
}

/** A value that may not; undefined where anything may be written. */
function wrong(field) {
  if (TEXTS.includes(field.type)) return "5";
  switch (field.type) {
    case "number": return '"5"';
    case "bool": return '"yes"';
    case "select": return isList(field) ? '"x"' : '"no such value"';
    case "relation": return isList(field) ? '"x"' : '["x"]';
    case "date": case "file": return "5";
    case "geoPoint": return "{ lon: 1 }";
    default: return undefined;
  }
}

/** The type of what is read. */
function read(field) {
  const list = isList(field) ? "[]" : "";
  switch (field.type) {
    case "number": return "number";
    case "bool": return "boolean";
    case "json": return "unknown";
    case "geoPoint": return "{ lon: number; lat: number }";
    case "select": {
      const values = field.values.filter((value) => value !== "").map((value) => text(value));
      const empty = isList(field) || field.required ? [] : ['""'];
      return `(${[...values, ...empty].join(" | ")})${list}`;
    }
    default: return `string${list}`;
  }
}
