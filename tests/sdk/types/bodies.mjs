// A collection of every field type with every limit, and values of it on both sides of each limit.
// Values of another type are not among them: the server casts them, a schema refuses them.

const of = (name, type, options = {}) => ({ name, type, ...options });

export const kinds = [
  { id: "types_targets", name: "targets", type: "base", fields: [] },
  { id: "types_things", name: "things", type: "base", fields: [
    of("needed", "text", { required: true }),
    of("text", "text", { min: 3, max: 5, pattern: "^[a-z.]+$" }),
    of("dots", "text", { pattern: "^a.b$" }),
    of("editor", "editor", { maxSize: 10 }),
    of("number", "number", { min: 5, max: 9 }),
    of("below", "number", { max: -5 }),
    of("whole", "number", { onlyInt: true }),
    of("bool", "bool"),
    of("email", "email"),
    of("url", "url"),
    of("date", "date"),
    of("created", "autodate", { onCreate: true }),
    of("one", "select", { values: ["a", "b", "'\"\\"], maxSelect: 1 }),
    of("some", "select", { values: ["a", "b", "c"], maxSelect: 2 }),
    of("link", "relation", { collectionId: "types_targets", maxSelect: 1 }),
    of("links", "relation", { collectionId: "types_targets", maxSelect: 3, minSelect: 0 }),
    of("file", "file", { maxSelect: 1 }),
    of("files", "file", { maxSelect: 3 }),
    of("json", "json"),
    of("point", "geoPoint"),
    of("secret", "password", { min: 8, max: 12 }),
    of("full_number", "number", { required: false, min: 1 }),
  ] },
];

/** One field of a body at a time. */
export function bodies(target) {
  const values = {
    needed: ["a", "", "ü".repeat(5_000), "ü".repeat(5_001)],
    text: ["", "ab", "abc", "abcde", "abcdef", "ABC", "a.b", "äbc", "abc\n"],
    dots: ["a.b", "aüb", "a🙂b", "a\nb", "a\rb", "a\u2028b", "ab"],
    editor: ["", "x".repeat(10), "x".repeat(11)],
    number: [0, 5, 9, 7.5, 4, 9.5, -1, 1],
    below: [0, -5, -6, -4, 1],
    whole: [0, 1, 1.0, -3, 1.5, 0.1],
    bool: [true, false],
    email: ["", "a@example.com"],
    url: ["", "https://example.com", "example.com"],
    date: ["", "2026-11-29 09:33:06.123Z", "2026-11-29T09:33:06Z"],
    one: ["", "a", "'\"\\", "c", "A", " a", "ab"],
    some: [[], ["a"], ["a", "b"], ["a", "b", "c"], ["d"], ["a", "d"]],
    link: ["", target],
    links: [[], [target]],
    file: [""],
    files: [[]],
    json: [null, 1, "x", [], {}, { a: [{ b: null }] }],
    point: [{ lon: 0, lat: 0 }, { lon: 180, lat: 90 }, { lon: -180, lat: -90 },
      { lon: 181, lat: 0 }, { lon: 0, lat: 91 }, { lon: -180.5, lat: 0 },
      { lon: 0, lat: -90.01 }, { lon: 1 }, {}],
    secret: ["", "12345678", "123456789012", "1234567", "1234567890123"],
    full_number: [0, 1, 0.5, -1],
    "number+": [5, 9],
    "+some": ["a", ["a", "b"], "d", ["d"]],
    "some+": ["a", ["a", "b"], "d", ["d"]],
    "some-": ["a", "d", ["d"]],
    "one-": ["a", "d"],
    id: ["abcdefghijklmno", "", "short", "ABCDEFGHIJKLMNO", "abcdefghijklmnop"],
  };
  const rows = Object.entries(values);
  return rows.flatMap(([key, all]) => all.map((value) => ({ [key]: value })));
}
