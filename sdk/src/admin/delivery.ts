/** What is carried to somewhere else until it arrives: mails, and messages of webhooks. */

/** One of them. */
export interface Delivery<State extends string> {
  id: string;
  /** What it is about, such as `verification` or `record.created`. */
  event: string;
  state: State;
  attempts: number;
  /** When it is tried next; null where it is not. */
  due: string | null;
  bytes: number;
  created: string;
  /** How the last attempt ended; null before the first one. */
  last: DeliveryAttempt | null;
}

/** An attempt to deliver. */
export interface DeliveryAttempt {
  at: string;
  milliseconds: number;
  status: number | null;
  error: string | null;
}
