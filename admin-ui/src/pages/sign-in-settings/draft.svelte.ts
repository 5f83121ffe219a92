/** How one signs in to a collection, while it is edited. */
import type { Collection, Collections } from "@luge/client/admin";
import { Draft, type Tree } from "../../state/draft.svelte.ts";

/** A mail with placeholders. */
export interface Template {
  subject: string;
  body: string;
}

const MAGIC_LINK: Template = {
  subject: "Sign in to {APP_NAME}",
  body: `<p>Hello,</p>
<p>You can sign in to {APP_NAME} here:</p>
<p>
  <a class="btn" href="{APP_URL}/#/auth/magic-link/{TOKEN}" target="_blank" \
rel="noopener">Sign in</a>
</p>
<p><i>You did not ask to sign in? Then you can ignore this mail.</i></p>
<p>
  Kind regards,<br/>
  {APP_NAME}
</p>`,
};

/** What holds where the definition does not say: servers leave it out as long as it does. */
const UNSAID: Tree = {
  passkey: { enabled: true, rpId: "", origins: [] },
  cookie: { enabled: false, sameSite: "lax", origins: [] },
  anonymous: { enabled: false },
  magicLink: { enabled: false, duration: 900, emailTemplate: MAGIC_LINK },
};

export class SignInDraft extends Draft<string> {
  private readonly id: string;

  constructor(
    collection: Collection,
    private readonly server: Pick<Collections, "update">,
  ) {
    super();
    this.id = collection.id;
    this.take(completed(collection));
  }

  /** Takes the collection as it was read anew; what was typed stays. */
  renew(collection: Collection): void {
    this.take(completed(collection));
  }

  /** Saves those of these that were changed. */
  async save(paths: string[]): Promise<void> {
    const changed = this.changed(paths);
    const stored = await this.server.update(this.id, this.changeOf(changed));
    this.saved(changed, completed(stored));
  }
}

/** With everything that the server left out. */
function completed(collection: Collection): Tree {
  const oauth2 = { redirectURLs: [], ...(collection.oauth2 as object) };
  return { ...UNSAID, ...structuredClone({ ...collection, oauth2 }) };
}
