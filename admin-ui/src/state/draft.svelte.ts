/** Something of the server's while it is edited: as it is stored, and as it was typed. */

/** Any object, by its keys. */
export type Tree = Record<string, unknown>;

/** The values at paths such as `smtp.host`; what is stored is given by `take` and `saved`. */
export class Draft<Path extends string> {
  loaded = $state(false);
  private values = $state<Tree>({});
  private stored = $state.raw<Tree>({});

  get(path: Path): unknown {
    return at(this.values, path);
  }

  set(path: Path, value: unknown): void {
    put(this.values, path, value);
  }

  /** As it is stored. */
  before(path: Path): unknown {
    return at(this.stored, path);
  }

  /** Which of these are not as they are stored. */
  changed(paths: Path[]): Path[] {
    return paths.filter((path) => !same(at(this.values, path), at(this.stored, path)));
  }

  /** Forgets what was typed. */
  undo(paths: Path[]): void {
    for (const path of paths) this.set(path, copy(at(this.stored, path)));
  }

  /** Takes what is stored for what was not edited. */
  take(stored: object): void {
    const edited = this.loaded ? leaves(this.values).filter((path) => this.isEdited(path)) : [];
    const kept = edited.map((path) => [path, at(this.values, path)] as const);
    this.stored = tree(stored);
    this.values = copy(tree(stored));
    for (const [path, value] of kept) put(this.values, path, value);
    this.loaded = true;
  }

  /** What a save of these sends. */
  protected changeOf(changed: Path[]): Tree {
    const change: Tree = {};
    for (const path of changed) put(change, path, $state.snapshot(at(this.values, path)));
    return change;
  }

  /** These were saved, which left everything as it is given. */
  protected saved(changed: Path[], stored: object): void {
    // A secret is never shown again.
    for (const path of changed) put(this.values, path, copy(at(tree(stored), path)));
    this.take(stored);
  }

  private isEdited(path: string): boolean {
    return !same(at(this.values, path), at(this.stored, path));
  }
}

const tree = (values: object) => values as Tree;
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
