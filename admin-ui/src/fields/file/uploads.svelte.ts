/**
 * Files on their way to the server. They leave as soon as they are chosen, piece by piece, so that
 * a save only waits for what is left; until then they belong to no record.
 */
import { isAborted } from "@luge/client";
import { discard, upload } from "@luge/client/files";
import { client } from "../../backend.ts";
import { explain, type Problem } from "../../state/problem.ts";

/** One file on its way. */
export class FileUpload {
  /** From 0 to 1. */
  ratio = $state(0);
  problem = $state.raw<Problem>();
  /** Has it arrived? */
  done = $state(false);

  private ending = new AbortController();
  private arrival: Promise<string> | undefined;

  constructor(private readonly file: File) {}

  /** The value that takes it into a record, once it has arrived; what failed is sent anew. */
  arrive(): Promise<string> {
    if (this.arrival === undefined || this.problem) this.arrival = this.send();
    return this.arrival;
  }

  /** Sends it now, whoever waits for it. */
  begin(): void {
    // What goes wrong is shown with the file, and again to whoever saves.
    this.arrive().catch(() => undefined);
  }

  /** It is not wanted any more. */
  end(): void {
    this.ending.abort();
    // What has arrived would stay until its time is over, and is gone where a record has taken it.
    if (this.done) this.arrival?.then((value) => discard(client, value)).catch(() => undefined);
    this.done = false;
    this.arrival = undefined;
    this.ending = new AbortController();
  }

  private async send(): Promise<string> {
    this.problem = undefined;
    try {
      const value = await upload(client, this.file, {
        signal: this.ending.signal,
        onProgress: ({ ratio }) => (this.ratio = ratio),
      });
      this.done = true;
      return value;
    } catch (error) {
      if (!isAborted(error)) this.problem = explain(error);
      throw error;
    }
  }
}

const uploads = new WeakMap<File, FileUpload>();

/** The way of a file; the same whoever asks. */
export function uploadOf(file: File): FileUpload {
  const known = uploads.get(file);
  if (known) return known;
  const made = new FileUpload(file);
  uploads.set(file, made);
  return made;
}
