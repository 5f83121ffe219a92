/** Which rows are chosen: some by name, or everything that the view finds but for some. */
import type { Row } from "./view.ts";

export class Selection {
  /** The rows that are chosen by themselves, by their ids. */
  picked = $state.raw<ReadonlyMap<string, Row>>(new Map());
  /** Is everything chosen that the view finds? Then `left` are not. */
  all = $state(false);
  left = $state.raw<ReadonlySet<string>>(new Set());

  /** Where a range that is drawn with Shift begins. */
  private anchor = 0;

  has(id: string): boolean {
    return this.all ? !this.left.has(id) : this.picked.has(id);
  }

  /** How many, of so many rows that there are. */
  size(total: number | undefined): number {
    return this.all ? Math.max((total ?? 0) - this.left.size, 0) : this.picked.size;
  }

  /** Chooses a row or leaves it out. */
  toggle(row: Row, index: number): void {
    this.anchor = index;
    this.set([row], !this.has(row.id));
  }

  /** Where a range to this row begins and ends. */
  rangeTo(index: number): readonly [number, number] {
    return [Math.min(this.anchor, index), Math.max(this.anchor, index) + 1];
  }

  /** Chooses rows, or leaves them out. */
  set(rows: readonly Row[], chosen: boolean): void {
    if (this.all) {
      const left = new Set(this.left);
      for (const { id } of rows) chosen ? left.delete(id) : left.add(id);
      this.left = left;
      return;
    }
    const picked = new Map(this.picked);
    for (const row of rows) chosen ? picked.set(row.id, row) : picked.delete(row.id);
    this.picked = picked;
  }

  /** Chooses everything that the view finds. */
  everything(): void {
    this.all = true;
    this.left = new Set();
    this.picked = new Map();
  }

  clear(): void {
    this.all = false;
    this.left = new Set();
    this.picked = new Map();
  }
}
