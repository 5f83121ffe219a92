/** Acting as an account of any auth collection. */
import type { AuthAnswer } from "../auth.js";
import type { StoredRecord } from "../schema.js";
import { path, type RequestOptions, type Transport } from "../transport.js";

/** How long a token of another account holds. */
export interface ImpersonateOptions extends RequestOptions {
  /** By default, and with 0, as long as the collection's own tokens. */
  seconds?: number;
}

/** Accounts, as superusers see them. */
export class Accounts {
  constructor(private readonly transport: Transport) {}

  /**
   * A token with the rights of an account, which cannot be refreshed. The client's own session
   * stays as it is.
   */
  impersonate(
    collection: string,
    id: string,
    { seconds = 0, ...options }: ImpersonateOptions = {},
  ): Promise<AuthAnswer<StoredRecord>> {
    return this.transport.send(`/api/collections${path(collection, "impersonate", id)}`, {
      ...options,
      method: "POST",
      body: { duration: seconds },
    });
  }
}
