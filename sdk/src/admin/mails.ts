/** Mails that wait, that were given up, or that were kept since no mail server is set. */
import type { Page } from "../query.js";
import { path, type RequestOptions, type Transport } from "../transport.js";
import type { Delivery } from "./delivery.js";

/** What became of a mail. */
export type MailState = "kept" | "dead" | "waiting";

/** A mail. */
export interface Mail extends Delivery<MailState> {
  to: string;
  subject: string;
  /** Of one that was kept. */
  html?: string;
  text?: string;
}

/** Which mails to list. */
export interface MailList extends RequestOptions {
  state?: MailState;
  page?: number;
  perPage?: number;
}

const ROOT = "/api/mails";

/** The mails of a server. */
export class Mails {
  constructor(private readonly transport: Transport) {}

  /** A page of mails, newest first. */
  list({ state, page, perPage, ...options }: MailList = {}): Promise<Page<Mail>> {
    return this.transport.send(ROOT, { ...options, query: { state, page, perPage } });
  }

  /** One mail. */
  get(id: string, options: RequestOptions = {}): Promise<Mail> {
    return this.transport.send(ROOT + path(id), options);
  }

  /** Sends one now, with all its attempts before it. */
  async retry(id: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT + path(id, "retry"), { ...options, method: "POST" });
  }

  /** Removes one. */
  async delete(id: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT + path(id), { ...options, method: "DELETE" });
  }

  /** Removes all that were kept or given up. */
  async clear(options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT, { ...options, method: "DELETE" });
  }
}
