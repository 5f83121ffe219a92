/**
 * The entry point for channels: what clients tell each other while they are connected, and who is
 * there. Nothing is stored, and after a break nothing comes again.
 */
import type { Client } from "../client.js";
import { ForbiddenError, LugeError } from "../errors.js";
import type { SchemaLike } from "../schema.js";
import { path, type RequestOptions } from "../transport.js";

/** Somebody who announced itself. */
export interface Member<P = any> {
  /** Of the connection: two devices of one record are two members. */
  id: string;
  state: P;
  /** Who is signed in; of guests neither. */
  collection?: string;
  record?: string;
}

/** What somebody sent. */
export interface Message<T = any> {
  event: string;
  payload: T;
  /** Where the channel tells: the member and who is signed in. */
  from?: { member?: string; collection?: string; record?: string };
}

/** How to be in a channel. */
export interface JoinOptions<P> {
  /** Announces itself to the others with this object, of at most 1,024 bytes. */
  presence?: P;
  onMessage?: (message: Message) => void;
  /** Who is there, each time that it has changed; also when the connection came back. */
  onMembers?: (members: Member<P>[]) => void;
  /** The right to be there is gone; it may come back, which `onMembers` tells. */
  onRefused?: (message: string) => void;
  signal?: AbortSignal;
}

type Told<P> =
  | { type: "joined"; member: string; members?: Member<P>[] }
  | { type: "refused"; message: string }
  | ({ type: "message" } & Message)
  | { type: "presence"; joined?: Member<P>[]; updated?: Member<P>[]; left?: string[] };

/** Joins a channel; ForbiddenError where it does not exist or the rule says no. */
export async function join<S extends SchemaLike<S>, P extends object = Record<string, unknown>>(
  client: Client<S>,
  name: string,
  options: JoinOptions<P> = {},
): Promise<Channel<P>> {
  const channel = new Channel<P>(client as unknown as Client, name, options);
  await channel.enter();
  return channel;
}

/** A channel that the client is in. */
export class Channel<P> {
  private readonly there = new Map<string, Member<P>>();
  private own: string | undefined;
  /** What was announced last, where it is not what the topic was asked for with. */
  private announced: { state: P | null } | undefined;
  private end: () => void = () => undefined;

  constructor(
    private readonly client: Client,
    readonly name: string,
    private readonly options: JoinOptions<P>,
  ) {}

  /** Who announced itself, where the channel tells. */
  get members(): Member<P>[] {
    return [...this.there.values()];
  }

  /** The id under which the others know this client, while it is in the channel. */
  get member(): string | undefined {
    return this.own;
  }

  /** Asks to be let in; `join` has done so. */
  async enter(): Promise<void> {
    const { presence, signal } = this.options;
    let settle: (refusal?: string) => void = () => undefined;
    const entered = new Promise<void>((resolve, reject) => {
      settle = (refusal) =>
        refusal === undefined ? resolve() : reject(new ForbiddenError(refusal, FORBIDDEN));
    });
    entered.catch(() => undefined);
    const hear = (told: Told<P>) => {
      this.hear(told);
      if (told.type === "joined") settle();
      if (told.type === "refused") settle(told.message);
    };
    this.end = await this.client.realtime.subscribe(`@channel/${this.name}`, hear, {
      ...(presence && { query: { presence } }),
      ...(signal && { signal }),
    });
    try {
      await entered;
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /** Sends to everybody who is there; with `self` also to this client. */
  async send(
    event: string,
    payload?: unknown,
    { self, ...options }: RequestOptions & { self?: boolean } = {},
  ): Promise<void> {
    const { clientId } = this.client.realtime;
    await this.client.transport.send(this.place(), {
      ...options,
      method: "POST",
      body: { event, payload, self, clientId },
    });
  }

  /** Announces something else; null withdraws. It holds also after the connection came back. */
  async announce(state: P | null, options: RequestOptions = {}): Promise<void> {
    const { clientId } = this.client.realtime;
    if (clientId === undefined) {
      throw new LugeError("There is no connection at the moment.", { code: "not_connected" });
    }
    const body = { clientId, state };
    await this.client.transport.send(this.place("presence"), { ...options, method: "PUT", body });
    this.announced = { state };
  }

  /** Leaves. */
  leave(): void {
    this.end();
    this.own = undefined;
    this.there.clear();
  }

  private hear(told: Told<P>): void {
    switch (told.type) {
      case "joined":
        this.joined(told.member, told.members ?? []);
        break;
      case "refused":
        this.own = undefined;
        this.there.clear();
        this.options.onRefused?.(told.message);
        break;
      case "message":
        this.options.onMessage?.(told);
        break;
      case "presence":
        for (const each of [...(told.joined ?? []), ...(told.updated ?? [])]) {
          this.there.set(each.id, each);
        }
        for (const id of told.left ?? []) this.there.delete(id);
        this.options.onMembers?.(this.members);
    }
  }

  private joined(member: string, members: Member<P>[]): void {
    this.own = member;
    this.there.clear();
    for (const each of members) this.there.set(each.id, each);
    this.options.onMembers?.(this.members);
    // A new connection has announced what the topic says, not what was said since. Where it broke
    // again meanwhile, the next one says it.
    if (this.announced) this.announce(this.announced.state).catch(() => undefined);
  }

  private place(...action: string[]): string {
    return `/api/realtime/channels${path(this.name, ...action)}`;
  }
}

const FORBIDDEN = { code: "forbidden", status: 403 };
