/**
 * What the dashboard remembers for a person, on every device: one object at the server, in which
 * each part of the dashboard has a key of its own.
 *
 * It is read anew before it is written, so that a part never undoes what another device kept.
 */
import { client } from "../backend.ts";
import { explain, type Problem } from "./problem.ts";

type Kept = Record<string, unknown>;

class Preferences {
  private kept = $state.raw<Kept>({});
  /** Has it been read? */
  loaded = $state(false);
  /** Why it could not be kept, if it could not. */
  problem = $state.raw<Problem>();

  private writing: Promise<void> = Promise.resolve();
  private reading: Promise<void> | undefined;

  /** Reads it once; whoever asks while it is read waits for the same. */
  load(): Promise<void> {
    return (this.reading ??= this.read());
  }

  /** What a part keeps. */
  get<T>(key: string): T | undefined {
    return this.kept[key] as T | undefined;
  }

  /** Keeps something; it counts at once here, and is sent behind what was kept before. */
  set(key: string, value: unknown): Promise<void> {
    this.kept = { ...this.kept, [key]: value };
    return (this.writing = this.writing.then(() => this.write(key)));
  }

  private async read(): Promise<void> {
    try {
      this.kept = { ...(await client.operations.preferences<Kept>()), ...this.kept };
    } catch (error) {
      this.reading = undefined;
      this.problem = explain(error);
    } finally {
      this.loaded = true;
    }
  }

  private async write(key: string): Promise<void> {
    try {
      const there = await client.operations.preferences<Kept>();
      await client.operations.setPreferences({ ...there, [key]: this.kept[key] });
      this.problem = undefined;
    } catch (error) {
      this.problem = explain(error);
    }
  }
}

export const preferences = new Preferences();
