/**
 * Views that somebody gave a name: filter, order, search and columns together. They are kept for
 * the person on every device, and shared by their address, which says all of it.
 */
import type { Collection } from "@luge/client/admin";
import { preferences } from "../../state/preferences.svelte.ts";
import type { Problem } from "../../state/problem.ts";
import type { RecordsView } from "./view.ts";

const PART = "views";

/** A view with its name, which is the `view` in it. */
export type NamedView = RecordsView;

export class NamedViews {
  constructor(private readonly collection: Collection) {}

  /** Those of the collection, by their names. */
  get all(): NamedView[] {
    const views = everything()[this.collection.id];
    return Array.isArray(views) ? views.filter(isNamed) : [];
  }

  find(name: string): NamedView | undefined {
    return this.all.find(({ view }) => view === name);
  }

  /**
   * Keeps a view under its name; another one of this name is replaced. Resolves with why the
   * server does not have it yet, if it does not.
   */
  keep(view: NamedView): Promise<Problem | undefined> {
    const others = this.all.filter((each) => each.view !== view.view);
    return this.write([...others, view].sort((one, other) => one.view.localeCompare(other.view)));
  }

  remove(name: string): Promise<Problem | undefined> {
    return this.write(this.all.filter(({ view }) => view !== name));
  }

  private write(views: NamedView[]): Promise<Problem | undefined> {
    return preferences.keep(PART, { ...everything(), [this.collection.id]: views });
  }
}

function everything(): Record<string, unknown> {
  const part = preferences.part(PART);
  return typeof part === "object" && part !== null ? { ...part } : {};
}

function isNamed(view: unknown): view is NamedView {
  if (typeof view !== "object" || view === null) return false;
  const { filter, sort, search, columns, view: name } = view as Record<string, unknown>;
  return [filter, sort, search, columns, name].every((text) => typeof text === "string");
}
