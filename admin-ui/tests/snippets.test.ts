/** Requests in every language: no name and no value becomes syntax, and Python and shells agree. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Call, Json } from "../src/pages/api/call.ts";
import { languages } from "../src/pages/api/languages/index.ts";
import { goText } from "../src/pages/api/languages/go.ts";
import { kotlinText } from "../src/pages/api/languages/kotlin.ts";
import { rustText } from "../src/pages/api/languages/rust.ts";
import { swiftText } from "../src/pages/api/languages/swift.ts";
import {
  bracedQuoted,
  dartQuoted,
  doubleQuoted,
  javaScript,
  jsonText,
  kotlinQuoted,
  literal,
  shellQuoted,
} from "../src/pages/api/quote.ts";

const HOSTILE = [
  "",
  "plain",
  "it's",
  'say "hi"',
  "back\\slash",
  "\\",
  "\\'",
  '\\"',
  "`whoami` $(id) ${HOME} $x",
  "#{a} \\(b) \\#(c) \\##(d) {e} %s %(f)s",
  '"""',
  "'''",
  '"#',
  '"##"###',
  "line\nline\r\nline\ttab",
  "\u0000\u0001\u001b\u007f\u0085",
  "\u2028\u2029\ufeff\u202e\u2066",
  "naïve 日本語 😀",
  "half \ud800 of \udc00 one",
  "@file",
  "<file",
  "a;type=text/html",
  "*/ // # --",
  "</script><!--",
  "__proto__",
];

/** Texts of characters that mean something somewhere; the same ones in every run. */
function* randomTexts(amount: number): Generator<string> {
  const alphabet = [..."'\"\\`$#{}()@<>\n\r\t \u0000\u2028aué😀"];
  let seed = 42;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let made = 0; made < amount; made += 1) {
    yield Array.from({ length: next(12) }, () => alphabet[next(alphabet.length)]).join("");
  }
}

const TEXTS = [...HOSTILE, ...randomTexts(300)];
const whole = (text: string) => text.replace(/[\ud800-\udfff]/gu, "\ufffd");

/** Reads a literal as its language does, by its escapes; throws where it ends early. */
function read(written: string, quote: string, begins = "\0none"): string {
  let found = "";
  let at = quote.length;
  const end = written.length - quote.length;
  expect(written.startsWith(quote) && written.endsWith(quote)).toBe(true);
  while (at < end) {
    const rest = written.slice(at, end);
    const escape = /^\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|(.))/s.exec(rest);
    if (escape) {
      const [all, braced, four, one] = escape;
      const code = braced ?? four;
      const named: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
      found += code ? String.fromCharCode(parseInt(code, 16)) : (named[one!] ?? one);
      at += all.length;
    } else {
      const [character] = rest;
      const ends = rest.startsWith(quote) || rest.startsWith(begins);
      if (ends) throw new Error(`ends early: ${written}`);
      if (character! < " ") throw new Error(`a control character stands in ${written}`);
      found += character;
      at += character!.length;
    }
  }
  return found;
}

test.each([
  ["JavaScript, Python, Go and GraphQL", doubleQuoted, '"', undefined],
  ["Rust and Swift", bracedQuoted, '"', undefined],
  ["Kotlin", kotlinQuoted, '"', "$"],
  ["Dart", dartQuoted, "'", "$"],
] as const)("a literal of %s is read as the text", (_, quoted, quote, begins) => {
  for (const text of TEXTS) expect(read(quoted(text), quote, begins)).toBe(whole(text));
});

test("a word of a shell is read as the text", () => {
  const texts = TEXTS.map((text) => whole(text).replaceAll("\0", "\ufffd"));
  const script = TEXTS.map((text) => `printf '%s\\0' ${shellQuoted(text)}`).join("\n");
  const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8", maxBuffer: 1 << 24 });
  expect(stdout.split("\0").slice(0, -1)).toEqual(texts);
});

test("a value of JavaScript is read as the value, whatever its keys", () => {
  for (const text of TEXTS) {
    const value = { [text]: [text, 1.5, null, true], nested: { "a b": text } } as Json;
    if (text === "__proto__") Object.defineProperty(value, text, { enumerable: true, value: [] });
    const found = new Function(`return ${literal(value, javaScript)};`)();
    expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(jsonText(value))));
  }
});

describe("raw texts end where they should", () => {
  const bodies = TEXTS.map((text) => jsonText({ [text]: text }));

  test("in Rust", () => {
    for (const body of bodies) {
      const [, around, inner] = /^r(#+)"(.*)"\1$/s.exec(rustText(body))!;
      expect(inner).toBe(body);
      expect(body.includes(`"${around}`)).toBe(false);
    }
  });

  test("in Swift", () => {
    for (const body of bodies) {
      const [, around, inner] = /^(#+)"""\n(.*)\n"""\1$/s.exec(swiftText(body))!;
      expect(inner).toBe(body);
      expect(body.includes(`"""${around}`) || body.includes(`\\${around}`)).toBe(false);
    }
  });

  test("in Kotlin", () => {
    for (const body of bodies) {
      const inner = kotlinText(body).slice(3, -3);
      expect(inner.includes('"""')).toBe(false);
      expect(inner.replaceAll("${'$'}", "").includes("$")).toBe(false);
      expect(inner.replaceAll("${'$'}", "$")).toBe(body);
    }
  });

  test("in Go", () => {
    for (const body of bodies) {
      const text = goText(body);
      const inner = text.startsWith("`") ? text.slice(1, -1) : read(text, '"');
      expect(inner).toBe(body);
      if (text.startsWith("`")) expect(inner.includes("`")).toBe(false);
    }
  });
});

/** A call whose every part is the text. */
function callOf(text: string, rest: Partial<Call> = {}): Call {
  return {
    means: "list",
    collection: text,
    fields: [],
    method: "GET",
    path: ["api", "collections", text, "records"],
    place: { id: text },
    query: { filter: text, sort: text, perPage: "30" },
    signed: true,
    silent: false,
    ...rest,
  };
}

test("Python reads every script of Python, and finds the same values", () => {
  const python = languages.find(({ id }) => id === "python")!;
  const scripts = TEXTS.map((text) => [
    python.write(callOf(text, { method: "POST", body: { [text]: text } }), "http://h")!,
    whole(text),
  ]);
  const program = `
import ast, json, sys
for script, text in json.load(sys.stdin):
    tree = ast.parse(script)
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert found.count(text) >= 4, (script, text)
print("read")
`;
  const { stdout, stderr } = spawnSync("python3", ["-c", program], {
    input: JSON.stringify(scripts),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe("read");
});

const MEANS = ["list", "view", "create", "update", "delete", "batch", "aggregate", "subscribe"];
const OTHERS = ["search", "facets", "suggest", "createFiles", "file", "password", "code", "other"];

test("scripts of JavaScript are read by JavaScript, whatever the values", () => {
  const fetcher = languages.find(({ id }) => id === "fetch")!;
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  for (const text of TEXTS) {
    for (const more of [{}, { body: { [text]: text } }, { topic: text }]) {
      const script = fetcher.write(callOf(text, { method: "PATCH", ...more }), "http://h")!;
      expect(() => new AsyncFunction(script)).not.toThrow();
    }
  }
});

test.each([...MEANS, ...OTHERS])("%s: no value leaves its place in any language", (means) => {
  const mark = "'\"`\\${MARK}\n\u202e";
  const rest: Partial<Call> = { means, body: { title: mark, identity: mark }, method: "PATCH" };
  if (means === "createFiles") rest.files = [{ field: "cover", name: "photo.jpg" }];
  if (means === "subscribe") rest.topic = mark;
  for (const { id, write } of languages) {
    const text = write(callOf(mark, rest), "http://h");
    // Raw, the text would be an end of a string in some language or other.
    if (id === "curl" || text === undefined) continue;
    expect(text, id).not.toContain(mark);
    expect(text, id).not.toMatch(/[\u202e\u0000]/);
  }
});

test("what GraphQL has no word for is said to be missing", () => {
  const graphql = languages.find(({ id }) => id === "graphql")!;
  expect(graphql.write(callOf("users", { means: "code" }), "")).toBeUndefined();
  const body = { "no name": 1 };
  expect(graphql.write(callOf("posts", { means: "create", body }), "")).toBeUndefined();
});

test("what is sent without a token has none in any language", () => {
  for (const { write } of languages) {
    const text = write(callOf("posts", { signed: false }), "http://h");
    expect(text).not.toContain("YOUR_TOKEN");
  }
});
