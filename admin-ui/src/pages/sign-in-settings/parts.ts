/** The parts of the page: what is set in each, and what else there is to do. */
import type { Component } from "svelte";
import type { Collection } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";
import type { SignInDraft } from "./draft.svelte.ts";

/** How an option is typed in. */
export type Kind =
  | "toggle"
  | "duration"
  | "number"
  | "text"
  | "lines"
  | "identity"
  | "rule"
  | { choice: [value: string, name: Key][] }
  /** One of the fields with these types, or none. */
  | { field: string[] };

/** An option by its path in the definition. */
export interface Option {
  path: string;
  kind: Kind;
}

/** What a part shows beside its options. */
export interface ExtraProps {
  collection: Collection;
  draft: SignInDraft;
}
type Extra = () => Promise<{ default: Component<ExtraProps> }>;

/** One part of the page. */
export interface Part {
  path: string;
  group: "ways" | "more" | "after";
  options: Option[];
  /** What says whether it is on. */
  state?: string;
  /** Can superusers have it? They do unless it is false. */
  superusers?: false;
  before?: Extra;
  after?: Extra;
}

const option = (path: string, kind: Kind): Option => ({ path, kind });
const enabled = (root: string) => option(`${root}.enabled`, "toggle");
const part = (path: string, group: Part["group"], options: Option[], more: Partial<Part> = {}) => ({
  path,
  group,
  options,
  ...(options[0]?.path.endsWith(".enabled") && { state: options[0].path }),
  ...more,
});

const NAMES = ["text", "email", "url", "editor"];

export const parts: Part[] = [
  part("password", "ways", [
    enabled("passwordAuth"),
    option("passwordAuth.identityFields", "identity"),
  ], { after: () => import("./TryPassword.svelte") }),
  part("passkeys", "ways", [
    enabled("passkey"),
    option("passkey.rpId", "text"),
    option("passkey.origins", "lines"),
  ], {
    before: () => import("./PasskeyDomain.svelte"),
    after: () => import("./TryPasskey.svelte"),
  }),
  part("providers", "ways", [
    enabled("oauth2"),
    option("oauth2.mappedFields.name", { field: NAMES }),
    option("oauth2.mappedFields.username", { field: NAMES }),
    option("oauth2.mappedFields.avatarURL", { field: ["file", "url", "text"] }),
    option("oauth2.mappedFields.id", { field: NAMES }),
    option("oauth2.redirectURLs", "lines"),
  ], { before: () => import("./providers/Providers.svelte") }),
  part("codes", "ways", [
    enabled("otp"),
    option("otp.duration", "duration"),
    option("otp.length", "number"),
  ], { after: () => import("./TryCode.svelte") }),
  part("links", "ways", [enabled("magicLink"), option("magicLink.duration", "duration")], {
    after: () => import("./TryLink.svelte"),
  }),
  part("anonymous", "ways", [enabled("anonymous")], { superusers: false }),
  part("second", "more", [
    enabled("mfa"),
    option("mfa.duration", "duration"),
    option("mfa.rule", "rule"),
  ]),
  part("apps", "more", []),
  part("tokens", "after", [
    option("authToken.duration", "duration"),
    option("verificationToken.duration", "duration"),
    option("passwordResetToken.duration", "duration"),
    option("emailChangeToken.duration", "duration"),
    option("fileToken.duration", "duration"),
  ], { after: () => import("./SignOutAll.svelte") }),
  part("cookies", "after", [
    enabled("cookie"),
    option("cookie.sameSite", { choice: [["lax", "same.lax"], ["strict", "same.strict"]] }),
    option("cookie.origins", "lines"),
  ]),
  part("alerts", "after", [enabled("authAlert")]),
  part("mails", "after", [], { before: () => import("./mails/Mails.svelte") }),
];

/** The parts that a collection has. */
export const partsOf = (collection: Collection): Part[] =>
  parts.filter(({ superusers }) => !collection.system || superusers !== false);

/** The fields that an identity may be looked up in: each value belongs to one record. */
export function identityFields({ fields, indexes }: Pick<Collection, "fields" | "indexes">) {
  const unique = indexes.flatMap((text) => {
    const found = /^\s*create\s+unique\s+index\b.*?\(\s*[`"[]?(\w+)[`"\]]?[^,()]*\)/is.exec(text);
    return found?.[1] === undefined ? [] : [found[1]];
  });
  const candidates = fields.filter(({ name }) => unique.includes(name) && name !== "tokenKey");
  return candidates.map(({ name }) => name);
}
