/** What needs a sign-in of the last few minutes, and asking for one where it is older. */
import { isForbidden } from "@luge/client";
import { account, client } from "../../backend.ts";

/** Asks for a sign-in when the server demands it. */
export class FreshSignIn {
  /** Is a sign-in asked for? */
  asked = $state(false);
  private answer: ((signedIn: boolean) => void) | undefined;

  /** `onsignin` is told of every sign-in. */
  constructor(private readonly onsignin: () => void) {}

  /** Does the work, after another sign-in where it needs one; false where there was none. */
  async before(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isForbidden(error)) throw error;
    }
    if (!(await this.ask())) return false;
    await work();
    return true;
  }

  /** Signs in again; the session that was too old makes room for the new one. */
  async signIn(way: () => Promise<unknown>): Promise<void> {
    const { token } = client.session;
    await way();
    // Should it not end now, it is still shown among the others.
    if (token !== null) await account.sessions.endOf(token).catch(() => undefined);
    this.settle(true);
    this.onsignin();
  }

  /** Nobody signed in. */
  leave(): void {
    this.settle(false);
  }

  private ask(): Promise<boolean> {
    this.asked = true;
    return new Promise((resolve) => (this.answer = resolve));
  }

  private settle(signedIn: boolean): void {
    this.asked = false;
    this.answer?.(signedIn);
    this.answer = undefined;
  }
}
