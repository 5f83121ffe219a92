/**
 * Filters: conditions over fields that compile to the server's filter text.
 *
 * A value never becomes syntax: every one passes through `literal`, and `filter` refuses a
 * placeholder inside quotes, where quoting would end the string instead of starting one.
 */

/** What can be compared with a field. */
export type FilterValue = string | number | boolean | Date | null;

/** How values are compared. */
export type Comparison = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~";

/** A condition, ready for the server. */
export class Filter {
  /** `composite` says whether joining it with others needs parentheses. */
  constructor(
    private readonly text: string,
    readonly composite = true,
  ) {}

  toString(): string {
    return this.text;
  }
}

/** The values a field of type `T` compares with: of a list, its members. */
type Comparable<T> = unknown extends T
  ? FilterValue
  : T extends readonly (infer Member)[]
    ? Comparable<Member>
    : T extends boolean
      ? boolean | null
      : T extends number
        ? number | null
        : T extends string
          ? T | Date | null
          : FilterValue;

/** A field in a condition, by itself or on the way into an object or a related record. */
export type FieldPath<T = unknown> = {
  /** Equal; `null` and the empty text are the same. */
  is(value: Comparable<T> | FieldPath<T>): Filter;
  /** Not equal. */
  not(value: Comparable<T> | FieldPath<T>): Filter;
  /** Equal to one of the values; of none, nothing matches. */
  in(values: readonly Comparable<T>[]): Filter;
  /** Contains the text, without regard to ASCII case; `%` and `_` are ordinary characters. */
  contains(text: string): Filter;
  toString(): string;
} & (T extends readonly unknown[]
  ? unknown
  : T extends object
    ? { [K in keyof T]-?: FieldPath<NonNullable<T[K]>> }
    : unknown);

/** The fields of a record, as `where` hands them out. */
export type Fields<R> = { [K in keyof R]-?: FieldPath<NonNullable<R[K]>> };

type Operand<T = any> = FieldPath<T> | string;
type Value<T> = Comparable<T> | FieldPath<T>;

/** Equal. */
export const eq = <T>(field: Operand<T>, value: Value<T>) => compare(field, "=", value);
/** Not equal. */
export const ne = <T>(field: Operand<T>, value: Value<T>) => compare(field, "!=", value);
/** Greater. */
export const gt = <T>(field: Operand<T>, value: Value<T>) => compare(field, ">", value);
/** Greater or equal. */
export const gte = <T>(field: Operand<T>, value: Value<T>) => compare(field, ">=", value);
/** Less. */
export const lt = <T>(field: Operand<T>, value: Value<T>) => compare(field, "<", value);
/** Less or equal. */
export const lte = <T>(field: Operand<T>, value: Value<T>) => compare(field, "<=", value);
/** Contains the text. */
export const contains = (field: Operand, text: string) => compare(field, "~", pattern(text));
/** Does not contain the text. */
export const notContains = (field: Operand, text: string) => compare(field, "!~", pattern(text));
/** Begins with the text. */
export const startsWith = (field: Operand, text: string) =>
  compare(field, "~", `${escaped(text)}%`);
/** Ends with the text. */
export const endsWith = (field: Operand, text: string) => compare(field, "~", `%${escaped(text)}`);
/** None of the values. */
export const notIn = <T>(field: Operand<T>, values: readonly Comparable<T>[]) =>
  values.length === 0
    ? new Filter("1 = 1", false)
    : and(...values.map((value) => compare(field, "!=", value)));
/**
 * At least one of the values that a path over relations leads to is equal, or compares as asked;
 * one of a select or file field with `anyOf(each(post.tags), "x")`.
 */
export const anyOf = <T>(field: Operand<T>, value: Value<T>, comparison: Comparison = "=") =>
  compare(field, `?${comparison}`, value);

/** The field in lower case. */
export const lower = (field: Operand<string>) =>
  fieldPath(`${pathOf(field)}:lower`) as FieldPath<string>;
/** How many values the field holds. */
export const lengthOf = (field: Operand) =>
  fieldPath(`${pathOf(field)}:length`) as FieldPath<number>;
/** Every value of the field by itself. */
export const each = <T>(field: Operand<T>) =>
  fieldPath(`${pathOf(field)}:each`) as unknown as FieldPath<T>;
/** How many kilometres a point is away: `lt(distance(shop.place, { lon, lat }), 5)`. */
export const distance = (field: Operand, { lon, lat }: { lon: number; lat: number }) => {
  const path = pathOf(field);
  const from = [lon, lat].map(decimal).join(", ");
  return fieldPath(`geoDistance(${path}.lon, ${path}.lat, ${from})`) as FieldPath<number>;
};

/** All of the conditions. */
export const and = (...conditions: Filter[]) => join("&&", conditions);
/** One of the conditions. */
export const or = (...conditions: Filter[]) => join("||", conditions);

/**
 * Filter text with bound values: ``filter`title ~ ${word} && created > ${since}` ``. Conditions
 * and fields may stand in it too.
 */
export function filter(
  parts: TemplateStringsArray,
  ...values: (FilterValue | Filter | FieldPath<any>)[]
): Filter {
  let text = parts[0] ?? "";
  let before = text;
  values.forEach((value, at) => {
    if (endsInQuotes(before)) {
      throw new TypeError("A value in a filter must not be put between quotes.");
    }
    before = parts[at + 1] ?? "";
    text += (value instanceof Filter ? `(${value})` : operand(value)) + before;
  });
  return new Filter(text);
}

/** The proxy behind `where(post => …)`: every property is a field. */
export function fieldsOf<R>(): Fields<R> {
  return new Proxy(
    {},
    {
      get: (_, name) => fieldPath(nameOf(name)),
    },
  ) as Fields<R>;
}

/** Writes a value as a literal of the filter language. */
export function literal(value: FilterValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return decimal(value);
  if (value instanceof Date) return `'${value.toISOString().replace("T", " ")}'`;
  if (typeof value !== "string") {
    throw new TypeError(`A filter cannot hold a value of type ${typeof value}.`);
  }
  // In single quotes these two are the only escapes: both are needed, since a text that ends in
  // a backslash would otherwise swallow the closing quote.
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

function fieldPath(path: string): FieldPath<any> {
  const own: Record<string, unknown> = {
    is: (value: FilterValue) => compare(path, "=", value),
    not: (value: FilterValue) => compare(path, "!=", value),
    in: (values: readonly FilterValue[]) =>
      values.length === 0
        ? new Filter("1 = 2", false)
        : or(...values.map((value) => compare(path, "=", value))),
    contains: (text: string) => compare(path, "~", pattern(text)),
    toString: () => path,
  };
  const made = new Proxy(own, {
    get: (target, name) =>
      typeof name === "symbol" || Object.hasOwn(target, name)
        ? target[name as string]
        : fieldPath(`${path}.${nameOf(name)}`),
  });
  paths.add(made);
  return made as unknown as FieldPath<any>;
}

/** What `fieldPath` made: it stands for a field where a value could stand. */
const paths = new WeakSet<object>();

function nameOf(name: string | symbol): string {
  if (typeof name === "symbol" || !/^[\w@#:.]+$/.test(name)) {
    throw new TypeError(`"${String(name)}" is not a field name.`);
  }
  return name;
}

function compare(field: Operand, operator: string, value: FilterValue | FieldPath<any>): Filter {
  return new Filter(`${pathOf(field)} ${operator} ${operand(value)}`, false);
}

function operand(value: FilterValue | FieldPath<any>): string {
  return isPath(value) ? String(value) : literal(value);
}

function isPath(value: unknown): value is FieldPath {
  return typeof value === "object" && value !== null && paths.has(value);
}

function pathOf(field: Operand): string {
  return typeof field === "string" ? field.split(".").map(nameOf).join(".") : String(field);
}

function join(operator: string, conditions: Filter[]): Filter {
  const [first, ...more] = conditions;
  if (first === undefined) throw new TypeError("and() and or() need at least one condition.");
  if (more.length === 0) return first;
  const wrapped = conditions.map((each) => (each.composite ? `(${each})` : String(each)));
  return new Filter(wrapped.join(` ${operator} `));
}

/** A literal without `%` is searched for as it is; one with `%` would be taken as a pattern. */
function pattern(text: string): string {
  return text.includes("%") ? `%${escaped(text)}%` : text;
}

/** The text, in which nothing is a wildcard. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

/** The language has no exponents, so a number is written out in full. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`A filter cannot hold ${value}.`);
  const short = String(value);
  if (!short.includes("e")) return short;
  if (Math.abs(value) >= 1) return BigInt(value).toString();
  return value.toFixed(100).replace(/0+$/, "").replace(/\.$/, "");
}

/** Does the text end inside quotes? */
function endsInQuotes(text: string): boolean {
  let quote = "";
  let escaped = false;
  for (const character of text) {
    if (escaped) escaped = false;
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (quote !== "" && character === "\\") escaped = true;
    else if (character === quote) quote = "";
  }
  return quote !== "";
}
