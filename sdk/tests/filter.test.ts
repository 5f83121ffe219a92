import { describe, expect, test } from "vitest";
import {
  and,
  anyOf,
  distance,
  each,
  endsWith,
  eq,
  filter,
  gt,
  gte,
  lengthOf,
  lower,
  lt,
  lte,
  ne,
  notContains,
  notIn,
  or,
  startsWith,
} from "../src/index.js";
import { fieldsOf, literal, type FilterValue } from "../src/filter.js";

interface Post {
  title: string;
  status: "draft" | "live";
  views: number;
  tags: string[];
  pinned: boolean;
  place: { lon: number; lat: number };
}
const post = fieldsOf<Post>();

describe("a value stays a value", () => {
  const hostile = [
    ["it's", "'it\\'s'"],
    ["' || 1=1 || '", "'\\' || 1=1 || \\''"],
    ["\\' || id != '", "'\\\\\\' || id != \\''"],
    ["\\", "'\\\\'"],
    ["a\\\\", "'a\\\\\\\\'"],
    ['a"b', "'a\"b'"],
    ["line\nbreak", "'line\nbreak'"],
    ["// comment", "'// comment'"],
    ["", "''"],
  ] as const;
  test.each(hostile)("%j", (value, written) => {
    expect(literal(value)).toBe(written);
    expect(readLiteral(written)).toBe(value);
  });

  test.each([
    [1e21, "1000000000000000000000"],
    [-1e21, "-1000000000000000000000"],
    [0.1, "0.1"],
    [-0, "0"],
    [true, "true"],
    [null, "null"],
    [new Date("2024-02-03T04:05:06.007Z"), "'2024-02-03 04:05:06.007Z'"],
  ])("%s", (value, written) => expect(literal(value)).toBe(written));

  test("a small number is written without an exponent and without loss", () => {
    expect(literal(1e-7)).not.toContain("e");
    expect(Number(literal(1e-7))).toBe(1e-7);
  });

  test.each([NaN, Infinity, -Infinity])("%s is refused", (value) => {
    expect(() => literal(value)).toThrow(RangeError);
  });

  test.each([undefined, {}, [], Symbol("x"), () => 1, 1n])("%s is refused", (value) => {
    expect(() => literal(value as unknown as FilterValue)).toThrow(TypeError);
  });
});

describe("conditions", () => {
  test.each([
    [startsWith(post.title, "50%_"), "title ~ '50\\\\%\\\\_%'"],
    [endsWith(post.title, "x"), "title ~ '%x'"],
    [notIn(post.status, ["draft", "live"]), "status != 'draft' && status != 'live'"],
    [notIn("status", []), "1 = 1"],
    [anyOf(each(post.tags), "a"), "tags:each ?= 'a'"],
    [anyOf(post.tags, "a", "!="), "tags ?!= 'a'"],
    [eq(lower(post.title), "x"), "title:lower = 'x'"],
    [gt(lengthOf(post.tags), 2), "tags:length > 2"],
    [ne(each(post.tags), post.title), "tags:each != title"],
    [post.title.is(lower(post.title)), "title = title:lower"],
    [
      lt(distance(post.place, { lon: 1e21, lat: -2 }), 5),
      "geoDistance(place.lon, place.lat, 1000000000000000000000, -2) < 5",
    ],
    [filter`${or(gt(post.views, 1), lt(post.views, 0))} && ${post.title} = ${"'"}`,
      "(views > 1 || views < 0) && title = '\\''"],
  ])("%s", (condition, text) => expect(String(condition)).toBe(text));

  test.each([
    () => lower("title || 1"),
    () => distance(post.place, { lon: NaN, lat: 0 }),
    () => filter`title = '${post.title}'`,
    () => eq("title", { toString: () => "1 || 1=1" } as unknown as string),
  ])("%s is refused", (make) => expect(make).toThrow());

  test("compile to the server's text", () => {
    expect(String(and(post.status.is("live"), gt(post.views, 100)))).toBe(
      "status = 'live' && views > 100",
    );
    expect(String(or(eq("a.b", 1), and(ne("c", null), lt("d", 2))))).toBe(
      "a.b = 1 || (c != null && d < 2)",
    );
    expect(String(and(gte("a", 1), lte("b", 2), anyOf(post.tags, "x")))).toBe(
      "a >= 1 && b <= 2 && tags ?= 'x'",
    );
    expect(String(post.place.lat.not(3))).toBe("place.lat != 3");
    expect(String(post.pinned.is(true))).toBe("pinned = true");
  });

  test("one condition needs no parentheses, none is a mistake", () => {
    expect(String(and(post.views.is(1)))).toBe("views = 1");
    expect(() => and()).toThrow(TypeError);
    expect(() => or()).toThrow(TypeError);
  });

  test("one of several, and one of none", () => {
    expect(String(post.views.in([1, 2]))).toBe("views = 1 || views = 2");
    expect(String(and(post.views.in([1, 2]), post.pinned.is(true)))).toBe(
      "(views = 1 || views = 2) && pinned = true",
    );
    expect(String(post.views.in([]))).toBe("1 = 2");
  });

  test("a wildcard is searched for as itself", () => {
    expect(String(post.title.contains("50%_off"))).toBe("title ~ '%50\\\\%\\\\_off%'");
    expect(String(notContains("title", "plain_text"))).toBe("title !~ 'plain_text'");
  });

  test.each(["a b", "a = 1 || b", "a'", "", "a.", "a()"])("%j is not a field", (name) => {
    expect(() => eq(name, 1)).toThrow(TypeError);
  });
});

describe("raw text", () => {
  test("binds its values", () => {
    const word = "' || 1=1 || '";
    expect(String(filter`title ~ ${word} && views > ${3}`)).toBe(
      "title ~ '\\' || 1=1 || \\'' && views > 3",
    );
  });

  test.each([
    () => filter`title = '${"x"}'`,
    () => filter`title = "${"x"}"`,
    () => filter`a = ${1} && title = '%${"x"}%'`,
    () => filter`title = 'it\\'s ${"x"}'`,
  ])("refuses a value between quotes (%#)", (make) => {
    expect(make).toThrow(TypeError);
  });

  test("quotes that are closed are no obstacle", () => {
    expect(String(filter`a = 'x' && b = ${1}`)).toBe("a = 'x' && b = 1");
  });
});

/** Reads a literal as the server does: a backslash escapes itself and the quote. */
function readLiteral(text: string): string {
  let value = "";
  for (let at = 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === "'") {
      if (at !== text.length - 1) throw new Error(`the literal ends early, at ${at}`);
      return value;
    }
    if (character === "\\" && /[\\']/.test(text[at + 1] ?? "")) at += 1;
    value += text[at];
  }
  throw new Error("the literal is not closed");
}
