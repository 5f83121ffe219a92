import { describe, expect, test } from "vitest";
import { readPoint, strayOf } from "../src/fields/geo-point/value.ts";
import { mistakeIn } from "../src/fields/json/mistake.ts";
import { readJson } from "../src/fields/json/value.ts";
import { listOf, valueOf } from "../src/fields/many.ts";
import { readNumber, stepped } from "../src/fields/number/value.ts";
import { generatePassword } from "../src/fields/password/generate.ts";
import { labelOf, searchable } from "../src/fields/relation/label.ts";
import { momentAt, momentOf, offsetName, storedOf, wallOf } from "../src/fields/date/zone.ts";
import type { Collection, Field } from "@luge/client/admin";

describe("numbers", () => {
  test.each([
    ["12", 12],
    [" -3,5 ", -3.5],
    ["1,234,567", 1234567],
    ["1.234.567,89", 1234567.89],
    ["1,234,567.89", 1234567.89],
    ["1 234.5", 1234.5],
    ["1’234", 1234],
    ["6.02e23", 6.02e23],
    [".5", 0.5],
    ["−4", -4],
  ])("%s is read", (text, value) => expect(readNumber(text)).toBe(value));
  test.each(["", "abc", "1,2,3", "12,34.5.6", "1e999", "0x10", "--1", "1.2.34", "Infinity"])(
    "%s is refused",
    (text) => expect(readNumber(text)).toBeUndefined(),
  );
  test("steps leave no dust", () => {
    expect(stepped(0.1, 0.2)).toBe(0.3);
    expect(stepped(1.5, -1)).toBe(0.5);
    expect(stepped(1e21, 1)).toBe(1e21);
  });
});

describe("dates", () => {
  const stored = "2026-01-31 12:00:00.000Z";
  test("a clock of another zone shows another hour, and is read back", () => {
    const moment = momentOf(stored) as Date;
    expect(wallOf(moment, "UTC")).toBe("2026-01-31T12:00:00");
    expect(wallOf(moment, "Asia/Kolkata")).toBe("2026-01-31T17:30:00");
    expect(storedOf(momentAt("2026-01-31T17:30", "Asia/Kolkata") as Date)).toBe(stored);
    expect(offsetName(moment, "Asia/Kolkata")).toBe("UTC+5:30");
    expect(offsetName(moment, "America/St_Johns")).toBe("UTC−3:30");
  });
  test("thousandths stay", () => {
    const moment = momentOf("2026-01-31 12:00:00.123Z") as Date;
    expect(wallOf(moment, "UTC")).toBe("2026-01-31T12:00:00.123");
    expect(storedOf(momentAt("2026-01-31T13:00:00.123", "Europe/Vienna") as Date)).toBe(
      "2026-01-31 12:00:00.123Z",
    );
  });
  test("years that Date alone would take for others", () => {
    const moment = momentOf("0042-03-01 10:00:00.000Z") as Date;
    const wall = wallOf(moment, "Europe/Vienna");
    expect(momentAt(wall, "Europe/Vienna")?.getTime()).toBe(moment.getTime());
  });
  test("the hour that comes twice is the first, the one that is left out goes on", () => {
    expect(momentAt("2026-10-25T02:30", "Europe/Vienna")?.toISOString()).toBe(
      "2026-10-25T00:30:00.000Z",
    );
    expect(momentAt("2026-03-29T02:30", "Europe/Vienna")?.toISOString()).toBe(
      "2026-03-29T01:30:00.000Z",
    );
  });
  test("every hour of a year is read back, but for the one that comes twice", () => {
    for (const zone of ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe"]) {
      let wrong = 0;
      for (let hour = 0; hour < 8760; hour += 1) {
        const moment = new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000);
        if (momentAt(wallOf(moment, zone), zone)?.getTime() !== moment.getTime()) wrong += 1;
      }
      expect(wrong, zone).toBeLessThanOrEqual(1);
    }
  });
  test.each(["", "soon", "2026-13-01T00:00"])("%s is no time", (text) => {
    expect(momentAt(text, "UTC")).toBeUndefined();
    expect(momentOf(text)).toBeUndefined();
  });
});

describe("points", () => {
  test("what maps copy is read", () => {
    expect(readPoint("48.2082, 16.3738")).toEqual({ lat: 48.2082, lon: 16.3738 });
    expect(readPoint(" -33.9°;18.4° ")).toEqual({ lat: -33.9, lon: 18.4 });
  });
  test.each(["48.2", "a, b", "91, 0", "0, 181", "1, 2, 3", ""])("%s is refused", (text) =>
    expect(readPoint(text)).toBeUndefined(),
  );
  test("what lies outside is named", () => {
    expect(strayOf({ lat: 91, lon: 0 })).toBe("lat");
    expect(strayOf({ lat: 0, lon: -181 })).toBe("lon");
    expect(strayOf({ lat: -90, lon: 180 })).toBeUndefined();
    expect(strayOf({ lat: Number.NaN, lon: 0 })).toBe("lat");
  });
});

describe("JSON", () => {
  test("an empty text is null", () => expect(readJson(" \n")).toEqual({ value: null }));
  test.each([
    ['{\n  "a": 1,\n  "b": x\n}', 3, 8, "value"],
    ['{"a": 1', 1, 8, "commaOrEnd"],
    ['{"a" 1}', 1, 6, "colon"],
    ["{a: 1}", 1, 2, "string"],
    ['{"a": 1,}', 1, 9, "string"],
    ["[1, 2,]", 1, 7, "value"],
    ["1 2", 1, 3, "end"],
    ['"a\nb"', 1, 3, "quote"],
    ['"\\x"', 1, 2, "escape"],
    ["[01]", 1, 2, "value"],
    ["nul", 1, 1, "value"],
  ])("%j is refused at its place", (text, line, column, expected) =>
    expect(readJson(text).error).toMatchObject({ line, column, expected }),
  );
  test("agrees with the browser on what is JSON", () => {
    const good = ["1", "-0.5e+3", '"\\u00e9\\n"', "[]", " { } ", '{"a":[{"b":null}],"c":true}'];
    for (const text of good) {
      expect(mistakeIn(text), text).toBeUndefined();
      for (let cut = 1; cut < text.trimEnd().length; cut += 1) {
        const part = text.slice(0, cut);
        let valid = true;
        try {
          JSON.parse(part);
        } catch {
          valid = false;
        }
        expect(mistakeIn(part) === undefined, part).toBe(valid);
      }
    }
  });
});

describe("one or several", () => {
  const one = { name: "a", type: "select", maxSelect: 1 } as Field;
  const several = { ...one, maxSelect: 3 } as Field;
  test("they are read as a list and written as the field has them", () => {
    expect(listOf("")).toEqual([]);
    expect(listOf(null)).toEqual([]);
    expect(listOf("x")).toEqual(["x"]);
    expect(valueOf(["x", "y"], one)).toBe("x");
    expect(valueOf([], one)).toBe("");
    expect(valueOf(["x"], several)).toEqual(["x"]);
  });
});

describe("passwords", () => {
  const zeros = (into: Uint32Array) => into.fill(0);
  test("are as long as the field wants", () => {
    expect(generatePassword({}, zeros)).toHaveLength(20);
    expect(generatePassword({ min: 30 }, zeros)).toHaveLength(30);
    expect(generatePassword({ max: 12 }, zeros)).toHaveLength(12);
    expect(generatePassword({ min: 0, max: 0 }, zeros)).toHaveLength(20);
  });
  test("differ", () => expect(generatePassword({})).not.toBe(generatePassword({})));
});

describe("what a record is called", () => {
  const field = (name: string, more = {}) => ({ name, type: "text", ...more }) as Field;
  const of = (...fields: Field[]) => ({ fields }) as Collection;
  test("by its presentable fields, else by one that speaks, else by its id", () => {
    const record = { id: "abc", title: "Sled", city: "Graz", body: "<p>Hi <b>you</b></p>" };
    const marked = of(field("title", { presentable: true }), field("city", { presentable: true }));
    expect(labelOf(record, marked)).toBe("Sled, Graz");
    expect(labelOf(record, of(field("city"), field("title")))).toBe("Sled");
    expect(labelOf(record, of(field("city")))).toBe("abc");
    const rich = of(field("body", { type: "editor", presentable: true }));
    expect(labelOf(record, rich)).toBe("Hi you");
    expect(labelOf({ id: "abc", title: "" }, of(field("title")))).toBe("abc");
  });
  test("is searched in the same fields, and by id", () => {
    const when = field("when", { type: "date", presentable: true });
    expect(searchable(of(field("title"), when))).toEqual(["id"]);
    expect(searchable(of(field("title")))).toEqual(["id", "title"]);
  });
});
