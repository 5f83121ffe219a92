/**
 * Saving changes of a collection: first what they would do is asked and shown, then they are sent.
 * Both only while the collection is as it was when the changes were begun.
 */
import { Filter, isNotFound, type FieldProblem } from "@luge/client";
import {
  problemsOf,
  type Collection,
  type CollectionBody,
  type CollectionPlan,
} from "@luge/client/admin";
import { client } from "../../../backend.ts";
import { explain, type Problem } from "../../../state/problem.ts";
import { valuesGone } from "./plan.ts";

/** Someone else was faster. */
export interface Conflict {
  /** The collection now; undefined where it is gone. */
  theirs: Collection | undefined;
  /** The parts that they changed, and those that both did. */
  parts: string[];
  both: string[];
}

/** Values of a select that go, with the records that have them. */
export interface ValueGone {
  field: string;
  value: string;
  records: number;
}

const UNREWRITABLE = "validation_reference_not_rewritable";
/** They change with everything. */
const STAMPS = ["updated", "created"];

export class Saving {
  plan = $state.raw<CollectionPlan>();
  gone = $state.raw<ValueGone[]>([]);
  conflict = $state.raw<Conflict>();
  problem = $state.raw<Problem>();
  rewrite = $state(true);
  busy = $state(false);
  private body: CollectionBody = {};

  /** `base` is the collection that the changes were begun on. */
  constructor(private base: Collection) {}

  /** What the plan refuses, by its path. */
  get refused(): Record<string, FieldProblem> {
    return this.plan === undefined || this.plan.valid ? {} : problemsOf(this.plan);
  }

  /** Does the refusal depend on whether references are rewritten? */
  private get canDecide(): boolean {
    const { name = null, fields } = this.plan ?? {};
    if (!this.rewrite) return name !== null || (fields?.renamed.length ?? 0) > 0;
    return Object.values(this.refused).some(({ code }) => code === UNREWRITABLE);
  }

  /** Asks what the changes would do; what is wrong with them, if anything. */
  async review(body: CollectionBody): Promise<Problem | undefined> {
    this.body = body;
    this.problem = undefined;
    return this.carryOut(async () => {
      if (await this.isOvertaken()) return undefined;
      const rewriteReferences = this.rewrite;
      const plan = await client.collections.plan(this.base.id, { ...body, rewriteReferences });
      this.gone = await this.count(plan);
      this.plan = plan;
      if (plan.valid || this.canDecide) return undefined;
      const fields = this.refused;
      this.plan = undefined;
      return { message: "", fields };
    });
  }

  /** Saves what was shown; the collection as it is then, which `collections` does not know yet. */
  async confirm(): Promise<Collection | undefined> {
    let saved: Collection | undefined;
    this.problem = await this.carryOut(async () => {
      if (await this.isOvertaken()) {
        this.plan = undefined;
        return undefined;
      }
      const body = { ...this.body, rewriteReferences: this.rewrite };
      saved = await client.collections.update(this.base.id, body);
      this.base = saved;
      this.plan = undefined;
      return undefined;
    });
    return saved;
  }

  /** Nothing is saved, and nothing is shown any more. */
  leave(): void {
    this.plan = this.conflict = this.problem = undefined;
    this.rewrite = true;
  }

  /** Asks again, as when references are to be rewritten after all. */
  again(): Promise<Problem | undefined> {
    return this.review(this.body);
  }

  /** Goes on with the changes on what they made of it. */
  async onTop(): Promise<Problem | undefined> {
    const theirs = this.conflict?.theirs;
    if (theirs !== undefined) this.base = theirs;
    this.conflict = undefined;
    return this.review(this.body);
  }

  private async carryOut(
    work: () => Promise<Problem | undefined>,
  ): Promise<Problem | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    try {
      return await work();
    } catch (error) {
      return explain(error);
    } finally {
      this.busy = false;
    }
  }

  private async isOvertaken(): Promise<boolean> {
    const theirs = await this.now();
    if (theirs?.updated === this.base.updated) return false;
    const parts = theirs === undefined ? [] : differences(this.base, theirs);
    const both = parts.filter((part) => part in this.body);
    this.conflict = { theirs, parts, both };
    return true;
  }

  private async now(): Promise<Collection | undefined> {
    try {
      return await client.collections.get(this.base.id);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** How many records have a value that goes. */
  private async count(plan: CollectionPlan): Promise<ValueGone[]> {
    const found = valuesGone(plan).map(async ({ field, value }) => {
      const before = plan.fields.renamed.find(({ to }) => to === field)?.from ?? field;
      const filter = new Filter(`${before} ?= ${JSON.stringify(value)}`);
      const query = client.from(this.base.name).where(filter);
      return { field, value, records: (await query.page(1, 1)).totalItems };
    });
    return (await Promise.all(found)).filter(({ records }) => records > 0);
  }
}

/** The parts of a definition that differ. */
export function differences(before: Collection, after: Collection): string[] {
  const parts = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...parts].filter(
    (part) =>
      !STAMPS.includes(part) && JSON.stringify(before[part]) !== JSON.stringify(after[part]),
  );
}
