/** Who is signed in, as the views see it, and whether the server still waits for its setup. */
import { isLuge, isNotFound } from "@luge/client";
import { client, SUPERUSERS } from "../backend.ts";

class SessionState {
  private current = $state.raw(client.session.current);
  /** Does the server have no superuser yet? Undefined until it has been asked. */
  setupRequired = $state<boolean>();
  /** What the sign-in page says: the session ended by itself, or the server knows of no end. */
  farewell = $state<"ended" | "untold">();

  constructor() {
    client.session.onChange((session) => {
      this.current = session;
      if (session !== null) this.farewell = undefined;
    });
  }

  /** Is a superuser signed in, as far as the token tells? */
  get signedIn(): boolean {
    const { current } = this;
    return current?.record.collectionName === SUPERUSERS && client.session.looksValid;
  }

  /** The e-mail address of who is signed in. */
  get email(): string {
    return String(this.current?.record.email ?? "");
  }

  /** Asks whether the setup waits; a server without that question has been set up. */
  async askForSetup(): Promise<void> {
    try {
      this.setupRequired = await client.setup.required();
    } catch (error) {
      if (isNotFound(error)) this.setupRequired = false;
    }
  }

  /** The server no longer accepts the token. */
  expire(): void {
    this.farewell = "ended";
    client.session.set(null);
  }

  /** Signs out, here at once and then on the server. */
  async leave(): Promise<void> {
    try {
      await client.signOut();
    } catch (error) {
      if (!isLuge(error)) throw error;
      if (!this.signedIn) this.farewell = "untold";
    }
  }
}

export const session = new SessionState();
