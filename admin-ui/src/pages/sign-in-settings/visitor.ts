/** Trying a sign-in out beside the one of the superuser, and ending it at once. */
import { createClient, MfaRequiredError, type Client } from "@luge/client";
import { factors } from "@luge/client/factors";
import { t } from "../../messages/index.svelte.ts";

/** Signs in as a visitor does; says in words who that was, or what else is asked for. */
export async function tried(way: (visitor: Client) => Promise<unknown>): Promise<string> {
  const visitor = createClient(location.origin);
  try {
    await way(visitor);
  } catch (error) {
    if (!(error instanceof MfaRequiredError)) throw error;
    const methods = error.methods.join(", ");
    return methods ? t("try.secondOf", { methods }) : t("try.second");
  }
  const record = visitor.session.current?.record;
  await visitor.signOut();
  return t("try.signedIn", { who: String(record?.email || record?.id || "") });
}

/** Asks for a mailed code or link as a visitor does. */
export const asVisitor = (collection: string) =>
  factors(createClient(location.origin), collection);

