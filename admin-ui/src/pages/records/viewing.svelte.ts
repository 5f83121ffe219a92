/**
 * Viewing a table as somebody else: a client whose requests go through that account's rules. Its
 * token is asked for here, renewed while the table is shown, and kept in memory only; the address
 * has no more than who it is.
 */
import type { Client } from "@luge/client";
import { t } from "../../messages/index.svelte.ts";
import { Attempt } from "../../state/attempt.svelte.ts";
import { Caller, RENEWAL_MS } from "../../parts/caller/caller.svelte.ts";

/** How often it is looked whether a renewal is due, in milliseconds: a computer may have slept. */
const LOOK_MS = 20_000;
export const GUEST = "guest";

/** As the address names who is asked for; undefined where nobody is named. */
export function writtenAs({ who, named, record }: Caller): string | undefined {
  if (who === "guest") return GUEST;
  return who === "record" && named ? `${record.collection}/${record.id}` : undefined;
}

export class Viewing {
  client = $state.raw<Client>();
  readonly attempt = new Attempt();

  private readonly caller = new Caller();
  private issued = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly as: string) {
    const [collection = "", id = ""] = as.split("/");
    this.caller.who = as === GUEST ? "guest" : "record";
    if (as !== GUEST) this.caller.record = { collection, id };
  }

  /** What people call who it is. */
  get name(): string {
    if (this.caller.who === "guest") return t("viewing.guest");
    const { collection, id } = this.caller.record;
    const email = this.client?.session.record?.email;
    return t("viewing.record", { name: String(email || id), collection });
  }

  /** Begins; the answer ends it and forgets the token. */
  begin(): () => void {
    void this.start();
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    return () => {
      clearInterval(this.timer);
      this.client?.session.set(null);
      this.client = undefined;
    };
  }

  private async start(): Promise<void> {
    if (!this.caller.named) {
      this.attempt.problem = { message: t("viewing.unreadable", { as: this.as }), fields: {} };
      return;
    }
    await this.attempt.run(async () => {
      const client = await this.caller.listener();
      this.issued = Date.now();
      this.client = client;
    });
  }

  private async look(): Promise<void> {
    const { client } = this;
    if (client === undefined || Date.now() - this.issued < RENEWAL_MS) return;
    const renewed = await this.attempt.run(() => this.caller.renew(client));
    if (renewed) this.issued = Date.now();
    // Without a token it would become a guest's table: rather none.
    else this.client = undefined;
  }
}
