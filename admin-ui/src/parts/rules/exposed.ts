/** What a rule that is open to everyone exposes, to be named before it is decided. */
import type { Field } from "@luge/client/admin";
import type { Scope } from "./names.ts";
import type { RuleName } from "./rule.ts";

/** The fields of a collection, by what becomes of them. */
export interface Exposed {
  /** Can be read, set or changed by anyone. */
  open: string[];
  /** E-mail addresses, which are shown where their record says so. */
  emails: string[];
  /** Stay out of reach. */
  hidden: string[];
}

const ALWAYS = ["id", "collectionId", "collectionName", "tokenKey"];

/** What becomes of the fields when a rule is open to everyone. */
export function exposedBy(name: RuleName, { type, fields }: Scope["collection"]): Exposed {
  const reads = name === "listRule" || name === "viewRule";
  const own = fields.filter((field) => field.name !== "" && !ALWAYS.includes(field.name));
  const touched = own.filter((field) => reads || isSet(field));
  const isEmail = (field: Field) => reads && type === "auth" && field.name === "email";
  const names = (wanted: (field: Field) => boolean) =>
    touched.filter(wanted).map((field) => field.name);
  return {
    open: names((field) => !isClosed(field, reads) && !isEmail(field)),
    emails: names(isEmail),
    hidden: names((field) => isClosed(field, reads)),
  };
}

/** Is it filled in by clients? */
const isSet = ({ type }: Field) => type !== "autodate";

/** Passwords are set and never read. */
function isClosed({ type, hidden }: Field, reads: boolean): boolean {
  return type === "password" ? reads : hidden === true;
}
