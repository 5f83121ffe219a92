/**
 * Sends rows to the server, in their order. A batch is sent again with the same key until it is
 * answered, so that a lost answer imports nothing twice. A row that is refused is set aside and
 * the others of its batch are sent without it.
 */
import type { Ready } from "./mapping.ts";

/** A row on its way: a change of the record with the id, or a new one. */
export interface Outgoing {
  row: Ready;
  id?: string;
}

/** How a batch ended that the server answered. */
export type Outcome =
  | { kind: "taken" }
  /** One row is refused, by its position; nothing happened. */
  | { kind: "refused"; step: number; reason: string }
  /** The batch as a whole is refused; nothing happened. */
  | { kind: "whole"; reason: string };

/** Sends a batch once; throws `Interrupted` for what another attempt may mend. */
export type Send = (rows: Outgoing[], key: string) => Promise<Outcome>;

/** No answer, or one that asks to come back later. */
export class Interrupted extends Error {
  constructor(
    message: string,
    /** Seconds that the server asks to wait for. */
    readonly wait?: number,
  ) {
    super(message);
  }
}

/** What becomes of rows. */
export interface Ledger {
  taken(rows: Outgoing[]): void;
  refused(row: Ready, reason: string): void;
}

/** Tries until it works; told of every interruption, it waits, or gives up by throwing. */
export type Persist = <T>(attempt: () => Promise<T>) => Promise<T>;

export class Delivery {
  constructor(
    private readonly send: Send,
    private readonly persist: Persist,
    private readonly ledger: Ledger,
    private readonly newKey: () => string,
  ) {}

  /** Sends rows until each of them is taken or refused. */
  async deliver(rows: Outgoing[]): Promise<void> {
    let left = rows;
    while (left.length > 0) {
      const key = this.newKey();
      const sent = left;
      const outcome = await this.persist(() => this.send(sent, key));
      if (outcome.kind === "taken") {
        this.ledger.taken(sent);
        return;
      }
      if (outcome.kind === "whole" && sent.length > 1) {
        const middle = Math.ceil(sent.length / 2);
        await this.deliver(sent.slice(0, middle));
        left = sent.slice(middle);
        continue;
      }
      const step = outcome.kind === "refused" ? outcome.step : 0;
      const row = sent[step];
      if (row === undefined) throw new RangeError(`no row ${step} of ${sent.length} was sent`);
      this.ledger.refused(row.row, outcome.reason);
      left = sent.filter((each) => each !== row);
    }
  }
}
