/** What the token of a mail says. Whether it holds is the server's affair. */

/** A token, and what the page needs of it. */
export interface Mailed {
  token: string;
  /** The id of the auth collection. */
  collection: string;
  /** The address that the page is about. */
  email: string;
}

/** Reads a token; undefined where it is none. */
export function read(token: string): Mailed | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return ofClaims(token, claims);
  } catch {
    return undefined;
  }
}

function ofClaims(token: string, claims: unknown): Mailed | undefined {
  if (typeof claims !== "object" || claims === null) return undefined;
  const { collectionId, email, newEmail = email } = claims as Record<string, unknown>;
  if (typeof collectionId !== "string" || collectionId === "") return undefined;
  if (typeof newEmail !== "string") return undefined;
  return { token, collection: collectionId, email: newEmail };
}
