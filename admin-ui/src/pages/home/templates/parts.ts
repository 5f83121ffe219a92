/** Fields and accounts that several templates have. */
import type { CollectionBody, Field } from "@luge/client/admin";
import { rowId } from "./template.ts";

export const text = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  type: "text",
  ...more,
});

export const relation = (name: string, collectionId: string, more: Partial<Field> = {}): Field => ({
  name,
  type: "relation",
  collectionId,
  maxSelect: 1,
  ...more,
});

/** The times of creation and of the last change. */
export const times: Field[] = [
  { name: "created", type: "autodate", onCreate: true, onUpdate: false },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];

/** Accounts that see each other's names and change only their own. */
export const people = (
  id: string,
  name: string,
): CollectionBody & { id: string; name: string } => ({
  id,
  name,
  type: "auth",
  fields: [text("name", { required: true, presentable: true, max: 80 }), ...times],
  listRule: '@request.auth.id != ""',
  viewRule: '@request.auth.id != ""',
  createRule: "",
  updateRule: "id = @request.auth.id",
  deleteRule: "id = @request.auth.id",
});

const NAMES = ["Ada", "Bao", "Chidi", "Dunja", "Emre", "Fatima"];

/** So many accounts, as `blogperson00001`: no two accounts of a server have the same id. */
export const accounts = (domain: string, amount: number) =>
  NAMES.slice(0, amount).map((name, at) => ({
    id: rowId(`${domain}person`, at + 1),
    email: `${name.toLowerCase()}@${domain}.example`,
    name,
  }));

/** One of so many, in turn. */
export const turn = (word: string, at: number, of: number): string => rowId(word, (at % of) + 1);
