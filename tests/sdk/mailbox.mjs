// A real mail server in this process: keeps what it is handed, refuses what it is told to.

import { once } from "node:events";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const running = new Set();

/** A mail server on a free port; `options` are those of `smtp-server`. */
export class Mailbox {
  static async start(options = {}, port = 0) {
    const mailbox = new Mailbox();
    mailbox.mails = [];
    mailbox.sessions = [];
    mailbox.refusal = null;
    mailbox.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      logger: false,
      closeTimeout: 100,
      onData(stream, session, done) {
        const chunks = [];
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("end", async () => {
          if (mailbox.refusal) return done(mailbox.refusal);
          const raw = Buffer.concat(chunks).toString();
          const parsed = await simpleParser(raw);
          mailbox.mails.push({ ...parsed, raw, envelope: session.envelope });
          mailbox.sessions.push(session);
          done();
        });
      },
      ...options,
    });
    // A client that refuses the certificate ends its connection, which is no error of ours.
    mailbox.server.on("error", () => {});
    mailbox.server.listen(port, "127.0.0.1");
    await once(mailbox.server.server, "listening");
    mailbox.port = mailbox.server.server.address().port;
    running.add(mailbox);
    return mailbox;
  }

  /** Refuses mails with a status, or takes them again. */
  refuse(status) {
    this.refusal = status && Object.assign(new Error("not now"), { responseCode: status });
  }

  /** The mails to an address, once there are so many. */
  async to(address, count = 1) {
    for (let attempt = 0; ; attempt++) {
      const found = this.mails.filter((mail) => mail.to.value[0].address === address);
      if (found.length >= count) return found;
      if (attempt >= 200) throw new Error(`${found.length} of ${count} mails to ${address}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The token in the link of the newest mail to an address, and the whole link. */
  async link(address, count = 1) {
    const mail = (await this.to(address, count)).at(-1);
    const [link, token] = mail.html.match(/https?:\/\/[^"]*\/confirm-[a-z-]+\/([\w.-]+)/);
    return { mail, link, token };
  }

  /** Stops all that run, also those of a test that failed. */
  static async stopAll() {
    await Promise.all([...running].map((mailbox) => mailbox.stop()));
  }

  async stop() {
    if (!running.delete(this)) return;
    await new Promise((resolve) => this.server.close(resolve));
  }
}
