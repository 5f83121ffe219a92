/** The settings while they are edited: as they are stored, and as they were typed. */
import type {
  Settings,
  SettingsChange,
  SettingSource,
  SettingsValues,
} from "@luge/client/admin";
import type { SettingPath } from "./kinds.ts";

/** Any object, by its keys. */
type Tree = Record<string, unknown>;

export class SettingsDraft {
  loaded = $state(false);
  private values = $state<Tree>({});
  private stored = $state.raw<Tree>({});
  private sources = $state.raw<Record<string, SettingSource>>({});

  constructor(private readonly server: Pick<Settings, "get" | "sources" | "update">) {}

  /** Reads them; what was typed and not saved stays. */
  async load(): Promise<void> {
    const [stored, sources] = await Promise.all([this.server.get(), this.server.sources()]);
    this.sources = sources;
    this.take(stored);
    this.loaded = true;
  }

  get(path: SettingPath): unknown {
    return at(this.values, path);
  }

  set(path: SettingPath, value: unknown): void {
    put(this.values, path, value);
  }

  /** Which of these are not as they are stored. */
  changed(paths: SettingPath[]): SettingPath[] {
    return paths.filter((path) => !same(at(this.values, path), at(this.stored, path)));
  }

  /** Forgets what was typed. */
  undo(paths: SettingPath[]): void {
    for (const path of paths) this.set(path, copy(at(this.stored, path)));
  }

  /** What fixes a setting from outside. */
  fixedBy(path: SettingPath): string | undefined {
    const { source, from } = this.sources[path] ?? { source: "default" };
    return source === "environment" || source === "file" ? (from ?? source) : undefined;
  }

  /** Saves those of these that were changed. */
  async save(paths: SettingPath[]): Promise<void> {
    const change: Tree = {};
    const changed = this.changed(paths);
    for (const path of changed) put(change, path, $state.snapshot(at(this.values, path)));
    const stored = await this.server.update(change as SettingsChange);
    // A secret is never shown again.
    for (const path of changed) put(this.values, path, copy(at(tree(stored), path)));
    this.take(stored);
    this.sources = await this.server.sources();
  }

  /** Takes what is stored for what was not edited. */
  private take(stored: SettingsValues): void {
    const edited = this.loaded ? leaves(this.values).filter((path) => this.isEdited(path)) : [];
    const kept = edited.map((path) => [path, at(this.values, path)] as const);
    this.stored = tree(stored);
    this.values = copy(tree(stored));
    for (const [path, value] of kept) put(this.values, path, value);
  }

  private isEdited(path: string): boolean {
    return !same(at(this.values, path), at(this.stored, path));
  }
}

const tree = (values: SettingsValues) => values as unknown as Tree;
const copy = <T>(value: T): T => (value === undefined ? value : structuredClone(value));
/** Nothing typed and nothing stored are the same: a secret is stored without being shown. */
const same = (one: unknown, other: unknown) =>
  JSON.stringify(one ?? "") === JSON.stringify(other ?? "");
const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function at(values: Tree, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => isTree(value) && value[name], values);
}

function put(values: Tree, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop() ?? "";
  let place = values;
  for (const name of names) {
    if (!isTree(place[name])) place[name] = {};
    place = place[name] as Tree;
  }
  place[last] = value;
}

function leaves(values: Tree, root = ""): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    isTree(value) ? leaves(value, `${root}${name}.`) : [`${root}${name}`],
  );
}
