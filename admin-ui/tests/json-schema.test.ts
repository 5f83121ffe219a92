/** Schemas of JSON fields: what does not fit and where, and schemas that are inferred. */
import { expect, test } from "vitest";
import { misfits } from "../src/fields/json/schema/check.ts";
import { inferred } from "../src/fields/json/schema/infer.ts";
import { keyOf, placesIn } from "../src/fields/json/schema/path.ts";

const told = (schema: object, value: unknown) =>
  misfits(schema as Record<string, unknown>, value).map(({ path, keyword, demand, name }) => {
    return { at: keyOf(path), keyword, demand, ...(/req|false/.test(keyword) && { name }) };
  });

const SLED = {
  type: "object",
  required: ["name", "runners"],
  additionalProperties: false,
  properties: {
    name: { type: "string", maxLength: 3 },
    runners: { type: "array", items: { $ref: "#/$defs/length" }, minItems: 1 },
    kind: { anyOf: [{ const: "old" }, { type: "number" }] },
    "a/b~c d": { enum: [1, 2] },
  },
  $defs: { length: { type: "number", minimum: 1 } },
};
const ACE = { name: "ace", runners: [1] };
const SEVEN = "http://json-schema.org/draft-07/schema#";

test.each([
  [SLED, ACE, []],
  [SLED, [], [{ at: "", keyword: "type", demand: "object" }]],
  [SLED, { name: "a" }, [{ at: "", keyword: "required", demand: SLED.required, name: "runners" }]],
  [SLED, { ...ACE, name: "long" }, [{ at: "/name", keyword: "maxLength", demand: 3 }]],
  [SLED, { ...ACE, runners: [1, 0] }, [{ at: "/runners/1", keyword: "minimum", demand: 1 }]],
  [SLED, { ...ACE, runners: [] }, [{ at: "/runners", keyword: "minItems", demand: 1 }]],
  [SLED, { ...ACE, other: 1 }, [{ at: "/other", keyword: "false", name: "other" }]],
  [SLED, { ...ACE, "a/b~c d": 3 }, [{ at: "/a~1b~0c d", keyword: "enum", demand: [1, 2] }]],
  [
    SLED,
    { ...ACE, kind: "new" },
    [{ at: "/kind", keyword: "anyOf", demand: SLED.properties.kind.anyOf }],
  ],
  [
    { type: ["string", "null"] },
    1,
    [{ at: "", keyword: "type", demand: ["string", "null"] }],
  ],
  [{ pattern: "^a" }, "b", [{ at: "", keyword: "pattern", demand: "^a" }]],
  [{ not: {} }, 1, [{ at: "", keyword: "not", demand: {} }]],
  [
    { $schema: SEVEN, items: [{ type: "null" }] },
    [1],
    [{ at: "/0", keyword: "type", demand: "null" }],
  ],
])("%j says of %j", (schema, value, wanted) => {
  expect(told(schema, value)).toEqual(wanted);
});

test.each([
  [{ $ref: "#/$defs/none" }],
  [{ $ref: "https://example.com/x.json" }],
  [{ pattern: "(" }],
])("%j cannot be used", (schema) => {
  expect(() => misfits(schema, "text")).toThrow();
});

test("each value of a text has its place", () => {
  const text = '{"a" : [1, {"b\\"": "}]"}, []], "": {} , "c/d": null}';
  const found = [...placesIn(text)].map(([key, { from, to }]) => [key, text.slice(from, to)]);
  expect(Object.fromEntries(found)).toEqual({
    "": "{",
    "/a": "[",
    "/a/0": "1",
    "/a/1": "{",
    '/a/1/b"': '"}]"',
    "/a/2": "[",
    "/": "{",
    "/c~1d": "null",
  });
  expect([...placesIn(" 12 ")]).toEqual([["", { from: 1, to: 3 }]]);
});

test("an inferred schema fits what it was inferred from, and says what is always there", () => {
  const values = [
    { name: "ace", sizes: [1, 2.5], owner: null },
    { name: "old", sizes: [], owner: { id: "x" }, more: true },
  ];
  const schema = inferred(values);
  const owner = { type: ["null", "object"], properties: { id: { type: "string" } } };
  expect(schema).toEqual({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    required: ["name", "sizes", "owner"],
    properties: {
      name: { type: "string" },
      sizes: { type: "array", items: { type: "number" } },
      owner: { ...owner, required: ["id"] },
      more: { type: "boolean" },
    },
  });
  for (const value of values) expect(misfits(schema, value)).toEqual([]);
  expect(misfits(schema, { name: 1, sizes: [] }).length).toBe(2);
});

test.each<[unknown[], object]>([
  [[1, 2], { type: "integer" }],
  [[[], []], { type: "array" }],
  [[{ constructor: 1 }, {}], { type: "object", properties: { constructor: { type: "integer" } } }],
  [
    [Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`k${at}`, at]))],
    { type: "object", additionalProperties: { type: "integer" } },
  ],
])("of %j", (values, wanted) => {
  const { $schema: _, ...schema } = inferred(values);
  expect(schema).toEqual(wanted);
});
