/**
 * How somebody has arranged the collections: some pinned, some in groups, the others in an order
 * of their own. Collections are named by their ids, so that they may be renamed; what is named
 * nowhere stands at the end, by its name.
 */

/** Collections under one name. */
export interface Group {
  name: string;
  closed: boolean;
  members: string[];
}

export interface Arrangement {
  pinned: string[];
  groups: Group[];
  /** The order of those that are in no group. */
  loose: string[];
}

/** Where a collection can be put: among the pinned, in a group by its place, or in none. */
export type Section = "pinned" | "loose" | number;

/** What was kept; what is no arrangement counts as none. */
export function read(kept: unknown): Arrangement {
  const { pinned, groups, loose } = (kept ?? {}) as Record<keyof Arrangement, unknown>;
  const list = Array.isArray(groups) ? groups : [];
  return {
    pinned: texts(pinned),
    groups: list
      .filter((group) => typeof group?.name === "string")
      .map(({ name, closed, members }) => ({
        name,
        closed: closed === true,
        members: texts(members),
      })),
    loose: texts(loose),
  };
}

/** The collections of each section, in order. A pinned one stands only among the pinned. */
export function arranged<C extends { id: string; name: string }>(
  { pinned, groups, loose }: Arrangement,
  all: C[],
): { pinned: C[]; groups: C[][]; loose: C[] } {
  const byId = new Map(all.map((each) => [each.id, each]));
  const take = (ids: string[]) =>
    ids.flatMap((id) => {
      const found = byId.get(id);
      byId.delete(id);
      return found ?? [];
    });
  return {
    pinned: take(pinned),
    groups: groups.map(({ members }) => take(members)),
    loose: [...take(loose), ...byId.values()],
  };
}

/** Puts a collection before another one of a section, or at its end. */
export function put(
  from: Arrangement,
  id: string,
  section: Section,
  before?: string,
): Arrangement {
  const without = (ids: string[]) => ids.filter((each) => each !== id);
  const into = (ids: string[], mine: boolean) => {
    const others = without(ids);
    if (!mine) return others;
    const at = before === undefined ? -1 : others.indexOf(before);
    return others.toSpliced(at < 0 ? others.length : at, 0, id);
  };
  return {
    pinned: into(from.pinned, section === "pinned"),
    groups: from.groups.map((group, at) => ({
      ...group,
      // Who is pinned keeps the group to come back to.
      members: section === "pinned" ? group.members : into(group.members, section === at),
    })),
    loose: section === "pinned" ? from.loose : into(from.loose, section === "loose"),
  };
}

/** Takes a collection from the pinned ones, back to where it was. */
export function unpin(from: Arrangement, id: string): Arrangement {
  return { ...from, pinned: from.pinned.filter((each) => each !== id) };
}

/** Moves a collection by one place, over the edges of sections too. `shown` is what is seen. */
export function nudge(
  from: Arrangement,
  shown: { section: Section; ids: string[] }[],
  id: string,
  step: -1 | 1,
): Arrangement {
  const at = shown.findIndex(({ ids }) => ids.includes(id));
  const own = shown[at];
  if (own === undefined) return from;
  const settled = settle(from, own);
  const place = own.ids.indexOf(id) + step;
  if (place >= 0 && place < own.ids.length) {
    const others = own.ids.filter((each) => each !== id);
    return put(settled, id, own.section, others[place]);
  }
  const next = shown[at + step];
  if (next === undefined || own.section === "pinned" || next.section === "pinned") return from;
  return put(settle(settled, next), id, next.section, step === 1 ? next.ids[0] : undefined);
}

/** Adds a group, with a collection if one is given. */
export function addGroup(from: Arrangement, name: string, id?: string): Arrangement {
  const groups = [...from.groups, { name, closed: false, members: [] }];
  const grown = { ...from, groups };
  return id === undefined ? grown : put(unpin(grown, id), id, groups.length - 1);
}

/** Changes a group; undefined removes it, and leaves what was in it in no group. */
export function changeGroup(
  from: Arrangement,
  at: number,
  change: Partial<Group> | undefined,
): Arrangement {
  const group = from.groups[at];
  if (group === undefined) return from;
  if (change !== undefined) {
    return { ...from, groups: from.groups.with(at, { ...group, ...change }) };
  }
  return {
    ...from,
    groups: from.groups.toSpliced(at, 1),
    loose: [...from.loose, ...group.members],
  };
}

/** Moves a group by one place. */
export function moveGroup(from: Arrangement, at: number, step: -1 | 1): Arrangement {
  const group = from.groups[at];
  const to = at + step;
  if (group === undefined || to < 0 || to >= from.groups.length) return from;
  return { ...from, groups: from.groups.toSpliced(at, 1).toSpliced(to, 0, group) };
}

/** Makes what is seen of a section what is kept, so that there are places to count. */
export function settle(
  from: Arrangement,
  { section, ids }: { section: Section; ids: string[] },
): Arrangement {
  if (section === "pinned") return { ...from, pinned: ids };
  if (section === "loose") return { ...from, loose: ids };
  const group = from.groups[section];
  if (group === undefined) return from;
  return { ...from, groups: from.groups.with(section, { ...group, members: ids }) };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
