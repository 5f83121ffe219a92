/**
 * A plain description of a server's API for language models, in the form of an llms.txt: what it
 * is, how to sign in, its collections with their fields and rules, and every operation.
 */
import type { Collection, Field } from "@luge/client/admin";
import { grouped, operationsOf, type Document, type Operation } from "./openapi.ts";

const ACTIONS = ["list", "view", "create", "update", "delete"] as const;

/** The text, in Markdown. */
export function plainDescription(
  document: Document,
  collections: Collection[],
  address: string,
): string {
  const own = collections.filter(({ system }) => !system);
  const names = new Map(collections.map(({ id, name }) => [id, name]));
  const general = operationsOf(document).filter(({ path }) => !isOwn(path, collections));
  return [
    `# ${line(document.info.title)} API`,
    `> A backend at ${address}. It speaks the HTTP API of PocketBase, and more: this is all of it.`,
    HOW(address),
    "## Collections",
    ...own.map((collection) => described(collection, names)),
    "## Operations",
    "`{collection}` stands for the name of a collection.",
    ...grouped(general).map(([tag, members]) => group(tag, members)),
  ].join("\n\n");
}

const HOW = (address: string) => `## How to use it

- Requests and answers are JSON. The token of a sign-in or an API key goes in \`Authorization\`.
- Sign in: \`POST ${address}/api/collections/users/auth-with-password\` with \
\`{"identity": "…", "password": "…"}\` answers \`{"token", "record"}\`.
- Lists: \`GET /api/collections/{collection}/records?filter=…&sort=-created&page=1&perPage=30\
&expand=…&fields=…\`.
- Filters: \`title ~ "word" && (count > 3 || author.name = "Ann")\`. Operators: \
= != > >= < <= ~ !~, with ? in front for any of several values. Quote texts; escape quotes with \
a backslash.
- Failures are \`{"status", "message", "data"}\`; \`data\` names each refused field with a code.
- A rule of a collection that does not hold hides records from lists, is 404 for one record, and \
400 for a create.
- The whole document is at ${address}/api/openapi.json, GraphQL at ${address}/api/graphql.`;

/** Does the document say it of one collection, which is described by itself? */
function isOwn(path: string, collections: Collection[]): boolean {
  const named = /^\/api\/(?:collections|files)\/([^/{]+)(?:\/|$)/.exec(path)?.[1];
  return named !== undefined && collections.some(({ name }) => name === named);
}

function described(collection: Collection, names: Map<string, string>): string {
  const { name, type, fields } = collection;
  const shown = fields.filter(({ hidden, type: kind }) => !hidden || kind === "password");
  const rules = ACTIONS.map((action) => `  - ${action}: ${ruleOf(collection[`${action}Rule`])}`);
  const lines = [
    `### ${name} (${type})`,
    "",
    ...shown.map((field) => `- ${fieldOf(field, names)}`),
    "- Who may:",
    ...rules,
  ];
  const searched = Object.keys(collection.search?.fields ?? {});
  if (searched.length > 0) lines.push(`- \`search=\` finds words in: ${searched.join(", ")}`);
  return lines.join("\n");
}

function ruleOf(rule: string | null | undefined): string {
  if (rule === null || rule === undefined) return "superusers only";
  return rule === "" ? "everyone" : code(rule);
}

function fieldOf(field: Field, names: Map<string, string>): string {
  const { name, type, required, values, collectionId, maxSelect, min, max, help } = field;
  const many = Number(maxSelect ?? 1) > 1 ? ", several" : "";
  const choices = Array.isArray(values) ? `, one of ${JSON.stringify(values)}` : "";
  const target = type === "relation" ? ` to ${names.get(String(collectionId)) ?? "?"}` : "";
  const least = min || min === 0 && type === "number" ? `, from ${String(min)}` : "";
  const most = max || max === 0 && type === "number" ? `, to ${String(max)}` : "";
  const told = help ? `: ${line(help)}` : "";
  return `\`${name}\`: ${type}${target}${many}${choices}${least}${most}${
    required ? ", required" : ""
  }${told}`;
}

function group(tag: string, members: Operation[]): string {
  const lines = members.map(({ method, path, summary, access }) => {
    const who = { anyone: "", record: " (signed in)", superuser: " (superusers)" }[access];
    return `- \`${method} ${path}\`${who}: ${line(summary)}`;
  });
  return [`### ${tag}`, "", ...lines].join("\n");
}

/** Nothing that is written in a collection begins a line of its own. */
const line = (text: string) => text.replace(/\s+/g, " ").trim();

/** Code of Markdown, whatever back quotes are in it. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${line(text)}${space}${fence}`;
}
