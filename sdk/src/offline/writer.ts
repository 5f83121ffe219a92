/** Takes writes: to the server where it can be reached, else into the outbox. */
import type { Client } from "../client.js";
import { LugeError } from "../errors.js";
import { changed, type Write } from "../local/change.js";
import type { Fields } from "../local/condition.js";
import type { AnySchema } from "../schema.js";
import { deliver } from "./deliver.js";
import { newId, newKey, type Mutation } from "./mutation.js";
import type { Shown } from "./replica.js";
import { refuses } from "./sender.js";
import { closed } from "./shelf.js";
import type { Common } from "./tabs.js";

type Made = Omit<Mutation, "number">;

/** The writes of one tab, one after the other. */
export class Writer {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Client<AnySchema>,
    private readonly common: Common,
    private readonly always: boolean,
    /** Something waits to be sent. */
    private readonly sent: () => void,
  ) {}

  /** Creates; the id is made here, so others can refer to it at once. */
  async create(collection: string, body: Fields): Promise<Shown> {
    const record = typeof body.id === "string" && body.id !== "" ? body.id : newId();
    return (await this.write({ collection, action: "create", record, body })) as Shown;
  }

  /** Carries out a write behind those that were made before it. */
  write(asked: Write): Promise<Shown | undefined> {
    const write = { ...asked, body: plain(asked.body) };
    const run = () => this.carryOut(write);
    const done = this.last.then(run, run);
    this.last = done;
    return done;
  }

  private async carryOut(write: Write): Promise<Shown | undefined> {
    if (this.common.state === "closed") throw closed();
    const made = this.make(write);
    const { replica } = this.common;
    if (this.always || this.common.state !== "open" || replica.outbox.length > 0) {
      return this.queue(made);
    }
    try {
      // Upon what is there now, as without a cache: only what is sent later is guarded.
      const { record, tag } = await deliver(this.db, { ...made, seen: null, tag: undefined });
      const { collection, record: id } = write;
      await this.common.write(
        record
          ? { put: [replica.keeping(collection, record, tag)] }
          : { removed: [[collection, id]] },
      );
      return record ?? undefined;
    } catch (error) {
      if (!(error instanceof LugeError) || refuses(error) || error.status === 401) throw error;
      if (error.code.startsWith("storage")) throw error;
      return this.queue({ ...made, attempted: true });
    }
  }

  private make(write: Write): Made {
    const { replica } = this.common;
    const { collection, record, action } = write;
    const shown = replica.shown(collection);
    if (action === "create" && shown.has(record)) throw wrong(`${record} is there already.`);
    if (action === "update" && !shown.has(record)) throw wrong(`${record} is not kept.`);
    const kept = replica.kept(collection, record);
    return {
      ...write,
      key: newKey(),
      at: Date.now(),
      seen: kept?.record ?? null,
      tag: kept?.tag,
      own: kept?.own,
      attempted: false,
    };
  }

  private async queue(made: Made): Promise<Shown | undefined> {
    const { shelf, tell } = this.common.surroundings;
    const before = this.common.replica.shown(made.collection).get(made.record);
    const mutation = { ...made, number: await shelf.add(made) };
    const writes = { outbox: [mutation] };
    this.common.replica.apply(writes);
    tell({ kind: "writes", writes });
    this.sent();
    const after = changed(before, made);
    return after && { ...after, $pending: true };
  }
}

/** What only the cache shows is not sent. */
function plain(body: Fields): Fields {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !name.startsWith("$")));
}

function wrong(message: string): LugeError {
  return new LugeError(message, { code: "not_kept" });
}
