/** First-run setup: making the first superuser with the code that the server printed. */
import type { AuthAnswer } from "../auth.js";
import type { StoredRecord } from "../schema.js";
import type { Session } from "../session.js";
import type { RequestOptions, Transport } from "../transport.js";

/** What makes the first superuser. */
export interface SetupRequest {
  /** The one-time code from the server's terminal. */
  code: string;
  email: string;
  password: string;
  passwordConfirm: string;
}

const ROOT = "/api/setup";

/** The setup of a server. */
export class Setup {
  constructor(
    private readonly transport: Transport,
    private readonly session: Session,
  ) {}

  /** Is there no superuser yet? */
  async required(options: RequestOptions = {}): Promise<boolean> {
    const { required } = await this.transport.send<{ required: boolean }>(ROOT, options);
    return required;
  }

  /** Makes the first superuser and signs it in. */
  async complete(
    request: SetupRequest,
    options: RequestOptions = {},
  ): Promise<AuthAnswer<StoredRecord & { email: string }>> {
    const answer = await this.transport.send<AuthAnswer<StoredRecord & { email: string }>>(ROOT, {
      ...options,
      method: "POST",
      body: request,
      token: "",
    });
    this.session.set({ token: answer.token, record: answer.record });
    return answer;
  }
}
