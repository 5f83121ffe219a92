/** How an account was signed in to, in words. */
import type { SignIn } from "@luge/client";
import type { Key } from "../../messages/en.ts";
import { t } from "../../messages/index.svelte.ts";

const WAYS: Record<string, Key> = {
  password: "signIns.password",
  passkey: "signIns.passkey",
  oauth2: "signIns.oauth2",
  otp: "signIns.otp",
  magicLink: "signIns.magicLink",
  totp: "signIns.totp",
  recoveryCode: "signIns.recoveryCode",
  anonymous: "signIns.anonymous",
  setup: "signIns.setup",
};

/** The way, and the one before it where it is a second factor; a provider by its name. */
export function wayOf({ first, method, provider }: SignIn): string {
  const way = provider || named(method);
  if (first === "") return t("signIns.way", { way });
  return t("signIns.wayAfter", { first: named(first), way });
}

/** What came of it, where that is no session. */
export function outcomeOf({ outcome, by }: SignIn): string | undefined {
  if (outcome === "unfinished") return t("signIns.unfinished");
  if (outcome === "refused") return t("signIns.refused");
  if (outcome !== "impersonated") return undefined;
  return by === "" ? t("signIns.impersonated") : t("signIns.impersonatedBy", { by });
}

/** What a badge says of it. */
export function badgesOf(signIn: SignIn): string[] {
  const shown: [boolean, Key][] = [
    [signIn.current, "signIns.current"],
    [signIn.live && !signIn.current, "signIns.live"],
    [signIn.new, "signIns.new"],
  ];
  return shown.filter(([applies]) => applies).map(([, key]) => t(key));
}

function named(method: string): string {
  const key = WAYS[method];
  return key === undefined ? method : t(key);
}
