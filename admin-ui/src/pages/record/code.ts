/** A record as requests: how an application would read, write and delete it. */
import type { Values } from "./merge.ts";

/** In which words. */
export const LANGUAGES = ["curl", "sdk", "fetch", "graphql"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What is done. */
export const DEEDS = ["view", "create", "update", "delete"] as const;
export type Deed = (typeof DEEDS)[number];

/** What the code is about. */
export interface Subject {
  /** The address of the server. */
  url: string;
  collection: string;
  id: string;
  /** What is sent by a create and an update; files and passwords are left to the application. */
  body: Values;
  /** What GraphQL answers: the names of fields. */
  selected: string[];
}

/** The code. */
export function codeFor(language: Language, deed: Deed, subject: Subject): string {
  return WRITERS[language](deed, subject);
}

type Writer = (deed: Deed, subject: Subject) => string;

const METHODS = { view: "GET", create: "POST", update: "PATCH", delete: "DELETE" } as const;

const WRITERS: Record<Language, Writer> = {
  curl: (deed, subject) => {
    const method = deed === "view" ? "" : `-X ${METHODS[deed]} `;
    const lines = [`curl ${method}${shell(addressOf(deed, subject))}`];
    lines.push(`-H "Authorization: $TOKEN"`);
    if (hasBody(deed)) {
      lines.push(`-H 'Content-Type: application/json'`, `-d ${shell(json(subject.body))}`);
    }
    return lines.join(" \\\n  ");
  },
  sdk: (deed, { url, collection, id, body }) => {
    const name = JSON.stringify(collection);
    const call = {
      view: `get(${JSON.stringify(id)})`,
      create: `create(${json(body)})`,
      update: `update(${JSON.stringify(id)}, ${json(body)})`,
      delete: `delete(${JSON.stringify(id)})`,
    }[deed];
    const result = deed === "delete" ? "" : "const record = ";
    return [
      `import { createClient } from "@luge/client";`,
      "",
      `const db = createClient(${JSON.stringify(url)});`,
      `${result}await db.from(${name}).${call};`,
    ].join("\n");
  },
  fetch: (deed, subject) => {
    const options = [
      ...(deed === "view" ? [] : [`  method: "${METHODS[deed]}",`]),
      hasBody(deed)
        ? `  headers: { Authorization: token, "Content-Type": "application/json" },`
        : `  headers: { Authorization: token },`,
      ...(hasBody(deed) ? [`  body: JSON.stringify(${indent(json(subject.body))}),`] : []),
    ];
    const address = JSON.stringify(addressOf(deed, subject));
    const lines = [`const answer = await fetch(${address}, {`, ...options, "});"];
    return [...lines, "if (!answer.ok) throw new Error(await answer.text());"].join("\n");
  },
  graphql: (deed, { collection, id, body, selected }) => {
    const name = graphqlName(collection);
    const fields = ["id", ...selected.filter((field) => field !== "id").map(graphqlName)];
    const answer = `{\n    ${fields.join("\n    ")}\n  }`;
    const query = {
      view: `query ($id: ID!) {\n  ${name}_by_id(id: $id) ${answer}\n}`,
      create: `mutation ($body: JSON) {\n  create_${name}(body: $body) ${answer}\n}`,
      update:
        `mutation ($id: ID!, $body: JSON) {\n` +
        `  update_${name}(id: $id, body: $body) ${answer}\n}`,
      delete: `mutation ($id: ID!) {\n  delete_${name}(id: $id)\n}`,
    }[deed];
    const variables = { ...(deed !== "create" && { id }), ...(hasBody(deed) && { body }) };
    return `${query}\n\n# variables\n${json(variables)}`;
  },
};

const hasBody = (deed: Deed) => deed === "create" || deed === "update";
const json = (value: unknown) => JSON.stringify(value, null, 2);
const indent = (text: string) => text.replaceAll("\n", "\n  ");
/** In single quotes nothing means anything to a shell but the quote itself. */
const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** As the server names collections and fields there. */
function graphqlName(name: string): string {
  const plain = name.replace(/\W/g, "_").replace(/^__+/, "_");
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

function addressOf(deed: Deed, { url, collection, id }: Subject): string {
  const records = `${url}/api/collections/${encodeURIComponent(collection)}/records`;
  return deed === "create" ? records : `${records}/${encodeURIComponent(id)}`;
}
