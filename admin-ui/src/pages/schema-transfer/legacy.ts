/**
 * Definitions as PocketBase exported them before 0.23, in today's form: `schema` with the options
 * of its fields apart, options of auth collections in other words, no fields for ids and moments.
 */
type Old = Record<string, unknown>;

/** Is this a definition of before 0.23? */
export const isLegacy = (definition: object): boolean =>
  !("fields" in definition) && "schema" in definition && Array.isArray(definition.schema);

/** The same in today's form. */
export function modernised(old: Old): Record<string, unknown> {
  const { schema, options, indexes, ...rest } = old;
  const own = isObject(options) ? options : {};
  const auth = old.type === "auth" ? authOptions(old, own) : { fields: [], indexes: [] };
  const listed = (schema as unknown[]).filter(isObject);
  const fields = listed.map(field);
  const view = old.type === "view";
  const rules = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key.endsWith("Rule") ? rule(value) : value]),
  );
  if (view) return { ...rules, viewQuery: own.query ?? "", fields, indexes: [] };
  const { fields: authFields, indexes: authIndexes, ...authRest } = auth;
  return {
    ...rules,
    ...authRest,
    fields: [{ ...ID }, ...authFields, ...fields, ...MOMENTS.map((one) => ({ ...one }))],
    indexes: [...(list(indexes) ?? []), ...authIndexes, ...unique(old, listed)],
  };
}

/** What an id looked like; it was there without being defined, as the moments were. */
const ID = {
  name: "id",
  type: "text",
  system: true,
  primaryKey: true,
  required: true,
  min: 15,
  max: 15,
  pattern: "^[a-z0-9]+$",
  autogeneratePattern: "[a-z0-9]{15}",
};
/** The same of auth collections, in today's order. */
const TOKEN_KEY = {
  name: "tokenKey",
  type: "text",
  system: true,
  hidden: true,
  required: true,
  min: 30,
  max: 60,
  autogeneratePattern: "[a-zA-Z0-9]{50}",
};
const FLAGS = [
  { name: "emailVisibility", type: "bool", system: true },
  { name: "verified", type: "bool", system: true },
];
const MOMENTS = [
  { name: "created", type: "autodate", onCreate: true, onUpdate: false },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];

/** Options that have another name now. */
const RENAMED: Record<string, string> = { noDecimal: "onlyInt", convertUrls: "convertURLs" };

/** Said nothing is no limit today as well; of these, none and no limit are told apart. */
const UNLIMITED = 2147483647;

function field({ options, unique: _, ...own }: Old): Old {
  const given = Object.entries(isObject(options) ? options : {});
  const named = given.filter(([, value]) => value !== null && value !== undefined);
  const made = Object.fromEntries(named.map(([key, value]) => [RENAMED[key] ?? key, value]));
  delete made.displayFields;
  // A relation without a limit took any number; a select and a file have always had one.
  if (own.type === "relation" && made.maxSelect === undefined) made.maxSelect = UNLIMITED;
  return { ...own, ...made };
}

/** What was sent was called `data`. */
const rule = (value: unknown) =>
  typeof value === "string" ? value.replaceAll("@request.data.", "@request.body.") : value;

/** Fields that were unique by themselves, which an index says since 0.14. */
function unique({ name }: Old, schema: Old[]): string[] {
  return schema
    .filter((each) => each.unique === true && typeof each.name === "string")
    .map((each) => uniqueIndex(`idx_unique_${each.name}`, name, `\`${each.name}\``));
}

const uniqueIndex = (index: string, collection: unknown, column: string) =>
  `CREATE UNIQUE INDEX \`${index}\` ON \`${collection}\` (${column})`;

interface AuthOptions extends Record<string, unknown> {
  fields: Old[];
  indexes: string[];
}

/** The ways to sign in, and the fields that such collections had without defining them. */
function authOptions({ id, name }: Old, own: Old): AuthOptions {
  const identityFields = [
    ...(own.allowEmailAuth === false ? [] : ["email"]),
    ...(own.allowUsernameAuth === false ? [] : ["username"]),
  ];
  const email = {
    name: "email",
    type: "email",
    system: true,
    required: own.requireEmail === true,
    onlyDomains: list(own.onlyEmailDomains) ?? [],
    exceptDomains: list(own.exceptEmailDomains) ?? [],
  };
  const password = {
    name: "password",
    type: "password",
    system: true,
    hidden: true,
    required: true,
    min: typeof own.minPasswordLength === "number" ? own.minPasswordLength : 8,
  };
  const username = {
    name: "username",
    type: "text",
    required: true,
    min: 3,
    max: 150,
    pattern: "^[\\w][\\w\\.\\-]*$",
    autogeneratePattern: "users[0-9]{6}",
  };
  return {
    fields: [password, { ...TOKEN_KEY }, email, ...FLAGS.map((one) => ({ ...one })), username],
    indexes: [
      uniqueIndex(`idx_username_${id ?? name}`, name, "`username` COLLATE NOCASE"),
    ],
    manageRule: rule(own.manageRule ?? null),
    authRule: own.onlyVerified === true ? "verified = true" : "",
    passwordAuth: {
      enabled: identityFields.length > 0,
      identityFields: identityFields.length > 0 ? identityFields : ["email"],
    },
    oauth2: { enabled: own.allowOAuth2Auth === true },
  };
}

const isObject = (value: unknown): value is Old =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.map(String) : undefined;
