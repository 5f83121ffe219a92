/** The page's side of the worker that reads files: one question at a time, in their order. */
import type { Mapping } from "./mapping.ts";
import type { Reading } from "./reading.ts";
import type { Opened, Part, PartLimits } from "./table.ts";
import { Unreadable, type Trouble } from "./trouble.ts";

/** What the worker is asked. */
export type Question =
  | { ask: "open"; file: File; reading?: Reading }
  | { ask: "begin"; file: File; reading: Reading; columns: string[]; mapping: Mapping }
  | { ask: "next"; limits: PartLimits };

/** What it says. */
export type Reply = { found: unknown } | { trouble: Trouble };

/** Reads files in a worker of its own. */
export class Reader {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
  });
  private last: Promise<unknown> = Promise.resolve();

  /** Looks at the beginning of a file. */
  open(file: File, reading?: Reading): Promise<Opened> {
    return this.ask({ ask: "open", file, ...(reading && { reading }) });
  }

  /** Begins to read all of it. */
  begin(file: File, { reading, columns }: Opened, mapping: Mapping): Promise<void> {
    return this.ask({ ask: "begin", file, reading, columns, mapping });
  }

  /** The next rows. */
  next(limits: PartLimits): Promise<Part> {
    return this.ask({ ask: "next", limits });
  }

  end(): void {
    this.worker.terminate();
  }

  private ask<T>(question: Question): Promise<T> {
    const answer = this.last.then(() => this.exchange<T>(question));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private exchange<T>(question: Question): Promise<T> {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if ("trouble" in data) reject(new Unreadable(data.trouble));
        else resolve(data.found as T);
      };
      this.worker.onerror = ({ message }) => {
        const values = { reason: message };
        reject(new Unreadable({ key: "import.trouble.file", values }));
      };
      this.worker.postMessage(question);
    });
  }
}
