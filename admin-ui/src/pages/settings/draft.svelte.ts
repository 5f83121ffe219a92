/** The settings while they are edited: as they are stored, and as they were typed. */
import type { Settings, SettingsChange, SettingSource } from "@luge/client/admin";
import { SvelteMap } from "svelte/reactivity";
import { Draft } from "../../state/draft.svelte.ts";
import type { SettingPath } from "./kinds.ts";

export class SettingsDraft extends Draft<SettingPath> {
  /** What waits for a second decision: the setting that it is a part of, by what asks for it. */
  readonly undecided = new SvelteMap<string, SettingPath>();
  private sources = $state.raw<Record<string, SettingSource>>({});

  constructor(private readonly server: Pick<Settings, "get" | "sources" | "update">) {
    super();
  }

  /** Reads them; what was typed and not saved stays. */
  async load(): Promise<void> {
    const [stored, sources] = await Promise.all([this.server.get(), this.server.sources()]);
    this.sources = sources;
    this.take(stored);
  }

  /** What fixes a setting from outside. */
  fixedBy(path: SettingPath): string | undefined {
    const { source, from } = this.sources[path] ?? { source: "default" };
    return source === "environment" || source === "file" ? (from ?? source) : undefined;
  }

  /** Does one of these wait for a second decision? */
  waits(paths: SettingPath[]): boolean {
    return [...this.undecided.values()].some((path) => paths.includes(path));
  }

  /** Saves those of these that were changed. */
  async save(paths: SettingPath[]): Promise<void> {
    const changed = this.changed(paths);
    this.saved(changed, await this.server.update(this.changeOf(changed) as SettingsChange));
    this.sources = await this.server.sources();
  }
}
