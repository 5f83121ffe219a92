/** In which groups the fields of a record are shown. */
import type { Collection, Field } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";

/** Fields that belong together. */
export interface FieldGroup {
  title: Key;
  fields: Field[];
}

const ACCOUNT = ["email", "emailVisibility", "verified", "password"];

/** Accounts first, then what people made, then what the server fills in; no empty groups. */
export function groupsOf(collection: Collection, isNew: boolean): FieldGroup[] {
  const shown = collection.fields.filter(({ name }) => name !== "tokenKey");
  const isAccount = ({ name }: Field) => collection.type === "auth" && ACCOUNT.includes(name);
  const isServers = ({ name, type }: Field) => name === "id" || type === "autodate";
  const own = shown.filter((field) => !isAccount(field) && !isServers(field));
  const account = ACCOUNT.flatMap((name) => shown.filter((f) => isAccount(f) && f.name === name));
  // The times of a record that is not there yet say nothing.
  const isEmpty = ({ type }: Field) => isNew && type === "autodate";
  const servers = shown.filter((field) => isServers(field) && !isEmpty(field));
  const groups: FieldGroup[] = [
    { title: "record.groupAccount", fields: account },
    { title: "record.groupFields", fields: own },
    { title: "record.groupServer", fields: servers },
  ];
  return groups.filter(({ fields }) => fields.length > 0);
}
