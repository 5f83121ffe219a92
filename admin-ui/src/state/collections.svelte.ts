/** The collections of the server, loaded once and again when they change. */
import type { Collection } from "@luge/client/admin";
import { client } from "../backend.ts";
import { explain, type Problem } from "./problem.ts";

const PER_PAGE = 500;

class CollectionsState {
  all = $state.raw<Collection[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem>();

  private beginning: Promise<void> | undefined;

  /** Those that people made. */
  get own(): Collection[] {
    return this.all.filter(({ system }) => !system);
  }

  /** Those that the server needs. */
  get system(): Collection[] {
    return this.all.filter(({ system }) => system);
  }

  /** A collection by its name or id. */
  find(name: string): Collection | undefined {
    const wanted = name.toLowerCase();
    return this.all.find((each) => each.name.toLowerCase() === wanted || each.id === name);
  }

  /** Loads them unless that has begun. */
  begin(): void {
    if (!this.loaded) this.beginning ??= this.load();
  }

  async load(): Promise<void> {
    try {
      const found: Collection[] = [];
      for (let page = 1; ; page += 1) {
        const { items, totalPages } = await client.collections.list({
          page,
          perPage: PER_PAGE,
          sort: "name",
        });
        found.push(...items);
        if (page >= totalPages) break;
      }
      this.all = found;
      this.problem = undefined;
    } catch (error) {
      this.problem = explain(error);
    } finally {
      this.loaded = true;
    }
  }

  /** Shows a collection as it has just become, before all are loaded again. */
  put(collection: Collection): void {
    this.all = this.all.map((each) => (each.id === collection.id ? collection : each));
  }

  /** Forgets everything at sign-out. */
  clear(): void {
    this.all = [];
    this.loaded = false;
    this.beginning = undefined;
    this.problem = undefined;
  }
}

export const collections = new CollectionsState();
