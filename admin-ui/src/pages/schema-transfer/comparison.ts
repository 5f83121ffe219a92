/**
 * Compares an export with the collections that are here, and makes what is wanted of both. What
 * has the same id or else the same name is the same thing, so that an export of another server,
 * where ids differ, changes collections and does not collide with them.
 */
import type { Collection, CollectionBody, Field } from "@luge/client/admin";
import type { Given } from "./exported.ts";

/** One thing that differs: a field or an option. */
export interface Part {
  /** `fields.NAME`, or the option. */
  path: string;
  field?: string;
  now: unknown;
  file: unknown;
}

/** One collection that differs. */
export interface Difference {
  name: string;
  state: "new" | "changed" | "gone";
  now: Collection | undefined;
  file: Given | undefined;
  parts: Part[];
}

/** What a person wants: everything, unless named here. */
export interface Wanted {
  /** Does what is only here go? */
  replace: boolean;
  /** Names of collections that stay as they are. */
  left: string[];
  /** `COLLECTION/PATH` of parts that stay as they are. */
  leftParts: string[];
}

/** Made by the server anew each time. */
const NOT_COMPARED = new Set(["id", "created", "updated", "fields", "system"]);

/** Everything that differs, also what is only here. */
export function differences(now: Collection[], file: Given[]): Difference[] {
  const pairs = file.map((given) => ({ given, own: counterpart(now, given) }));
  const ids = new Map(
    pairs.flatMap(({ given, own }) => (own && given.id ? [[given.id, own.id]] : [])),
  );
  const known = new Set(pairs.map(({ own }) => own));
  const changed = pairs.flatMap(({ given, own }): Difference[] => {
    const made = aligned(given, own, ids);
    const parts = partsOf(own, made);
    const { name } = given;
    if (own === undefined) return [{ name, state: "new", now: own, file: made, parts }];
    return parts.length === 0 ? [] : [{ name, state: "changed", now: own, file: made, parts }];
  });
  const gone = now
    .filter((own) => !known.has(own) && !own.system)
    .map(
      (own): Difference => ({
        name: own.name,
        state: "gone",
        now: own,
        file: undefined,
        parts: [],
      }),
    );
  return [...changed, ...gone];
}

/** The collection that is meant by a definition. */
export function counterpart(now: Collection[], { id, name }: Given): Collection | undefined {
  const same = name.toLowerCase();
  return now.find((own) => own.id === id) ?? now.find((own) => own.name.toLowerCase() === same);
}

/** With the ids that are used here, and the options of fields that the file says nothing of. */
function aligned(file: Given, own: Collection | undefined, ids: Map<string, string>): Given {
  const given = file.type === "view" ? withoutFields(file) : file;
  const fields = given.fields?.map((field): Field => {
    const collectionId = ids.get(String(field.collectionId ?? ""));
    const like = own && fieldLike(own, field);
    const kept = like?.type === field.type ? like : undefined;
    const id = like?.id;
    return { ...kept, ...field, ...(collectionId && { collectionId }), ...(id && { id }) };
  });
  const signIn = withoutSecretless(given, own);
  return { ...given, ...signIn, ...(own && { id: own.id }), ...(fields && { fields }) };
}

/** The fields of a view follow from its query. */
const withoutFields = ({ fields: _, ...rest }: Given): Given => rest;

/** Providers to sign in with whose secret is neither in the file (exports have none) nor here. */
export function secretless(given: Given, own: Collection | undefined): string[] {
  const without = providersOf(given).filter((each) => !hasSecret(each, own));
  return without.map(({ name }) => String(name));
}

function withoutSecretless(given: Given, own: Collection | undefined): Partial<Given> {
  if (secretless(given, own).length === 0) return {};
  const providers = providersOf(given).filter((each) => hasSecret(each, own));
  return { oauth2: { ...(given.oauth2 as object), providers } };
}

const hasSecret = (provider: Record<string, unknown>, own: Collection | undefined): boolean =>
  Boolean(provider.clientSecret) ||
  (own !== undefined && providersOf(own).some(({ name }) => name === provider.name));

function providersOf({ oauth2 }: CollectionBody): Record<string, unknown>[] {
  const providers = isObject(oauth2) ? oauth2.providers : undefined;
  return Array.isArray(providers) ? providers.filter(isObject) : [];
}

function fieldLike({ fields = [] }: CollectionBody, { id, name }: Field): Field | undefined {
  return fields.find((field) => field.id === id) ?? fields.find((field) => field.name === name);
}

function partsOf(own: Collection | undefined, given: Given): Part[] {
  const options = Object.keys(given)
    .filter((key) => !NOT_COMPARED.has(key))
    .map((key): Part => ({ path: key, now: own?.[key], file: given[key] }))
    .filter(({ now, file }) => !same(now, file));
  if (given.fields === undefined) return options;
  const theirs = given.fields.map((field): Part => {
    const now = own && fieldLike(own, field);
    return { path: `fields.${field.name}`, field: field.name, now, file: field };
  });
  const only = (own?.fields ?? [])
    .filter((field) => !field.system && !fieldLike(given, field))
    .map(
      (now): Part => ({ path: `fields.${now.name}`, field: now.name, now, file: undefined }),
    );
  return [...theirs.filter(({ now, file }) => !agrees(now, file)), ...only, ...options];
}

/** Does a field have all that a file says of it? Files of other versions leave options out. */
function agrees(now: unknown, file: unknown): boolean {
  if (!isObject(now) || !isObject(file)) return same(now, file);
  return Object.entries(file).every(([key, value]) => key === "id" || same(now[key], value));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The options of two versions of a field that differ, or that only one of them has. */
export function apart(value: unknown, other: unknown): unknown {
  if (!isObject(value) || !isObject(other)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, own]) => key !== "id" && !same(other[key], own)),
  );
}

/** Does a collection differ in nothing but the texts of its mails? Every product has its own. */
export const onlyTexts = ({ state, parts }: Difference): boolean =>
  state === "changed" &&
  parts.every(
    ({ path, field, now, file }) =>
      field === undefined && (path.endsWith("Template") || isText(apart(file, now))),
  );

const isText = (differing: unknown) =>
  isObject(differing) && Object.keys(differing).every((key) => key === "emailTemplate");

/** Equal, in whatever order the keys are; what is secret or left out differs from nothing. */
function same(one: unknown, other: unknown): boolean {
  if (isObject(one) && isObject(other)) {
    return Object.entries(other).every(([key, value]) => same(one[key], value));
  }
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** Does a part stay as it is now? */
export const stays = ({ name }: Difference, part: Part, wanted: Wanted) =>
  wanted.leftParts.includes(`${name}/${part.path}`) ||
  (part.file === undefined && !wanted.replace);

/** Is anything done about it? */
export const isTaken = (difference: Difference, wanted: Wanted) =>
  !wanted.left.includes(difference.name) &&
  (difference.state === "gone"
    ? wanted.replace
    : difference.state === "new" ||
      difference.parts.some((part) => !stays(difference, part, wanted)));

/** The definition that comes out; undefined for a collection that is deleted. */
export function resultOf(difference: Difference, wanted: Wanted): CollectionBody | undefined {
  const { now, file, parts } = difference;
  if (file === undefined) return undefined;
  const kept = parts.filter((part) => stays(difference, part, wanted));
  const options = kept.filter(({ field }) => field === undefined);
  const fields = now || file.fields ? { fields: fieldsOf(difference, kept) } : {};
  const own = Object.fromEntries(options.map(({ path, now }) => [path, now]));
  return { ...now, ...file, ...own, ...fields } as CollectionBody;
}

function fieldsOf({ now, file }: Difference, kept: Part[]): Field[] {
  const stay = new Map(kept.flatMap(({ field, now }) => (field ? [[field, now]] : [])));
  const theirs = (file?.fields ?? now?.fields ?? []).flatMap((field) => {
    if (!stay.has(field.name)) return [field];
    const own = stay.get(field.name) as Field | undefined;
    return own ? [own] : [];
  });
  const names = new Set(theirs.map(({ name }) => name));
  const ids = new Set(theirs.map(({ id }) => id));
  const rest = (now?.fields ?? []).filter(
    ({ id, name, system }) => !names.has(name) && !ids.has(id) && (system || stay.has(name)),
  );
  return [...theirs, ...rest];
}

/** What the server is asked for: everything as it is to be, or, where nothing goes, the changes. */
export function order(
  all: Collection[],
  found: Difference[],
  wanted: Wanted,
): { collections: CollectionBody[]; deleteMissing: boolean } {
  const taken = found.filter((each) => isTaken(each, wanted));
  const changed = taken
    .map((each) => resultOf(each, wanted))
    .filter((body) => body !== undefined);
  const drops = taken.some(
    (each) =>
      each.state === "gone" ||
      each.parts.some((part) => part.file === undefined && !stays(each, part, wanted)),
  );
  if (!drops) return { collections: changed, deleteMissing: false };
  const touched = new Set(taken.map(({ now }) => now?.id));
  const rest = all.filter(({ id }) => !touched.has(id));
  return { collections: [...rest, ...changed], deleteMissing: true };
}
