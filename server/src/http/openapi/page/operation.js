// One operation: what it takes and answers, snippets, and a form to try it.

import { bodyOf, resolved, words } from "./document.js";

/** An element with properties and children; texts are texts, never markup. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A sentence, of which what stands between backticks is code. */
export function sentence(text = "") {
  const parts = text.split(/`+ ?(.*?) ?`+/);
  return parts.map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

/** What is shown of an operation once it is opened. */
export function shown(description, operation, tokenOf) {
  const body = bodyOf(description, operation);
  const values = new Map();
  const text = { value: body?.example === undefined ? "" : JSON.stringify(body.example, null, 2) };
  const snippets = element("div");
  const refresh = () => {
    snippets.replaceChildren(...snippetsOf(operation, values, body && text.value));
  };
  refresh();
  return element(
    "div",
    { className: "inside" },
    ...prose(operation),
    ...parametersOf(description, operation),
    ...bodyShown(description, body),
    ...answersOf(description, operation),
    element("h3", {}, "Snippets"),
    snippets,
    ...form({ operation, body, values, text, refresh, tokenOf }),
  );
}

function prose(operation) {
  const about = operation.description?.split("\n\n").filter(Boolean) ?? [];
  const access = {
    anyone: "Also without a sign-in, as far as rules and options allow.",
    record: "For whoever is signed in.",
    superuser: "For superusers.",
  }[operation["x-luge-access"]];
  return [...about, access].filter(Boolean).map((text) => element("p", {}, ...sentence(text)));
}

function parametersOf(description, { parameters = [] }) {
  if (parameters.length === 0) return [];
  const rows = parameters.flatMap((parameter) => [
    element("dt", {}, element("code", {}, parameter.name), ` in ${parameter.in}`),
    told(description, parameter.schema, parameter.description),
  ]);
  return [element("h3", {}, "Parameters"), element("dl", { className: "members" }, ...rows)];
}

const told = (description, schema, about) =>
  element("dd", {}, words(description, schema), ". ", ...sentence(about));

function bodyShown(description, body) {
  if (!body) return [];
  return [element("h3", {}, `Body (${body.mediaType})`), members(description, body.schema)];
}

function members(description, schema) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [
    element("dt", {}, element("code", {}, name), required.has(name) ? " required" : ""),
    told(description, member, member.description),
  ]);
  if (rows.length === 0) return element("p", { className: "soft" }, words(description, schema));
  return element("dl", { className: "members" }, ...rows);
}

function answersOf(description, { responses }) {
  const rows = Object.entries(responses).flatMap(([status, found]) => {
    const answer = resolved(description, found);
    const media = Object.values(answer.content ?? {})[0];
    const schema = media && resolved(description, media.schema);
    const good = status.startsWith("2") && schema?.properties;
    const shape = good ? members(description, schema) : media && words(description, media.schema);
    return [
      element("dt", {}, element("code", {}, status), " ", ...sentence(answer.description)),
      element("dd", {}, shape),
    ];
  });
  return [element("h3", {}, "Answers"), element("dl", { className: "members" }, ...rows)];
}

/** The address of an operation with the values of its parameters. */
function address(operation, values) {
  let path = operation.path;
  const query = new URLSearchParams();
  for (const { name, in: place } of operation.parameters ?? []) {
    const value = values.get(name) ?? "";
    if (place === "path" && value) path = path.replace(`{${name}}`, encodeURIComponent(value));
    if (place === "query" && value) query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function snippetsOf(operation, values, body) {
  const url = `${location.origin}${address(operation, values)}`;
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const method = operation.method.toUpperCase();
  const lines = [`curl -X ${method} ${quoted(url)}`, `-H "Authorization: $TOKEN"`];
  if (body) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`);
  const client = withClient(operation, values, body);
  const snippet = (name, code) => [
    element("p", { className: "soft" }, name),
    element("pre", { tabIndex: 0 }, code),
  ];
  const curl = snippet("curl", lines.join(" \\\n  "));
  return client ? [...curl, ...snippet("@luge/client", client)] : curl;
}

function withClient(operation, values, body) {
  const [collection, id] = operation.operationId.split(/_(?=[^_]+$)/);
  if (!id) return "";
  const record = JSON.stringify(values.get("id") || "RECORD_ID");
  const calls = {
    listRecords: "page(1, 30)",
    viewRecord: `get(${record})`,
    createRecord: `create(${body})`,
    updateRecord: `update(${record}, ${body})`,
    deleteRecord: `delete(${record})`,
  };
  const name = JSON.stringify(collection);
  const signIn = `auth(${name}).password("you@example.com", "password")`;
  const call = id === "authWithPassword" ? signIn : calls[id] && `from(${name}).${calls[id]}`;
  if (!call) return "";
  const origin = JSON.stringify(location.origin);
  const lines = [
    `import { createClient } from "@luge/client";`,
    "",
    `const db = createClient(${origin});`,
    `await db.${call};`,
  ];
  return lines.join("\n");
}

function form({ operation, body, values, text, refresh, tokenOf }) {
  const fields = element("div", { className: "fields" });
  for (const { name, in: place } of operation.parameters ?? []) {
    if (place === "header") continue;
    const id = `${operation.operationId}.${name}`;
    const input = element("input", { id, value: "", autocomplete: "off" });
    input.addEventListener("input", () => {
      values.set(name, input.value);
      refresh();
    });
    fields.append(element("label", { htmlFor: id }, name), input);
  }
  const outcome = element("div", { "aria-live": "polite" });
  const button = element("button", { type: "button" }, "Try");
  const asked = { operation, values, body, text, tokenOf, outcome };
  button.addEventListener("click", () => tried(asked));
  const parts = [element("h3", {}, "Try it"), fields];
  if (body) {
    const id = `${operation.operationId}.body`;
    const area = element("textarea", { id, value: text.value, spellcheck: false });
    area.addEventListener("input", () => {
      text.value = area.value;
      refresh();
    });
    parts.push(element("p", {}, element("label", { htmlFor: id }, "Body")), area);
  }
  return [...parts, element("p", {}, button), outcome];
}

async function tried({ operation, values, body, text, tokenOf, outcome }) {
  const token = tokenOf();
  const headers = token ? { Authorization: token } : {};
  const request = { method: operation.method.toUpperCase(), headers };
  if (body) {
    headers["Content-Type"] = body.mediaType;
    request.body = text.value;
  }
  try {
    const started = performance.now();
    const answer = await fetch(address(operation, values), request);
    const took = Math.round(performance.now() - started);
    const said = await readable(answer);
    outcome.replaceChildren(
      element("p", { className: answer.ok ? "" : "bad" }, `${answer.status} in ${took} ms`),
      element("pre", { tabIndex: 0 }, said),
    );
  } catch (error) {
    const reason = `The server does not answer: ${error.message}`;
    outcome.replaceChildren(element("p", { className: "bad" }, reason));
  }
}

/** At most so many characters of an answer are shown; a stream is left where it begins. */
const SHOWN_CHARACTERS = 100_000;

async function readable(answer) {
  const type = answer.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    await answer.body.cancel();
    return "The stream is open; it was closed again.";
  }
  if (!/json|text/.test(type)) return type && `${type}, ${(await answer.blob()).size} bytes`;
  const text = await answer.text();
  const shown = type.includes("json") ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return shown.slice(0, SHOWN_CHARACTERS);
}
