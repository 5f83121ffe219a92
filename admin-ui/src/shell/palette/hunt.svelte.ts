/** Looking for a record by its id in all collections, a few at a time. */
import { Filter, isAborted } from "@luge/client";
import type { Collection } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { explain, type Problem } from "../../state/problem.ts";

/** How many collections are asked at one time. */
const AT_ONCE = 6;
/** What an id may look like; those that the server makes have fifteen characters. */
const ID = /^[\w-]{1,100}$/;
const MADE = /^[a-z0-9]{15}$/;

/** Is this certainly meant as an id? */
export const looksMade = (typed: string) => MADE.test(typed);
/** Could this be an id? */
export const mayBeId = (typed: string) => ID.test(typed);

export class Hunt {
  /** The names of the collections that have such a record. */
  found = $state.raw<string[]>([]);
  /** The id that was looked for last, once that has ended. */
  ended = $state("");
  busy = $state(false);
  problem = $state.raw<Problem>();

  /** Looks everywhere, until the signal. */
  async look(id: string, collections: Collection[], signal: AbortSignal): Promise<void> {
    this.found = [];
    this.ended = "";
    this.problem = undefined;
    this.busy = true;
    const waiting = collections.filter(({ type }) => type !== "view").map(({ name }) => name);
    const work = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        if (await has(name, id, signal)) this.found = [...this.found, name];
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      this.ended = id;
    } catch (error) {
      if (isAborted(error)) return;
      this.problem = explain(error);
    }
    this.busy = false;
  }

  /** Another id may be meant now. */
  forget(): void {
    this.found = [];
    this.ended = "";
    this.problem = undefined;
    this.busy = false;
  }
}

async function has(collection: string, id: string, signal: AbortSignal): Promise<boolean> {
  const same = new Filter(`id = ${JSON.stringify(id)}`);
  const query = client.from(collection).where(same);
  const { items } = await query.page(1, 1, { skipTotal: true, signal });
  return items.length > 0;
}
