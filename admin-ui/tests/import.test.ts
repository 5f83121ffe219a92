/** Reading files and converting their rows. */
import type { Collection, Field } from "@luge/client/admin";
import { describe, expect, test } from "vitest";
import { Delivery, Interrupted, type Outcome } from "../src/pages/import/delivery.ts";
import { guessOf, nameOf } from "../src/pages/import/guess.ts";
import { uniqueFields } from "../src/pages/import/keys.ts";
import { matched, ready, type Ready } from "../src/pages/import/mapping.ts";
import { Preparation } from "../src/pages/import/prepare.ts";
import { readingOf, type Reading } from "../src/pages/import/reading.ts";
import { rowsOf, type Row } from "../src/pages/import/rows.ts";
import { open, Parts } from "../src/pages/import/table.ts";
import { convert, type Forms } from "../src/pages/import/values.ts";

const csv: Reading = { format: "csv", encoding: "utf-8", delimiter: ",", header: true };
const forms: Forms = { numbers: "1234.5", dates: "iso", separator: "," };

/** A file whose stream comes in pieces of a few bytes. */
function pieces(content: string | Uint8Array, size: number): File {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const file = new File([bytes as BlobPart], "rows.csv");
  file.stream = () =>
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) {
          controller.enqueue(bytes.slice(at, at + size));
        }
        controller.close();
      },
    });
  return file;
}

async function all(content: string | Uint8Array, reading: Reading, size = 3): Promise<Row[]> {
  const found: Row[] = [];
  for await (const { rows } of rowsOf(pieces(content, size), reading)) found.push(...rows);
  return found;
}

describe("rows", () => {
  test("a CSV file gives the same rows however it is cut, each with its line", async () => {
    const text = 'a,b\r\n"one\r\ntwo",ü\r\n\r\n3,"say ""x"""\r\n';
    const expected = [
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["one\r\ntwo", "ü"] },
      { line: 5, cells: ["3", 'say "x"'] },
    ];
    for (const size of [1, 2, 3, 5, 7, 100]) {
      expect(await all(text, csv, size), `pieces of ${size}`).toEqual(expected);
    }
  });

  test("rows without a quote are cut in the same way", async () => {
    for (const size of [1, 2, 3, 100]) {
      const rows = await all("a;b\n1;2\n3;4", { ...csv, delimiter: ";" }, size);
      expect(rows.map(({ line, cells }) => [line, ...(cells ?? [])])).toEqual([
        [1, "a", "b"],
        [2, "1", "2"],
        [3, "3", "4"],
      ]);
    }
  });

  test("a quote that is not closed is told", async () => {
    const rows = await all('a,b\n1,"2\n3,4\n', csv);
    expect(rows.at(-1)?.trouble?.key).toBe("import.trouble.quotes");
  });

  test("the elements of a JSON array come one by one, a wrong one by itself", async () => {
    const text = '[\n {"a": "x],{"},\n {"a": [1, {"b": 2}]},\n {"a": oops},\n {"a": 4}\n]\n';
    for (const size of [1, 4, 1000]) {
      const rows = await all(text, { ...csv, format: "json" }, size);
      expect(rows.map(({ line }) => line), `pieces of ${size}`).toEqual([2, 3, 4, 5]);
      expect(rows[0]?.value).toEqual({ a: "x],{" });
      expect(rows[2]?.trouble?.key).toBe("import.trouble.notJson");
      expect(rows[3]?.value).toEqual({ a: 4 });
    }
    expect(await all("[]", { ...csv, format: "json" })).toEqual([]);
  });

  test("an array that is cut off, or is none, is told", async () => {
    const json: Reading = { ...csv, format: "json" };
    const cut = await all('[{"a":1},{"a"', json);
    expect(cut.at(-1)?.trouble?.key).toBe("import.trouble.unfinishedArray");
    await expect(all('{"a":1}', json)).rejects.toThrow("noArray");
    await expect(all("[1] 2", json)).rejects.toThrow("behindArray");
  });

  test("a broken line of NDJSON spoils no other", async () => {
    const rows = await all('{"a":1}\n\n{"a":\n{"a":3}', { ...csv, format: "ndjson" });
    expect(rows.map(({ line, trouble }) => [line, trouble?.key])).toEqual([
      [1, undefined],
      [3, "import.trouble.notJson"],
      [4, undefined],
    ]);
  });

  test("bytes that are none of the encoding are told, and not replaced", async () => {
    const latin = new Uint8Array([97, 10, 0xfc, 10]);
    await expect(all(latin, csv)).rejects.toThrow("encoding");
    const rows = await all(latin, { ...csv, encoding: "windows-1252" });
    expect(rows[1]?.cells).toEqual(["ü"]);
  });
});

describe("reading", () => {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const utf16 = (text: string) =>
    new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);

  test.each([
    ["a.csv", bytesOf("a;b\n1;2"), { format: "csv", encoding: "utf-8", delimiter: ";" }],
    ["a.txt", bytesOf("a\tb\n1\t2"), { format: "csv", delimiter: "\t" }],
    ["a.tsv", bytesOf("a,b\tc"), { format: "csv", delimiter: "\t" }],
    ["a.json", bytesOf('[{"a":1}]'), { format: "json" }],
    ["a.json", bytesOf('{"a":1}\n{"a":2}'), { format: "ndjson" }],
    ["a.csv", new Uint8Array([97, 44, 0xfc, 10]), { encoding: "windows-1252" }],
    ["a.csv", utf16("a,b\n1,2\n"), { encoding: "utf-16le" }],
    ["a.csv", new Uint8Array([0xfe, 0xff, 0, 97]), { encoding: "utf-16be" }],
  ])("%s is recognized (%#)", (name, bytes, expected) => {
    expect(readingOf(name, bytes, true)).toMatchObject(expected);
  });

  test("a sample that ends within a character is still UTF-8", () => {
    const bytes = bytesOf("a,ü").slice(0, -1);
    expect(readingOf("a.csv", bytes, false).encoding).toBe("utf-8");
    expect(readingOf("a.csv", bytes, true).encoding).toBe("windows-1252");
  });
});

describe("values", () => {
  const value = (type: Field["type"], cell: unknown, own: Partial<Forms> = {}, field = {}) => {
    const made = convert(cell, { name: "f", type, ...field }, { ...forms, ...own });
    return "trouble" in made ? made.trouble.key.replace("import.trouble.", "!") : made.value;
  };

  test.each([
    ["1234.5", "1234.5", 1234.5],
    ["1234.5", "1,5", "!number"],
    ["1234.5", "-2e3", -2000],
    ["1234,5", "1234,5", 1234.5],
    ["1234,5", "1234.5", "!number"],
    ["1,234.5", "1,234,567.5", 1234567.5],
    ["1,234.5", "1,23", "!number"],
    ["1.234,5", "1.234,5", 1234.5],
    ["1234.5", "12 kg", "!number"],
    ["1234.5", "0x10", "!number"],
    ["1234.5", "", "!number"],
  ] as const)("numbers written like %s: %s", (numbers, cell, expected) => {
    expect(value("number", cell, { numbers })).toBe(expected);
  });

  test.each([
    ["iso", "2025-12-31", "2025-12-31 00:00:00.000Z"],
    ["iso", "2025-12-31T23:30:00+02:00", "2025-12-31 21:30:00.000Z"],
    ["iso", "2025-02-30", "!date"],
    ["iso", "31.12.2025", "!date"],
    ["dmy", "31.12.2025", "2025-12-31 00:00:00.000Z"],
    ["dmy", "12/31/2025", "!date"],
    ["mdy", "12/31/2025 8:05", "2025-12-31 08:05:00.000Z"],
    ["mdy", "31/12/2025", "!date"],
    ["seconds", "0", "1970-01-01 00:00:00.000Z"],
    ["milliseconds", 1500, "1970-01-01 00:00:01.500Z"],
    ["seconds", "soon", "!date"],
  ] as const)("dates by %s: %s", (dates, cell, expected) => {
    expect(value("date", cell, { dates })).toBe(expected);
  });

  test("yes and no in their forms, and nothing else", () => {
    expect(["Yes", "1", "TRUE", "on"].map((cell) => value("bool", cell))).not.toContain(false);
    expect(["no", 0, "F"].map((cell) => value("bool", cell))).toEqual([false, false, false]);
    expect(["maybe", "2", "ja"].map((cell) => value("bool", cell))).toEqual(
      Array(3).fill("!bool"),
    );
  });

  test("select, several values, JSON, points, addresses", () => {
    const one = { values: ["a", "b"], maxSelect: 1 };
    expect(value("select", "a", {}, one)).toBe("a");
    expect(value("select", "c", {}, one)).toBe("!select");
    expect(value("select", "a| b", { separator: "|" }, { ...one, maxSelect: 2 })).toEqual([
      "a",
      "b",
    ]);
    expect(value("select", "a,b,a", {}, { ...one, maxSelect: 2 })).toBe("!tooMany");
    expect(value("json", '{"a":1}')).toEqual({ a: 1 });
    expect(value("json", "{a}")).toBe("!json");
    expect(value("geoPoint", "13.4, 52.5")).toEqual({ lon: 13.4, lat: 52.5 });
    expect(value("geoPoint", "200,52")).toBe("!lon");
    expect(value("geoPoint", "13.4")).toBe("!point");
    expect(value("email", "ada")).toBe("!email");
    expect(value("url", "nowhere")).toBe("!url");
    expect(value("number", "1.5", {}, { onlyInt: true })).toBe("!whole");
    expect(value("number", "9", {}, { max: 5 })).toBe("!tooLarge");
    expect(value("text", "abc", {}, { max: 2 })).toBe("!tooLong");
    expect(value("text", { a: 1 })).toBe("!notText");
  });
});

describe("guesses", () => {
  test.each([
    [["00501", "10001"], "text"],
    [["1", "2.5", ""], "number"],
    [["+49 30", "+49 40"], "text"],
    [["yes", "no"], "bool"],
    [["2025-01-02", "2025-01-03 04:05"], "date"],
    [["01/02/2025"], "text"],
    [["a@b.c"], "email"],
    [["https://a.b"], "url"],
    [[{ lon: 1, lat: 2 }], "geoPoint"],
    [[{ a: 1 }], "json"],
    [["", null], "text"],
  ])("%j is %s", (cells, type) => expect(guessOf("x", cells).type).toBe(type));

  test("names of columns become names of fields", () => {
    const names = ["Größe (cm)", "id", "2020", "  ", "created"].map(nameOf);
    expect(names).toEqual(["Gro_e_cm", "source_id", "n_2020", "column", "source_created"]);
  });
});

const collection = {
  id: "c",
  name: "places",
  indexes: [
    "CREATE UNIQUE INDEX `a` ON `places` (`code`)",
    "CREATE UNIQUE INDEX b ON places (x, y)",
    "CREATE UNIQUE INDEX c ON places (city) WHERE city != ''",
  ],
  fields: [
    { name: "id", type: "text" },
    { name: "code", type: "text", required: true },
    { name: "city", type: "text" },
    { name: "point", type: "geoPoint" },
    { name: "state", type: "relation", collectionId: "states", maxSelect: 1 },
    { name: "created", type: "autodate" },
  ],
} as unknown as Collection;

describe("mapping", () => {
  const columns = ["Code", "CITY", "longitude", "latitude", "extra"];

  test("columns are matched by name, and a point by two", () => {
    const { fields } = matched(collection, columns);
    expect(fields.map(({ field, source }) => [field.name, source])).toEqual([
      ["id", { from: "nothing" }],
      ["code", { from: "column", column: 0 }],
      ["city", { from: "column", column: 1 }],
      ["point", { from: "point", lon: 2, lat: 3 }],
      ["state", { from: "nothing" }],
    ]);
    expect(uniqueFields(collection)).toEqual(["id", "code"]);
  });

  test("a row becomes a body; what is missing and wrong names its field", () => {
    const mapping = matched(collection, columns);
    const good = ready(2, ["501", "", "-73", "40.8", "x"], mapping);
    expect(good.body).toEqual({ code: "501", point: { lon: -73, lat: 40.8 } });
    expect(ready(3, ["", "a"], mapping).trouble).toMatchObject({
      key: "import.trouble.required",
      place: "code",
    });
    expect(ready(4, ["1", "", "x", "2"], mapping).trouble?.place).toBe("point");
    const emptied = ready(2, ["501", "", "", ""], { ...mapping, keepEmpty: false });
    expect(emptied.body).toMatchObject({ city: null, point: null });
  });

  test("a file is opened and read in parts, with what does not fit", async () => {
    const file = new File(["code,city\n1,a\n2,b,c,d\n3\n"], "x.csv");
    const opened = await open(file);
    expect(opened.columns).toEqual(["code", "city", "column_3", "column_4"]);
    const parts = new Parts(file, opened.reading, ["code", "city"], matched(collection, ["code"]));
    const first = await parts.next({ rows: 2, chars: 1000 });
    expect(first.rows.map(({ line, trouble }) => [line, trouble?.key])).toEqual([
      [2, undefined],
      [3, "import.trouble.cells"],
    ]);
    const last = await parts.next({ rows: 2, chars: 1000 });
    expect([last.rows.length, last.done]).toEqual([1, true]);
  });

  test("an empty file, and one of only a header, are told", async () => {
    await expect(open(new File([], "x.csv"))).rejects.toThrow("emptyFile");
    await expect(open(new File(["a,b\n"], "x.csv"))).rejects.toThrow("noRows");
  });

  test("a key that the first rows did not have is told", async () => {
    const reading: Reading = { ...csv, format: "ndjson" };
    const parts = new Parts(
      new File(['{"code":"1"}\n{"code":"2","zzz":1}\n[1]'], "x.ndjson"),
      reading,
      ["code"],
      matched(collection, ["code"]),
    );
    const { rows } = await parts.next({ rows: 9, chars: 1000 });
    expect(rows.map(({ trouble }) => trouble?.key)).toEqual([
      undefined,
      "import.trouble.unknownKey",
      "import.trouble.noObject",
    ]);
  });
});

const row = (line: number, body: Record<string, unknown>, lookUps = {}): Ready => ({
  line,
  body,
  lookUps,
  cells: [],
});

describe("preparation", () => {
  const known: Record<string, string[]> = { NY: ["ny"], XX: ["x1", "x2"], "501": ["r501"] };
  const asked: string[][] = [];
  const find = async (_: string, __: string, values: string[]) => {
    asked.push(values);
    return values.flatMap((value) => (known[value] ?? []).map((id) => ({ id, value })));
  };
  const mapping = matched(collection, ["code", "state"]);
  mapping.fields.find(({ field }) => field.name === "state")!.lookUp = "short";

  test("relations are looked up once, and tell what is missing or not clear", async () => {
    asked.length = 0;
    const preparation = new Preparation({ collection: "places", key: "" }, mapping, find);
    const rows = ["NY", "XX", "??", "NY"].map((value, at) => row(at, {}, { state: [value] }));
    const { outgoing, refusals } = await preparation.sort(rows);
    expect(outgoing.map(({ row }) => row.body.state)).toEqual(["ny", "ny"]);
    expect(refusals.map(({ trouble }) => trouble.key)).toEqual([
      "import.trouble.ambiguous",
      "import.trouble.notFound",
    ]);
    await preparation.sort([row(9, {}, { state: ["NY"] })]);
    expect(asked).toEqual([["NY", "XX", "??"]]);
  });

  test("records that are there are updated; the same value twice is told", async () => {
    const preparation = new Preparation({ collection: "places", key: "code" }, mapping, find);
    const rows = ["501", "502", "501", ""].map((code, at) => row(at + 2, { code }));
    const { outgoing, refusals } = await preparation.sort(rows);
    expect(outgoing.map(({ id }) => id)).toEqual(["r501", undefined]);
    expect(refusals.map(({ trouble }) => [trouble.key, trouble.values?.line])).toEqual([
      ["import.trouble.twice", 2],
      ["import.trouble.noKey", undefined],
    ]);
  });

  test("many values are asked for in several questions", async () => {
    asked.length = 0;
    const preparation = new Preparation({ collection: "places", key: "code" }, mapping, find);
    await preparation.sort(Array.from({ length: 250 }, (_, at) => row(at, { code: `c${at}` })));
    expect(asked.length).toBeGreaterThan(2);
    expect(Math.max(...asked.map(({ length }) => length))).toBeLessThanOrEqual(100);
  });
});

describe("delivery", () => {
  function delivery(answers: (sent: number[], key: string) => Outcome | Error) {
    const sent: { lines: number[]; key: string }[] = [];
    const taken: number[] = [];
    const refused: [number, string][] = [];
    let keys = 0;
    const made = new Delivery(
      async (rows, key) => {
        const lines = rows.map(({ row }) => row.line);
        sent.push({ lines, key });
        const answer = answers(lines, key);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      async (attempt) => {
        for (;;) {
          try {
            return await attempt();
          } catch (error) {
            if (!(error instanceof Interrupted)) throw error;
          }
        }
      },
      {
        taken: (rows) => void taken.push(...rows.map(({ row }) => row.line)),
        refused: ({ line }, reason) => void refused.push([line, reason]),
      },
      () => `key ${++keys}`,
    );
    const deliver = (lines: number[]) =>
      made.deliver(lines.map((line) => ({ row: row(line, {}) })));
    return { deliver, sent, taken, refused };
  }

  test("a lost answer is asked for again with the same key", async () => {
    let tries = 0;
    const { deliver, sent, taken } = delivery(() =>
      ++tries < 3 ? new Interrupted("gone") : { kind: "taken" },
    );
    await deliver([1, 2]);
    expect(sent.map(({ key }) => key)).toEqual(["key 1", "key 1", "key 1"]);
    expect(taken).toEqual([1, 2]);
  });

  test("refused rows are set aside, and the others go with another key", async () => {
    const { deliver, sent, taken, refused } = delivery((lines) => {
      const step = lines.findIndex((line) => line % 2 === 0);
      return step < 0 ? { kind: "taken" } : { kind: "refused", step, reason: "even" };
    });
    await deliver([1, 2, 3, 4, 5]);
    expect(taken).toEqual([1, 3, 5]);
    expect(refused).toEqual([
      [2, "even"],
      [4, "even"],
    ]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
  });

  test("what is too much is sent in halves, in its order", async () => {
    const { deliver, taken, refused } = delivery((lines) =>
      lines.length > 2 || lines.includes(7)
        ? { kind: "whole", reason: "too much" }
        : { kind: "taken" },
    );
    await deliver([1, 2, 3, 7, 5]);
    expect(taken).toEqual([1, 2, 3, 5]);
    expect(refused).toEqual([[7, "too much"]]);
  });

  test("an error that no attempt mends goes on to the caller", async () => {
    const { deliver } = delivery(() => new TypeError("broken"));
    await expect(deliver([1])).rejects.toThrow("broken");
  });
});
