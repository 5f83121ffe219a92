/**
 * What names in a filter or rule mean, as the server resolves them for a superuser or a rule:
 * fields, over relations and back, `@request`, `@collection` and the time.
 */
import type { Collection, Field } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";
import { nearest } from "./nearest.ts";
import { LITERALS, MACROS, MODIFIERS, REQUEST } from "./vocabulary.ts";

/** Over how many relations a path leads at most. */
const HOPS_MAX = 6;

/** What names are looked up in. */
export interface Scope {
  /** Whose records are filtered, or whose rule it is. */
  collection: Pick<Collection, "id" | "name" | "type" | "fields">;
  /** All collections that a path can lead to. */
  collections: readonly Scope["collection"][];
}

/** What a name stands for. */
export interface Meaning {
  /** The type of a field, or of a word of the language. */
  type: string;
  field?: Field;
  /** Can it have many values, because a path branches? */
  many: boolean;
  modifier?: string;
}

/** Why a name means nothing; its places count from the start of the name. */
export interface Stranger {
  from: number;
  to: number;
  key: Key;
  values: Record<string, string>;
  /** What may have been meant in its place. */
  suggestion?: string | undefined;
}

type Source = Scope["collection"];
interface Part {
  text: string;
  from: number;
}

/** The meaning of a name, or why it has none. */
export function meaningOf(name: string, scope: Scope): Meaning | Stranger {
  const literal = LITERALS.find((word) => word.name === name.toLowerCase());
  if (literal && !fieldOf(scope.collection, name)) return { type: literal.type, many: false };
  const macro = MACROS.find((word) => word.name === name);
  if (macro) return { type: macro.type, many: false };
  const parts = partsOf(name);
  const modifier = modifierOf(parts, name);
  if (typeof modifier === "object") return modifier;
  const found = named(parts, scope);
  if (isStranger(found) || modifier === undefined) return found;
  const submitted = ["isset", "changed"].includes(modifier);
  if (submitted && !/^@request\.(?:body|query|headers)\./.test(name)) {
    return whole(name, "name.notSubmitted", { modifier: `:${modifier}` });
  }
  const type = MODIFIERS.find((word) => word.name === modifier)?.type ?? "text";
  const own = type === "each" || type === "text" ? found.type : type;
  return { ...found, type: own, modifier, many: found.many || modifier === "each" };
}

export function isStranger(found: Meaning | Stranger): found is Stranger {
  return "key" in found;
}

/** Where a path leads that has more parts behind it: the collection whose fields come next. */
export function sourcesOf(path: string, scope: Scope): Source[] {
  const parts = partsOf(path);
  const [first, second, ...rest] = parts;
  if (first?.text === "@request") {
    if (second?.text === "auth") return authsOf(scope).flatMap((auth) => reach(auth, rest, scope));
    if (second?.text === "body") return reach(scope.collection, rest, scope);
    return [];
  }
  if (first?.text !== "@collection") return reach(scope.collection, parts, scope);
  const source = second && find(scope, second.text.split(":")[0] ?? "");
  return source ? reach(source, rest, scope) : [];
}

/** The relations that lead to a collection, as the names of the paths that go back over them. */
export function backRelations(target: Source, scope: Scope): { name: string; source: Source }[] {
  return all(scope).flatMap((source) =>
    source.type === "view"
      ? []
      : source.fields
          .filter(({ type, collectionId }) => type === "relation" && collectionId === target.id)
          .map((field) => ({ name: `${source.name}_via_${field.name}`, source })),
  );
}

/** The fields that can be compared. */
export function comparable({ fields }: Source): Field[] {
  return fields.filter(({ type }) => type !== "password");
}

/** Does a relation hold several records? */
export function isMultiple({ maxSelect }: Field): boolean {
  return typeof maxSelect === "number" && maxSelect > 1;
}

/** The auth collections, whose records ask. */
export function authsOf(scope: Scope): Source[] {
  return all(scope).filter(({ type }) => type === "auth");
}

function all({ collection, collections }: Scope): Source[] {
  return [collection, ...collections.filter(({ id }) => id !== collection.id)];
}

function find(scope: Scope, name: string): Source | undefined {
  const wanted = name.toLowerCase();
  return all(scope).find((each) => each.id === name || each.name.toLowerCase() === wanted);
}

function fieldOf({ fields }: Source, name: string): Field | undefined {
  return fields.find((field) => field.name === name);
}

function partsOf(name: string): Part[] {
  let from = 0;
  return name.split(".").map((text) => {
    const part = { text, from };
    from += text.length + 1;
    return part;
  });
}

/** Takes the modifier off the last part. */
function modifierOf(parts: Part[], name: string): string | undefined | Stranger {
  const last = parts.at(-1);
  if (!last || (parts[0]?.text === "@collection" && parts.length === 2)) return undefined;
  const [text = "", ...behind] = last.text.split(":");
  if (behind.length === 0) return undefined;
  const modifier = behind.join(":");
  const from = last.from + text.length + 1;
  if (MODIFIERS.every((word) => word.name !== modifier)) {
    const suggestion = nearest(modifier, MODIFIERS.map((word) => word.name));
    const values = { name: `:${modifier}` };
    return { from, to: name.length, key: "name.noModifier", values, suggestion };
  }
  last.text = text;
  return modifier;
}

function named(parts: Part[], scope: Scope): Meaning | Stranger {
  const [first, ...rest] = parts;
  if (first?.text === "@request") return ofRequest(first, rest, scope);
  if (first?.text === "@collection") return ofCollection(first, rest, scope);
  if (first?.text.startsWith("@")) {
    const known = [...MACROS.map(({ name }) => name), "@request", "@collection"];
    return stranger(first, "name.unknown", known);
  }
  return walk(scope.collection, parts, scope);
}

function ofRequest(first: Part, rest: Part[], scope: Scope): Meaning | Stranger {
  const [part, ...behind] = rest;
  if (!part) return whole(first.text, "name.needsMore", { example: "@request.auth.id" });
  const word = REQUEST.find(({ name }) => name === part.text);
  if (!word) return stranger(part, "name.noRequest", REQUEST.map(({ name }) => name));
  if (word.type !== "names") {
    const [more] = behind;
    return more ? stranger(more, "name.noParts", []) : { type: word.type, many: false };
  }
  const [key] = behind;
  if (!key) return needsMore(part, exampleOf(word.name));
  if (word.name === "auth") return ofCaller(behind, scope);
  const field = word.name === "body" ? fieldOf(scope.collection, key.text) : undefined;
  if (field?.type === "relation" && behind.length > 1) {
    const found = walk(scope.collection, behind, scope);
    // What a path of submitted records names wrongly is nothing, and no mistake.
    return isStranger(found) ? { type: "null", many: false } : found;
  }
  return { type: field?.type ?? "text", many: false, ...(field && { field }) };
}

function exampleOf(part: string): string {
  const examples: Record<string, string> = { auth: "id", headers: "x_token" };
  return `@request.${part}.${examples[part] ?? "name"}`;
}

/** A path that begins at whoever asks, who may be of any auth collection. */
function ofCaller(parts: Part[], scope: Scope): Meaning | Stranger {
  const [key] = parts;
  if (key && ["collectionId", "collectionName"].includes(key.text)) {
    return { type: "text", many: false };
  }
  const auths = authsOf(scope);
  let wrong: Stranger | undefined;
  for (const auth of auths) {
    const found = walk(auth, parts, scope);
    if (!isStranger(found)) return found;
    if (!wrong || found.from > wrong.from || found.suggestion) wrong = found;
  }
  return wrong ?? { type: "null", many: false };
}

function ofCollection(first: Part, rest: Part[], scope: Scope): Meaning | Stranger {
  const [part, ...behind] = rest;
  if (!part) return whole(first.text, "name.needsMore", { example: "@collection.name.field" });
  const name = part.text.split(":")[0] ?? "";
  const source = find(scope, name);
  if (!source) {
    const known = all(scope).map((each) => each.name);
    return stranger({ text: name, from: part.from }, "name.noCollection", known);
  }
  if (behind.length === 0) return needsMore(part, `@collection.${name}.id`);
  const found = walk(source, behind, scope);
  return isStranger(found) ? found : { ...found, many: true };
}

/** Follows a path from the records of a collection to a field. */
function walk(start: Source, parts: Part[], scope: Scope): Meaning | Stranger {
  let here = start;
  let many = false;
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    const field = fieldOf(here, part.text);
    if (field?.type === "password") return stranger(part, "name.password", []);
    if (field && (last || field.type !== "relation")) {
      const inner = ["json", "geoPoint"].includes(field.type);
      if (!last && !inner) return stranger(parts[at + 1] ?? part, "name.noParts", []);
      return { type: last ? field.type : partType(field), field, many };
    }
    const next = field ? forward(field, scope) : backward(here, part, scope);
    if (!next) return unknownField(here, part, scope);
    if (isWrong(next)) return next;
    if (at >= HOPS_MAX) return stranger(part, "name.tooFar", []);
    if (last) return needsMore(part, `${part.text}.id`);
    many ||= next.many;
    here = next.source;
  }
  return unknownField(here, parts.at(-1) ?? { text: "", from: 0 }, scope);
}

const isWrong = (next: Stranger | { source: Source; many: boolean }): next is Stranger =>
  "key" in next;

const partType = ({ type }: Field) => (type === "geoPoint" ? "number" : "json");

function forward(field: Field, scope: Scope): { source: Source; many: boolean } | undefined {
  const source = all(scope).find(({ id }) => id === field.collectionId);
  return source && { source, many: isMultiple(field) };
}

function backward(
  here: Source,
  part: Part,
  scope: Scope,
): { source: Source; many: boolean } | Stranger | undefined {
  const at = part.text.lastIndexOf("_via_");
  if (at < 0) return undefined;
  const source = find(scope, part.text.slice(0, at));
  const backs = backRelations(here, scope);
  const known = backs.map(({ name }) => name);
  if (!source) return stranger(part, "name.noBack", known);
  const field = fieldOf(source, part.text.slice(at + "_via_".length));
  const refers = field?.type === "relation" && field.collectionId === here.id;
  const leads = refers && source.type !== "view";
  return leads ? { source, many: true } : stranger(part, "name.noBack", known);
}

/** The collections at the end of a path of relations. */
function reach(start: Source, parts: Part[], scope: Scope): Source[] {
  let here = start;
  for (const part of parts) {
    const field = fieldOf(here, part.text);
    const next = field
      ? field.type === "relation" && forward(field, scope)
      : backward(here, part, scope);
    if (!next || isWrong(next)) return [];
    here = next.source;
  }
  return [here];
}

function unknownField(here: Source, part: Part, scope: Scope): Stranger {
  if (["collectionId", "collectionName", "expand"].includes(part.text)) {
    return stranger(part, "name.notStored", []);
  }
  const known = [
    ...comparable(here).map(({ name }) => name),
    ...backRelations(here, scope).map(({ name }) => name),
  ];
  const found = stranger(part, "name.noField", known);
  return { ...found, values: { ...found.values, collection: here.name } };
}

function stranger({ text, from }: Part, key: Key, known: string[]): Stranger {
  const suggestion = nearest(text, known);
  return { from, to: from + text.length, key, values: { name: text }, suggestion };
}

function needsMore(part: Part, example: string): Stranger {
  return { ...stranger(part, "name.needsMore", []), values: { name: part.text, example } };
}

function whole(name: string, key: Key, values: Record<string, string>): Stranger {
  return { from: 0, to: name.length, key, values: { name, ...values } };
}
