/** The map: what is drawn, where, and as text. */
import type { Collection } from "@luge/client/admin";
import { expect, test } from "vitest";
import { drawingOf } from "../src/pages/map/drawing.ts";
import { dbmlOf, mermaidOf } from "../src/pages/map/exports.ts";
import { layOut, WIDTH } from "../src/pages/map/layout.ts";
import { neighbours, schemaOf } from "../src/pages/map/schema.ts";
import { viewOf } from "../src/pages/map/view.ts";

function collection(name: string, relations: Record<string, object> = {}, indexes: string[] = []) {
  const fields = [
    { name: "id", type: "text", required: true },
    ...Object.entries(relations).map(([field, options]) => ({
      name: field,
      type: "relation",
      ...options,
    })),
  ];
  return { id: `id_${name}`, name, type: "base", fields, indexes } as unknown as Collection;
}
const to = (name: string, maxSelect = 1, required = false) => ({
  collectionId: `id_${name}`,
  maxSelect,
  required,
});

const blog = [
  collection("users"),
  collection("posts", { author: to("users", 1, true), tags: to("tags", 9) }),
  collection("tags"),
  collection("profiles", { user: to("users") }, [
    "CREATE UNIQUE INDEX `i` ON `profiles` (`user`)",
  ]),
];

test("a relation says how many records are at its ends", () => {
  const { relations } = schemaOf(blog);
  const told = relations.map(({ field, fromAmount, toAmount }) => [field, fromAmount, toAmount]);
  expect(told).toEqual([
    ["author", "n", "1"],
    ["tags", "n", "n"],
    ["user", "0..1", "0..1"],
  ]);
});

test("an index over two fields makes none of them unique", () => {
  const both = collection("x", { user: to("users") }, [
    "CREATE UNIQUE INDEX i ON x (user, id)",
    "CREATE UNIQUE INDEX j ON x (user) WHERE id != ''",
  ]);
  expect(schemaOf([both, collection("users")]).relations[0]?.fromAmount).toBe("n");
});

test("what leads to a collection that is not drawn is left out", () => {
  expect(schemaOf([collection("a", { b: to("b") })]).relations).toEqual([]);
});

test("neighbours are those that a relation joins, in either direction", () => {
  const schema = schemaOf(blog);
  expect([...neighbours(schema, "id_users")].toSorted()).toEqual([
    "id_posts",
    "id_profiles",
    "id_users",
  ]);
  expect([...neighbours(schema, "id_nothing")]).toEqual(["id_nothing"]);
});

/** A schema of many tables with relations everywhere, the same each time. */
function tangled(size: number, seed: number): Collection[] {
  let state = seed;
  const next = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
  return Array.from({ length: size }, (_, at) =>
    collection(
      `t${at}`,
      Object.fromEntries(
        Array.from({ length: next(5) }, (_, field) => [`f${field}`, to(`t${next(size)}`)]),
      ),
    ),
  );
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])("no relation is drawn across a table (%i)", (seed) => {
  const { boxes, ways } = layOut(schemaOf(tangled(24, seed * 7919)));
  for (const [id, { levels, path }] of Object.entries(ways)) {
    expect(path).not.toContain("NaN");
    for (const [one, other] of levels) {
      const [left, right] = [Math.min(one.x, other.x), Math.max(one.x, other.x)];
      const across = Object.entries(boxes).filter(
        ([, { x, y, height }]) =>
          x < right - 1 && x + WIDTH > left + 1 && y < one.y && y + height > one.y,
      );
      expect(across, id).toEqual([]);
    }
  }
  const all = Object.values(boxes);
  for (const one of all) {
    const over = all.filter(
      (other) =>
        other !== one &&
        Math.abs(other.x - one.x) < WIDTH &&
        other.y < one.y + one.height &&
        one.y < other.y + other.height,
    );
    expect(over).toEqual([]);
  }
});

test("every way rises and falls only between columns", () => {
  const { boxes, ways } = layOut(schemaOf(tangled(24, 99)));
  const columns = [...new Set(Object.values(boxes).map(({ x }) => Math.round(x)))];
  for (const { start, end, levels } of Object.values(ways)) {
    const stops = [start, ...levels.flat(), end];
    for (let at = 0; at < stops.length; at += 2) {
      const [one, other] = [stops[at]!, stops[at + 1]!];
      const [left, right] = [Math.min(one.x, other.x), Math.max(one.x, other.x)];
      expect(columns.filter((x) => x + 1 < right && x + WIDTH - 1 > left)).toEqual([]);
    }
  }
});

test("Mermaid and DBML say what refers to what", () => {
  const schema = schemaOf(blog);
  const mermaid = mermaidOf(schema);
  expect(mermaid).toContain('  posts }o--|| users : "author"');
  expect(mermaid).toContain('  posts }o--o{ tags : "tags"');
  expect(mermaid).toContain('  profiles |o--o| users : "user"');
  expect(mermaid).toContain("    relation[] tags FK");
  const dbml = dbmlOf(schema);
  expect(dbml).toContain("Ref: posts.author > users.id");
  expect(dbml).toContain("Ref: posts.tags <> tags.id");
  expect(dbml).toContain("Ref: profiles.user - users.id");
  expect(dbml).toContain("  id text [pk, not null]");
});

test("a drawing has every table and escapes what it writes", () => {
  const odd = [{ ...collection("a"), name: "<b>&" } as Collection];
  const schema = schemaOf(odd);
  const { svg, width, height } = drawingOf(schema, layOut(schema));
  expect(svg).toContain("&lt;b&gt;&amp;");
  expect(width).toBeGreaterThan(WIDTH);
  expect(height).toBeGreaterThan(60);
  expect(drawingOf({ tables: [], relations: [] }, { boxes: {}, ways: {} }).width).toBe(60);
});

const shown = (boxes: Parameters<typeof viewOf>[0], width: number, height: number) => {
  const { x, y, zoom } = viewOf(boxes, { width, height });
  const left = Math.min(...boxes.map((box) => box.x * zoom + x));
  const right = Math.max(...boxes.map((box) => (box.x + WIDTH) * zoom + x));
  const top = Math.min(...boxes.map((box) => box.y * zoom + y));
  return { left, right, top, zoom };
};

test("a map that fits is seen in the middle, and no larger than it need be", () => {
  const { left, right, top, zoom } = shown([{ x: 20, y: 40, height: 100 }], 1000, 600);
  expect(zoom).toBe(1.1);
  expect(left).toBeCloseTo(1000 - right);
  expect(top).toBeCloseTo((600 - 100 * zoom) / 2);
});

test("a map that does not fit begins at its first table, and stays readable", () => {
  const boxes = [{ x: 20, y: 0, height: 900 }, { x: 370, y: 200, height: 100 }];
  const { left, right, top, zoom } = shown(boxes, 358, 628);
  expect(zoom).toBeGreaterThanOrEqual(0.95);
  expect(right).toBeGreaterThan(358);
  expect(left).toBeGreaterThan(0);
  expect(top).toBeGreaterThan(0);
});
