/** Ready-made conditions that fit a collection, and how one is added to a rule. */
import type { Key } from "../../messages/en.ts";
import { authsOf, isMultiple, type Scope } from "./names.ts";
import { parse } from "./parse.ts";
import type { RuleName } from "./rule.ts";

/** One condition: what it says, and how it is written. */
export interface Snippet {
  label: Key;
  values: Record<string, string>;
  text: string;
}

/** How many of a kind are offered at most. */
const OF_A_KIND = 4;

/** The conditions that make sense for a rule of a collection. */
export function snippetsFor(name: RuleName, scope: Scope): Snippet[] {
  const auths = authsOf(scope).map(({ id }) => id);
  const isAccount = (id: unknown) => typeof id === "string" && auths.includes(id);
  const { collection } = scope;
  const own = collection.fields.filter(({ hidden }) => hidden !== true);
  const relations = own.filter(({ type }) => type === "relation");
  const some = (snippets: Snippet[]) => snippets.slice(0, OF_A_KIND);
  return [
    snippet("snippet.signedIn", '@request.auth.id != ""'),
    ...(collection.type === "auth" ? [snippet("snippet.self", "id = @request.auth.id")] : []),
    ...some(
      relations
        .filter((field) => isAccount(field.collectionId))
        .map((field) =>
          isMultiple(field)
            ? snippet("snippet.member", `${field.name}.id ?= @request.auth.id`, field.name)
            : snippet("snippet.owner", `${field.name} = @request.auth.id`, field.name),
        ),
    ),
    ...some(membersOver(relations, isAccount, scope)),
    ...some(rolesOf(scope)),
    ...some(flagsOf(scope)),
    ...(name === "updateRule" ? some(fixed(scope)) : []),
  ];
}

/** Adds a condition to an expression: both have to hold. */
export function withSnippet(expression: string, { text }: Snippet): string {
  const old = expression.trim();
  if (old === "") return text;
  const read = parse(old);
  const isOr = "expression" in read && read.expression.kind === "or" && !isBracketed(old);
  return isOr ? `(${old})\n&& ${text}` : `${old}\n&& ${text}`;
}

/** Does the bracket at the beginning close at the end? */
function isBracketed(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  return "expression" in parse(text.slice(1, -1));
}

/** Membership of what a record belongs to, such as the team of a document. */
function membersOver(
  relations: Scope["collection"]["fields"],
  isAccount: (id: unknown) => boolean,
  { collections }: Scope,
): Snippet[] {
  return relations.flatMap((field) => {
    const target = collections.find(({ id }) => id === field.collectionId);
    if (!target || target.type === "auth") return [];
    return target.fields
      .filter((inner) => inner.type === "relation" && isAccount(inner.collectionId))
      .map((inner) => {
        const path = `${field.name}.${inner.name}`;
        const text = isMultiple(inner) || isMultiple(field) ? `${path}.id ?= ` : `${path} = `;
        return snippet("snippet.member", `${text}@request.auth.id`, path);
      });
  });
}

/** Values that accounts have: roles, and whether they are verified. */
function rolesOf(scope: Scope): Snippet[] {
  const fields = authsOf(scope).flatMap((auth) => auth.fields);
  const roles = fields.filter(({ type, values }) => type === "select" && Array.isArray(values));
  const named = roles.map((field) => {
    const [first] = field.values as string[];
    const value = JSON.stringify(first ?? "");
    const operator = isMultiple(field) ? ":each ?=" : " =";
    const text = `@request.auth.${field.name}${operator} ${value}`;
    return { label: "snippet.role", values: { name: field.name, value }, text } as const;
  });
  const first = (text: string) => named.findIndex((each) => each.text === text);
  const unlike = named.filter(({ text }, at) => first(text) === at);
  return [...unlike, snippet("snippet.verified", "@request.auth.verified = true")];
}

/** Yes-or-no fields, such as `published`. */
function flagsOf({ collection }: Scope): Snippet[] {
  return collection.fields
    .filter(({ type, system }) => type === "bool" && !system)
    .map(({ name }) => snippet("snippet.flag", `${name} = true`, name));
}

/** Fields that an update may leave alone only. */
function fixed({ collection }: Scope): Snippet[] {
  return collection.fields
    .filter(({ type, system }) => ["relation", "select", "bool"].includes(type) && !system)
    .map(({ name }) => snippet("snippet.fixed", `@request.body.${name}:changed = false`, name));
}

function snippet(label: Key, text: string, name = ""): Snippet {
  return { label, values: { name }, text };
}
