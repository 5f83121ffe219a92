/** How collections are arranged in the sidebar. */
import { expect, test } from "vitest";
import {
  addGroup,
  arranged,
  changeGroup,
  moveGroup,
  nudge,
  put,
  read,
  settle,
  unpin,
  type Arrangement,
} from "../src/shell/sidebar/arrangement.ts";

const all = ["a", "b", "c", "d"].map((id) => ({ id, name: id }));
const none = read(undefined);
const ids = (of: Arrangement) => {
  const { pinned, groups, loose } = arranged(of, all);
  return [pinned, ...groups, loose].map((list) => list.map(({ id }) => id).join(""));
};
const shown = (of: Arrangement) => {
  const { groups, loose } = arranged(of, all);
  return [
    ...groups.map((list, section) => ({ section, ids: list.map(({ id }) => id) })),
    { section: "loose" as const, ids: loose.map(({ id }) => id) },
  ];
};

test.each([undefined, null, 3, "x", [], { groups: 3 }, { groups: [null, {}, { name: 3 }] }])(
  "%j is no arrangement",
  (kept) => expect(read(kept)).toEqual({ pinned: [], groups: [], loose: [] }),
);

test("what is named nowhere stands at the end, and what is gone nowhere", () => {
  expect(ids(none)).toEqual(["", "abcd"]);
  expect(ids({ ...none, loose: ["gone", "c"] })).toEqual(["", "cabd"]);
});

test("a pinned collection comes back to its group", () => {
  const grouped = addGroup(none, "G", "b");
  expect(ids(grouped)).toEqual(["", "b", "acd"]);
  const pinned = put(grouped, "b", "pinned");
  expect(ids(pinned)).toEqual(["b", "", "acd"]);
  expect(ids(unpin(pinned, "b"))).toEqual(["", "b", "acd"]);
});

test("a collection is put before another one, and is in one place only", () => {
  const grouped = addGroup(addGroup(none, "G", "b"), "H", "c");
  expect(ids(put(grouped, "a", 0, "b"))).toEqual(["", "ab", "c", "d"]);
  expect(ids(put(grouped, "b", 1))).toEqual(["", "", "cb", "ad"]);
});

test("steps go over the edges of groups, and stop at the ends", () => {
  const grouped = addGroup(none, "G", "b");
  const up = nudge(grouped, shown(grouped), "a", -1);
  expect(ids(up)).toEqual(["", "ba", "cd"]);
  expect(ids(nudge(up, shown(up), "a", 1))).toEqual(["", "b", "acd"]);
  expect(ids(nudge(none, shown(none), "c", -1))).toEqual(["", "acbd"]);
  expect(ids(nudge(none, shown(none), "b", 1))).toEqual(["", "acbd"]);
  expect(nudge(none, shown(none), "a", -1)).toEqual(none);
  expect(nudge(none, shown(none), "gone", 1)).toEqual(none);
});

test("groups are renamed, moved and removed without losing what is in them", () => {
  const two = addGroup(addGroup(none, "G", "b"), "H", "c");
  expect(moveGroup(two, 0, 1).groups.map(({ name }) => name)).toEqual(["H", "G"]);
  expect(moveGroup(two, 1, 1)).toEqual(two);
  expect(changeGroup(two, 0, { name: "K" }).groups[0]?.name).toBe("K");
  expect(ids(changeGroup(two, 0, undefined))).toEqual(["", "c", "bad"]);
  expect(changeGroup(two, 7, undefined)).toEqual(two);
});

test("what is seen becomes what is kept", () => {
  expect(settle(none, { section: "loose", ids: ["b", "a"] }).loose).toEqual(["b", "a"]);
});
