/** What can be written at a place of a filter or rule: for completion, each with type and help. */
import type { Field } from "@luge/client/admin";
import { t } from "../../messages/index.svelte.ts";
import {
  authsOf,
  backRelations,
  comparable,
  isMultiple,
  isStranger,
  meaningOf,
  sourcesOf,
  type Scope,
} from "./names.ts";
import { isClosed, tokenAt, tokensOf, type Token } from "./tokens.ts";
import {
  CONTEXTS,
  FUNCTIONS,
  JOINS,
  LITERALS,
  MACROS,
  MODIFIERS,
  OPERATORS,
  REQUEST,
  type Word,
} from "./vocabulary.ts";

/** One thing to write. */
export interface Offer {
  /** What is shown, and written unless `apply` says otherwise. */
  label: string;
  /** Its type, or where it leads. */
  detail: string;
  help: string;
  apply?: string;
  /** What is likelier comes first; 0 when left out. */
  boost?: number;
}

/** What replaces the text from a place on. */
export interface Offers {
  from: number;
  offers: Offer[];
}

/** What kind of word a place waits for. */
type Awaited = { kind: "operand"; left?: Token | undefined } | { kind: "operator" | "join" };

/** What can be written at a place; undefined where nothing is offered, as in a quoted text. */
export function offersAt(text: string, position: number, scope: Scope): Offers | undefined {
  const before = tokensOf(text.slice(0, position));
  const last = before.at(-1);
  const touching = last?.to === position && isInside(text, position, last) ? last : undefined;
  if (isShut(text, position, touching)) return undefined;
  const awaited = awaitedAfter(touching ? before.slice(0, -1) : before);
  if (awaited.kind !== "operand") {
    const words = awaited.kind === "operator" ? OPERATORS : JOINS;
    return { from: touching?.from ?? position, offers: words.map(offerOf) };
  }
  if (touching && touching.kind !== "field" && touching.kind !== "special") return undefined;
  return operands(touching, position, awaited.left, scope);
}

/** Is a token still being written, rather than one that the next begins behind? */
function isInside(text: string, position: number, token: Token): boolean {
  if (["bracket", "comma"].includes(token.kind)) return false;
  return token.kind !== "text" || tokenAt(text, token.from).to > position || !isClosed(token.text);
}

/** In quoted texts, comments and numbers there is nothing to offer. */
function isShut(text: string, position: number, touching: Token | undefined): boolean {
  if (touching?.kind === "text" || touching?.kind === "number") return true;
  const line = text.slice(text.lastIndexOf("\n", position - 1) + 1, position);
  for (let at = 0; at < line.length; ) {
    const token = tokenAt(line, at);
    if (token.kind === "comment") return true;
    at = token.to;
  }
  return false;
}

/** What has to follow some tokens, as far as they make sense. */
function awaitedAfter(tokens: Token[]): Awaited {
  let awaited: Awaited = { kind: "operand" };
  let isRight = false;
  let left: Token | undefined;
  const calls: boolean[] = [];
  const complete = () => {
    if (calls.includes(true)) return;
    awaited = { kind: isRight ? "join" : "operator" };
    isRight = false;
  };
  for (const token of tokens) {
    if (token.kind === "operator") {
      isRight = true;
      awaited = { kind: "operand", left };
    } else if (token.kind === "join") {
      isRight = false;
      awaited = { kind: "operand" };
    } else if (token.kind === "function") {
      calls.push(true);
    } else if (token.text === "(" && token.kind === "bracket") {
      if (calls.at(-1) !== true) calls.push(false);
    } else if (token.text === ")" && token.kind === "bracket") {
      if (calls.pop() === true) complete();
      else awaited = { kind: "join" };
    } else if (token.kind !== "comma") {
      if (!isRight) left = token;
      complete();
    }
  }
  return awaited;
}

function operands(
  touching: Token | undefined,
  position: number,
  left: Token | undefined,
  scope: Scope,
): Offers {
  const word = touching?.text ?? "";
  const from = touching?.from ?? position;
  const colon = word.lastIndexOf(":");
  const dot = word.lastIndexOf(".");
  const isAlias = word.startsWith("@collection.") && word.indexOf(".", 12) < 0;
  if (colon > dot && !isAlias) {
    return { from: from + colon + 1, offers: modifiersOf(word.slice(0, colon), scope) };
  }
  if (dot < 0) return { from, offers: [...values(left, scope), ...beginnings(scope)] };
  return { from: from + dot + 1, offers: behind(word.slice(0, dot), scope) };
}

/** The values that the other side of a comparison can have. */
function values(left: Token | undefined, scope: Scope): Offer[] {
  if (left?.kind !== "field" && left?.kind !== "special") return [];
  const found = meaningOf(left.text, scope);
  if (isStranger(found)) return [];
  const offers = (texts: unknown[], boost = 3): Offer[] =>
    texts.map((text) => ({
      label: JSON.stringify(text),
      detail: "text",
      help: t("offer.value", { field: left.text }),
      boost,
    }));
  if (left.text === "@request.method") return offers(["GET", "POST", "PATCH", "DELETE"]);
  if (left.text === "@request.context") return offers([...CONTEXTS]);
  if (left.text === "@request.auth.collectionName") {
    return offers(authsOf(scope).map(({ name }) => name));
  }
  if (found.type === "bool") {
    return LITERALS.slice(0, 2).map((word) => ({ ...offerOf(word), boost: 3 }));
  }
  if (found.field?.type === "select" && !found.modifier) {
    return offers(Array.isArray(found.field.values) ? found.field.values : []);
  }
  if (found.type === "relation") {
    return [{ label: "@request.auth.id", detail: "text", help: t("request.auth"), boost: 3 }];
  }
  return [];
}

/** What a name can begin with. */
function beginnings(scope: Scope): Offer[] {
  const dates = MACROS.map(offerOf).map((offer) => ({ ...offer, boost: -1 }));
  return [
    ...fieldsOf([scope.collection], scope).map((offer) => ({ ...offer, boost: 2 })),
    ...backsOf([scope.collection], scope),
    { label: "@request", apply: "@request.", detail: "…", help: t("request.self"), boost: 1 },
    ...REQUEST.slice(0, 1).map((word) => ({
      ...offerOf({ ...word, name: "@request.auth" }),
      apply: "@request.auth.",
      boost: 1,
    })),
    { label: "@collection", apply: "@collection.", detail: "…", help: t("request.collection") },
    ...dates,
    ...LITERALS.map(offerOf).map((offer) => ({ ...offer, boost: -1 })),
    ...FUNCTIONS.map(offerOf).map((offer) => ({ ...offer, apply: `${offer.label}(`, boost: -1 })),
  ];
}

/** What can follow a dot. */
function behind(path: string, scope: Scope): Offer[] {
  if (path === "@request") {
    return REQUEST.map((word) => ({
      ...offerOf(word),
      ...(word.type === "names" && { apply: `${word.name}.` }),
    }));
  }
  if (path === "@collection") {
    return scope.collections
      .filter(({ type }) => type !== "view")
      .map(({ name, type }) => ({
        label: name,
        apply: `${name}.`,
        detail: type,
        help: t("offer.collection", { collection: name }),
      }));
  }
  const sources = sourcesOf(path, scope);
  const offers = fieldsOf(sources, scope);
  if (path === "@request.body") return offers;
  if (path !== "@request.auth") return [...offers, ...backsOf(sources, scope)];
  const caller = (["collectionName", "collectionId"] as const).map((name) => ({
    label: name,
    detail: "text",
    help: t(`request.${name}`),
    boost: -1,
  }));
  return [...offers, ...backsOf(sources, scope), ...caller];
}

function modifiersOf(name: string, scope: Scope): Offer[] {
  const found = meaningOf(name, scope);
  if (isStranger(found)) return [];
  const isBody = name.startsWith("@request.body.");
  const isSent = isBody || /^@request\.(?:query|headers)\./.test(name);
  const isList = ["select", "file", "relation"].includes(found.type);
  const wanted: Record<string, boolean> = {
    isset: isSent,
    changed: isBody && found.field !== undefined,
    length: isList,
    each: isList,
    lower: true,
  };
  return MODIFIERS.filter((word) => wanted[word.name]).map(offerOf);
}

/** The fields of collections; of several with one name, the first. */
function fieldsOf(sources: Scope["collection"][], scope: Scope): Offer[] {
  const byName = new Map<string, Field>();
  for (const field of sources.flatMap(comparable)) {
    if (!byName.has(field.name)) byName.set(field.name, field);
  }
  return [...byName.values()].map((field) => ({
    label: field.name,
    detail: detailOf(field, scope),
    help: helpOf(field, scope),
  }));
}

function detailOf(field: Field, scope: Scope): string {
  if (field.type !== "relation") return field.type;
  const target = targetOf(field, scope);
  return `→ ${target}${isMultiple(field) ? "[]" : ""}`;
}

function helpOf(field: Field, scope: Scope): string {
  const { help, type } = field;
  if (typeof help === "string" && help !== "") return help;
  if (type !== "relation") return t(`field.${type}Help`);
  const key = isMultiple(field) ? "offer.relations" : "offer.relation";
  return t(key, { collection: targetOf(field, scope) });
}

function targetOf({ collectionId }: Field, { collection, collections }: Scope): string {
  const all = [collection, ...collections];
  return all.find(({ id }) => id === collectionId)?.name ?? "?";
}

function backsOf(sources: Scope["collection"][], scope: Scope): Offer[] {
  const named = new Map(
    sources.flatMap((source) => backRelations(source, scope)).map((back) => [back.name, back]),
  );
  return [...named.values()].map(({ name, source }) => ({
    label: name,
    apply: `${name}.`,
    detail: `← ${source.name}[]`,
    help: t("offer.back", { collection: source.name }),
  }));
}

function offerOf({ name, type, help }: Word): Offer {
  return { label: name, detail: type, help: t(help) };
}
