/** How what is stored is shown. */
import type { CollectionStorage, Storage } from "@luge/client/admin";
import { expect, test } from "vitest";
import { partsOf, rowsOf } from "../src/pages/home/storage.ts";

const found = (name: string, more: Partial<CollectionStorage> = {}): CollectionStorage => ({
  id: name, name, records: 0, recordBytes: 0, indexBytes: 0, files: 0, fileBytes: 0,
  previews: 0, previewBytes: 0, ...more,
});
const storage = (...collections: CollectionStorage[]) => ({ collections }) as Storage;

test("the largest is first, and system collections without anything are left out", () => {
  const rows = rowsOf(
    storage(
      found("_mfas"),
      found("_superusers", { records: 1, recordBytes: 5 }),
      found("empty"),
      found("posts", { records: 2, recordBytes: 10, indexBytes: 20, fileBytes: 30 }),
    ),
    new Set(["empty", "posts"]),
  );
  expect(rows.map(({ name, bytes }) => [name, bytes])).toEqual([
    ["posts", 60], ["_superusers", 5], ["empty", 0],
  ]);
});

test("what no survey has seen is not known, and is not nothing", () => {
  const unknown = { recordBytes: null, indexBytes: null, files: null, fileBytes: null };
  const [row] = rowsOf(storage(found("new", { records: 3, ...unknown })), new Set(["new"]));
  expect(row).toMatchObject({ records: 3, bytes: 0 });
  expect(row?.recordBytes).toBeUndefined();
  expect(row?.fileBytes).toBeUndefined();
  expect(row && partsOf(row, 10)).toEqual([]);
});

test("previews are part of the files, and bars parts of the longest", () => {
  const [row] = rowsOf(
    storage(found("posts", { recordBytes: 25, fileBytes: 20, previewBytes: 5 })),
    new Set(["posts"]),
  );
  expect(row?.fileBytes).toBe(25);
  expect(row && partsOf(row, 100)).toEqual([
    { name: "records", share: 25 },
    { name: "files", share: 25 },
  ]);
  expect(row && partsOf(row, 0)).toEqual([]);
});
