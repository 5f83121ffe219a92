/** A write that waits in the outbox. */
import type { LugeError } from "../errors.js";
import type { Fields } from "../local/condition.js";
import type { Write } from "../local/change.js";

/** A write on its way. Everything in it outlasts a reload. */
export interface Mutation extends Write {
  /** Its place in the outbox. */
  number: number;
  /** Sent along, so that a create happens once. */
  key: string;
  /** When it was made, in milliseconds since 1970. */
  at: number;
  /** The record of the server that it was made upon; null where there was none. */
  seen: Fields | null;
  /** The tag of `seen`, where it is known. */
  tag?: string | undefined;
  /** What an earlier write of this page made of it, which is no change of somebody else. */
  own?: Fields | undefined;
  /** It may have arrived already: its answer was never seen. */
  attempted: boolean;
  /** Why it was refused, where it was kept all the same. Nothing behind it is sent. */
  problem?: Problem | undefined;
}

/** What a refusal said. */
export interface Problem {
  code: string;
  message: string;
  status?: number | undefined;
}

/** A write that the server refused. */
export interface Conflict {
  mutation: Mutation;
  /** ConflictError, ValidationError, ForbiddenError or NotFoundError. */
  error: LugeError;
  /** The record as it is now; null where there is none, or none that may be seen. */
  current: Fields | null;
}

/**
 * What becomes of it: `drop` gives it up; `keep` leaves it in the outbox, and all behind it;
 * `retry` sends it again, upon what is there now; `{ body }` sends that instead.
 */
export type Resolution = "drop" | "keep" | "retry" | { body: Fields };

/** Decides what becomes of a refused write. */
export type OnConflict = (conflict: Conflict) => Resolution | Promise<Resolution>;

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const ID_LETTERS = 15;

/** An id as the server makes it. */
export function newId(): string {
  let id = "";
  while (id.length < ID_LETTERS) {
    // Numbers that would favour the first letters are left out.
    for (const byte of crypto.getRandomValues(new Uint8Array(ID_LETTERS))) {
      if (byte < 252 && id.length < ID_LETTERS) id += LETTERS[byte % LETTERS.length];
    }
  }
  return id;
}

/** A key for `Idempotency-Key`; `crypto.randomUUID` is for secure pages only. */
export const newKey = () => newId() + newId();

/** What an error says, as it can be kept. */
export function problemOf({ code, message, status }: LugeError): Problem {
  return { code, message, status };
}
