/** The superuser's arrangement of the collections, as it is shown and changed. */
import type { Collection } from "@luge/client/admin";
import { collections } from "../../state/collections.svelte.ts";
import { preferences } from "../../state/preferences.svelte.ts";
import { arranged, nudge, put, read, settle } from "./arrangement.ts";
import type { Arrangement, Section } from "./arrangement.ts";

const PART = "sidebar";

/** A section as it is shown. */
export interface Shown {
  section: Section;
  collections: Collection[];
}

class Order {
  /** What is dragged now: the id of a collection. */
  dragged = $state("");

  readonly kept = $derived(read(preferences.part(PART)));
  private readonly parts = $derived(arranged(this.kept, collections.own));

  /** All sections from the top. */
  get shown(): Shown[] {
    const { pinned, groups, loose } = this.parts;
    return [
      { section: "pinned", collections: pinned },
      ...groups.map((members, section): Shown => ({ section, collections: members })),
      { section: "loose", collections: loose },
    ];
  }

  pinned(id: string): boolean {
    return this.kept.pinned.includes(id);
  }

  /** Keeps another arrangement. */
  change(make: (from: Arrangement) => Arrangement): void {
    void preferences.keep(PART, make(this.kept));
  }

  /** Puts a collection before another one, or at the end of a section. */
  put(id: string, section: Section, before?: string): void {
    const seen = this.seen.find((each) => each.section === section);
    this.change((from) => put(seen ? settle(from, seen) : from, id, section, before));
  }

  /** Moves a collection by one place. */
  nudge(id: string, step: -1 | 1): void {
    this.change((from) => nudge(from, this.seen, id, step));
  }

  private get seen(): { section: Section; ids: string[] }[] {
    return this.shown.map(({ section, collections }) => ({
      section,
      ids: collections.map(({ id }) => id),
    }));
  }
}

export const order = new Order();
