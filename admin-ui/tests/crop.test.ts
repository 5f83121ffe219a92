/** The piece of a picture that is kept, its shapes, and what becomes of a file. */
import type { Field } from "@luge/client/admin";
import { describe, expect, test } from "vitest";
import {
  largest,
  moved,
  resized,
  turned,
  typed,
  type Area,
  type Handle,
} from "../src/fields/file/crop/area.ts";
import { croppedName, croppedType } from "../src/fields/file/crop/kinds.ts";
import { shapesOf } from "../src/fields/file/crop/shapes.ts";

const PICTURE = { width: 100, height: 60 };
const PIECE = { x: 10, y: 20, width: 40, height: 30 };
const asList = ({ x, y, width, height }: Area) => [x, y, width, height];
const field = (more: object): Field => ({ name: "pictures", type: "file", ...more });

test.each<[number | undefined, number[]]>([
  [undefined, [0, 0, 100, 60]],
  [1, [20, 0, 60, 60]],
  [2, [0, 5, 100, 50]],
  [1000, [0, 29, 100, 1]],
  [0.001, [49, 0, 1, 60]],
])("the largest piece of the shape %s", (shape, wanted) => {
  expect(asList(largest(PICTURE, shape))).toEqual(wanted);
});

test.each<[Handle, number, number, number | undefined, number[]]>([
  ["se", 5, -4, undefined, [10, 20, 45, 26]],
  ["nw", 5, -4, undefined, [15, 16, 35, 34]],
  ["n", 99, -99, undefined, [10, 0, 40, 50]],
  ["e", 999, 999, undefined, [10, 20, 90, 30]],
  ["w", 999, 0, undefined, [49, 20, 1, 30]],
  ["se", -999, -999, undefined, [10, 20, 1, 1]],
  ["se", 0, 10, 1, [10, 20, 40, 40]],
  ["ne", 0, -10, 2, [10, 10, 80, 40]],
  ["sw", -999, 0, 1, [10, 20, 40, 40]],
  ["nw", 0, -999, 1, [0, 0, 50, 50]],
])("dragged at %s by %i, %i in the shape %s", (handle, right, down, shape, wanted) => {
  expect(asList(resized(PIECE, { handle, right, down }, PICTURE, shape))).toEqual(wanted);
});

test("a piece is moved as far as there is picture, and by whole pixels", () => {
  expect(asList(moved(PIECE, 3.4, -2.6, PICTURE))).toEqual([13, 17, 40, 30]);
  expect(asList(moved(PIECE, 999, 999, PICTURE))).toEqual([60, 30, 40, 30]);
  expect(asList(moved(PIECE, -999, -999, PICTURE))).toEqual([0, 0, 40, 30]);
});

test("after four turns a piece is where it was", () => {
  const once = turned(PIECE, PICTURE);
  expect(asList(once)).toEqual([10, 10, 30, 40]);
  const sizes = [PICTURE, { width: 60, height: 100 }, PICTURE, { width: 60, height: 100 }];
  expect(sizes.reduce<Area>((area, size) => turned(area, size), PIECE)).toEqual(PIECE);
});

test.each<[keyof Area, number, number | undefined, number[]]>([
  ["x", 5, undefined, [5, 20, 40, 30]],
  ["y", 999, undefined, [10, 30, 40, 30]],
  ["width", 0, undefined, [10, 20, 1, 30]],
  ["height", 40, undefined, [10, 20, 40, 40]],
  ["height", 20, 2, [10, 20, 40, 20]],
  ["width", Number.NaN, undefined, [10, 20, 40, 30]],
])("%s typed as %d in the shape %s", (name, value, shape, wanted) => {
  expect(asList(typed(PIECE, name, value, PICTURE, shape))).toEqual(wanted);
});

describe("shapes", () => {
  test.each([
    [undefined, ["free", "1:1", "4:3", "16:9"]],
    [["300x200", "600x400t", "0x50", "50x0f", "64x48", "x"], ["3:2", "4:3", "1:1", "16:9"]],
  ])("of the thumbs %j", (thumbs, wanted) => {
    const names = shapesOf(field({ thumbs })).map(({ name }) => name);
    expect(names).toEqual(["free", ...wanted.filter((name) => name !== "free")]);
  });
});

test.each([
  ["a.PNG", [], "image/png"],
  ["a.jpeg", ["image/jpeg"], "image/jpeg"],
  ["a.jpg", ["image/png"], undefined],
  ["a.gif", [], "image/png"],
  ["a.gif", ["image/gif", "image/jpeg"], "image/jpeg"],
  ["a.gif", ["image/gif"], undefined],
  ["a.svg", [], undefined],
  ["a", [], undefined],
])("%s where %j are taken becomes %s", (file, mimeTypes, wanted) => {
  expect(croppedType(file, field({ mimeTypes }))).toBe(wanted);
});

test.each([
  ["sled_a1b2c3d4e5.png", "image/png", "sled.png"],
  ["sled_a1b2c3d4e5.gif", "image/png", "sled.png"],
  ["sled_a1b2c3d4e5.jpeg", "image/jpeg", "sled.jpeg"],
  ["a_b.jpg", "image/jpeg", "a_b.jpg"],
  [new File([], "my_photograph.png"), "image/png", "my_photograph.png"],
])("%s as %s is named %s", (file, type, wanted) => {
  expect(croppedName(file, type)).toBe(wanted);
});
