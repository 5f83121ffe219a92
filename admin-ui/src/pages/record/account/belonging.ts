/** What belongs to an account and can be taken from it: sessions, passkeys, linked accounts. */

/** Taking something away, which is asked about first. */
export interface Removal {
  /** On the button. */
  label: string;
  /** Of what it is, where the button stands beside others like it. */
  name: string;
  /** What comes of it. */
  question: string;
  /** Said once it is done. */
  done: string;
  /** Does it; false where somebody did not go on with it. */
  run: () => Promise<boolean>;
}

/** One thing. */
export interface Belonging {
  id: string;
  name: string;
  /** More of it than its name, where one points at that. */
  hint?: string;
  /** What else is known of it, a line each. */
  lines: string[];
  removal: Removal;
}

/** A removal by a request that either succeeds or fails. */
export async function removed(request: Promise<unknown>): Promise<boolean> {
  await request;
  return true;
}
