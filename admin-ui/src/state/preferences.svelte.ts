/**
 * What the dashboard remembers for a superuser on every device, in parts by name: the order of the
 * sidebar, saved views … The server keeps all parts as one document, so a part is put into the
 * document as it is then, one write after another.
 */
import { client } from "../backend.ts";
import { explain, type Problem } from "./problem.ts";

type Parts = Record<string, unknown>;

class Preferences {
  /** Have they been read? What is shown before is what nobody changed yet. */
  loaded = $state(false);
  problem = $state.raw<Problem>();

  private parts = $state.raw<Parts>({});
  private waiting: Parts = {};
  private beginning: Promise<void> | undefined;
  private writing: Promise<void> | undefined;

  /** A part, or undefined where there is none. Other versions may have written it: check it. */
  part(name: string): unknown {
    return this.parts[name];
  }

  /** Reads all of it unless that has begun. */
  begin(): void {
    if (!this.loaded) this.beginning ??= this.load();
  }

  /** Reads all of it. */
  async load(): Promise<void> {
    try {
      const found = (await client.operations.preferences<Parts>()) ?? {};
      this.parts = { ...found, ...this.waiting };
      this.loaded = true;
      this.problem = undefined;
    } catch (error) {
      this.problem = explain(error);
    }
  }

  /**
   * Replaces a part, here at once and then on the server; resolves with why the server does not
   * have it yet, if it does not.
   */
  keep(name: string, value: unknown): Promise<Problem | undefined> {
    this.parts = { ...this.parts, [name]: value };
    this.waiting[name] = value;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    return this.writing.then(() => this.problem);
  }

  /** Forgets everything at sign-out. */
  clear(): void {
    this.parts = {};
    this.waiting = {};
    this.loaded = false;
    this.beginning = undefined;
    this.problem = undefined;
  }

  private async write(): Promise<void> {
    try {
      while (Object.keys(this.waiting).length > 0) {
        const changed = { ...this.waiting };
        const found = (await client.operations.preferences<Parts>()) ?? {};
        await client.operations.setPreferences({ ...found, ...changed });
        for (const [name, value] of Object.entries(changed)) {
          if (this.waiting[name] === value) delete this.waiting[name];
        }
      }
      this.problem = undefined;
    } catch (error) {
      // What waits is written with the next change, or once the server is back.
      this.problem = explain(error);
    }
  }
}

export const preferences = new Preferences();
