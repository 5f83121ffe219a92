/** Access to protected files, which superusers have as well as others: by a token of minutes. */
import { fileToken } from "@luge/client/files";
import { client } from "../../backend.ts";

const HOLDS_MS = 60_000;
let known: { token: Promise<string>; until: number } | undefined;

/** A token that holds for a while yet. */
export function tokenForFiles(now = Date.now()): Promise<string> {
  if (known === undefined || known.until < now) {
    const token = fileToken(client);
    known = { token, until: now + HOLDS_MS };
    token.catch(() => (known = undefined));
  }
  return known.token;
}
