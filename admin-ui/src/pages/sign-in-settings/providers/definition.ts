/** A provider in the definition of a collection. */

/** As the server shows it: without its secret. */
export interface Defined {
  name: string;
  clientId: string;
  /** Only of one that was typed in. */
  clientSecret?: string;
  displayName: string;
  authURL: string;
  tokenURL: string;
  userInfoURL: string;
  pkce: boolean | null;
  extra: Record<string, unknown>;
}

/** One that is yet to be filled in. */
export const blank = (name: string): Defined => ({
  name,
  clientId: "",
  displayName: "",
  authURL: "",
  tokenURL: "",
  userInfoURL: "",
  pkce: null,
  extra: {},
});

/** Is everything about it said by its issuer? */
export const isOpenId = (name: string): boolean => /^oidc\d?$/.test(name);

/** What is sent: a secret that was not typed in stays as it is. */
export function submitted({ clientSecret, ...rest }: Defined): Defined {
  return clientSecret ? { ...rest, clientSecret } : rest;
}

/** What a sign-in asks the provider for. */
export function scopesOf(url: string): string[] {
  const scope = URL.canParse(url) ? new URL(url).searchParams.get("scope") : null;
  return (scope ?? "").split(/[\s,]+/).filter((each) => each !== "");
}
