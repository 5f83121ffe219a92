/** Webhooks: telling other servers what changed. */
import type { Page } from "../query.js";
import { path, type RequestOptions, type Transport } from "../transport.js";
import type { Delivery } from "./delivery.js";

/** What a webhook is told of. */
export type WebhookAction = "create" | "update" | "delete";

/** What a webhook is made of. */
export interface WebhookDefinition {
  name: string;
  /** The id of its collection, which stays. */
  collection: string;
  actions: WebhookAction[];
  url: string;
  /** Which changes; all when empty. */
  filter: string;
  /** Headers to add. Values are never shown: null keeps one. */
  headers: Record<string, string | null>;
  includeHidden: boolean;
  includeBefore: boolean;
  enabled: boolean;
}

/** A webhook as the server keeps it. */
export interface Webhook extends WebhookDefinition {
  id: string;
  collectionName: string;
  /** Why the server switched it off. */
  disabledReason: string;
  /** When its secrets were made, and when they end. */
  secrets: { created: string; expires: string | null }[];
  status: {
    waiting: number;
    waitingBytes: number;
    dead: number;
    /** What could not be told. */
    missed: { reason: string; changes: number | null; first: string; last: string }[];
  };
  created: string;
  updated: string;
  /** What its deliveries are signed with; shown where it was made. */
  secret?: string;
}

/** One message of a webhook. */
export interface WebhookDelivery extends Delivery<"waiting" | "delivered" | "dead"> {
  /** Shown where one is asked for. */
  body?: unknown;
}

/** How a test went. */
export interface WebhookTest {
  delivered: boolean;
  status: number | null;
  error: string | null;
  milliseconds: number;
}

/** Which deliveries to list. */
export interface DeliveryList extends RequestOptions {
  state?: WebhookDelivery["state"];
  page?: number;
  perPage?: number;
}

const ROOT = "/api/webhooks";

/** The webhooks of a server. */
export class Webhooks {
  constructor(private readonly transport: Transport) {}

  /** All of them. */
  async list(options: RequestOptions = {}): Promise<Webhook[]> {
    return (await this.transport.send<Page<Webhook>>(ROOT, options)).items;
  }

  /** One. */
  get(id: string, options: RequestOptions = {}): Promise<Webhook> {
    return this.transport.send(ROOT + path(id), options);
  }

  /** Makes one; the answer has its `secret`, this once. */
  create(
    body: Partial<WebhookDefinition> & Pick<WebhookDefinition, "collection" | "actions" | "url">,
    options: RequestOptions = {},
  ): Promise<Webhook> {
    return this.transport.send(ROOT, { ...options, method: "POST", body });
  }

  /** Changes what is given. */
  update(
    id: string,
    body: Partial<WebhookDefinition>,
    options: RequestOptions = {},
  ): Promise<Webhook> {
    return this.transport.send(ROOT + path(id), { ...options, method: "PATCH", body });
  }

  /** Removes one, and what was to be delivered. */
  async delete(id: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send(ROOT + path(id), { ...options, method: "DELETE" });
  }

  /** Makes another secret, which the answer has; the former one signs too for a while. */
  rotateSecret(
    id: string,
    { graceSeconds, ...options }: RequestOptions & { graceSeconds?: number } = {},
  ): Promise<Webhook> {
    const outgoing = { ...options, method: "POST", body: { graceSeconds } };
    return this.transport.send(ROOT + path(id, "rotate-secret"), outgoing);
  }

  /** Sends a message at once that is kept nowhere. */
  test(id: string, options: RequestOptions = {}): Promise<WebhookTest> {
    return this.transport.send(ROOT + path(id, "test"), { ...options, method: "POST" });
  }

  /** A page of its deliveries, newest first. */
  deliveries(
    id: string,
    { state, page, perPage, ...options }: DeliveryList = {},
  ): Promise<Page<WebhookDelivery>> {
    const outgoing = { ...options, query: { state, page, perPage } };
    return this.transport.send(ROOT + path(id, "deliveries"), outgoing);
  }

  /** One delivery with its body. */
  delivery(id: string, delivery: string, options: RequestOptions = {}): Promise<WebhookDelivery> {
    return this.transport.send(ROOT + path(id, "deliveries", delivery), options);
  }

  /** Delivers it again, with the same id and body. */
  async replay(id: string, delivery: string, options: RequestOptions = {}): Promise<void> {
    const place = ROOT + path(id, "deliveries", delivery, "replay");
    await this.transport.send(place, { ...options, method: "POST" });
  }
}
