/**
 * Keeps the table as the server has it: whatever changes in the collection, what is on the screen
 * is read anew, so that filter, order and search are always the server's. A change is heard of
 * whether it matches the filter or not, since a record may also leave what is shown.
 */
import { isAborted, type Change, type RealtimeState } from "@luge/client";
import type { Table } from "./table.svelte.ts";
import type { Row } from "./view.ts";

/** Changes of this time, in milliseconds, are read together. */
const GATHERING_MS = 150;
/** So long a row that was deleted is still seen. */
const FAREWELL_MS = 700;
/** So long after a write a search may not find it yet. */
const INDEXING_MS = 500;

export class Follower {
  /** Whether changes are heard of at the moment. */
  state = $state<RealtimeState>("connecting");

  private told = new Map<string, Change<Row>["action"]>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ending = new AbortController();

  constructor(
    private readonly table: Table,
    private readonly isSearch: () => boolean,
  ) {}

  /** Begins; the answer ends it. */
  begin(): () => void {
    const query = this.query;
    const { signal } = this.ending;
    const stop = query.realtime.onState((state) => (this.state = state));
    this.state = query.realtime.state;
    const onResync = () => this.soon(0);
    query
      .select("id")
      .subscribe((change) => this.hear(change as Change<Row>), { signal, onResync })
      .then(
        () => (this.state = query.realtime.state),
        (error: unknown) => {
          if (!isAborted(error)) this.state = "closed";
        },
      );
    return () => {
      stop();
      clearTimeout(this.timer);
      this.ending.abort();
    };
  }

  private get query() {
    const { client, collection } = this.table.source;
    return client.from(collection.name);
  }

  private hear({ action, record: { id } }: Change<Row>): void {
    const { marks, edit } = this.table;
    this.told.set(id, action);
    if (action === "delete") marks.set(id, "gone");
    if (action === "update" && edit.fieldOf(id) !== undefined) void this.compare(id);
    this.soon(action === "delete" ? FAREWELL_MS : GATHERING_MS);
  }

  private soon(milliseconds: number): void {
    const wait = this.isSearch() ? Math.max(milliseconds, INDEXING_MS) : milliseconds;
    this.timer ??= setTimeout(() => void this.read(), wait);
  }

  private async read(): Promise<void> {
    this.timer = undefined;
    const { rows, marks, edit } = this.table;
    const changes = [...this.told];
    this.told.clear();
    await rows.refresh();
    for (const [id, action] of changes) {
      if (action === "delete" || rows.indexOf(id) < 0 || edit.savedOf(id) !== undefined) continue;
      marks.set(id, action === "create" ? "new" : "changed");
    }
  }

  /** Somebody changed the record that is being edited. */
  private async compare(id: string): Promise<void> {
    try {
      this.table.edit.heard((await this.query.get(id)) as Row);
    } catch {
      // Where it cannot be read now, saving will tell.
    }
  }
}
