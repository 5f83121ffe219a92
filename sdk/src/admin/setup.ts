/**
 * First-run setup: making the first superuser with the code that the server printed, or restoring
 * a backup instead.
 */
import type { AuthAnswer } from "../auth.js";
import type { StoredRecord } from "../schema.js";
import type { Session } from "../session.js";
import type { RequestOptions, Transport } from "../transport.js";
import type { BackupContents } from "./backups.js";

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

  /**
   * Sends a backup that is to be restored, and says what it holds. The server keeps it until it is
   * restored, another one is sent, or the first superuser is made.
   */
  offerBackup(code: string, file: Blob, options: RequestOptions = {}): Promise<BackupContents> {
    const body = new FormData();
    // The server reads the code before it keeps anything of the file.
    body.append("code", code);
    body.append("file", file);
    const outgoing = { timeout: 0, ...options, method: "POST", body, token: "" };
    return this.transport.send(`${ROOT}/backup`, outgoing);
  }

  /** Restores the backup that was sent; the server starts again after the answer. */
  async restoreOffered(code: string, options: RequestOptions = {}): Promise<void> {
    const outgoing = { timeout: 0, ...options, method: "POST", body: { code }, token: "" };
    await this.transport.send(`${ROOT}/restore`, outgoing);
  }
}
