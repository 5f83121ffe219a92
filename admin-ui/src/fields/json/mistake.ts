/**
 * Where a text stops being JSON. Browsers tell that in words of their own, and not always; what is
 * found here is found everywhere, and can be said in any language.
 */

/** What would have had to stand at the place. */
export type Expected = "value" | "string" | "colon" | "commaOrEnd" | "end" | "quote" | "escape";

/** The first mistake of a text that is no JSON; undefined of one that is. */
export function mistakeIn(text: string): { offset: number; expected: Expected } | undefined {
  const reader = new Reader(text);
  try {
    reader.document();
    return undefined;
  } catch (error) {
    if (error instanceof Mistake) return { offset: error.offset, expected: error.expected };
    throw error;
  }
}

class Mistake extends Error {
  constructor(
    readonly offset: number,
    readonly expected: Expected,
  ) {
    super(expected);
  }
}

const SPACE = /[ \t\r\n]*/y;
const PLAIN = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.value();
    if (this.at < this.text.length) this.fail("end");
  }

  private value(): void {
    this.skip(SPACE);
    const next = this.text[this.at];
    if (next === "{") this.items("}", () => this.member());
    else if (next === "[") this.items("]", () => this.value());
    else if (next === '"') this.string();
    else if (!this.skip(PLAIN)) this.fail("value");
    this.skip(SPACE);
  }

  private member(): void {
    this.skip(SPACE);
    if (this.text[this.at] !== '"') this.fail("string");
    this.string();
    this.skip(SPACE);
    if (!this.take(":")) this.fail("colon");
    this.value();
  }

  private items(end: string, item: () => void): void {
    this.at += 1;
    this.skip(SPACE);
    if (this.take(end)) return;
    do item();
    while (this.take(","));
    if (!this.take(end)) this.fail("commaOrEnd");
  }

  private string(): void {
    this.at += 1;
    for (;;) {
      this.skip(CHARACTERS);
      if (this.take('"')) return;
      if (this.text[this.at] !== "\\") this.fail("quote");
      if (!this.skip(ESCAPE)) this.fail("escape");
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    this.at += found[0].length;
    return true;
  }

  private fail(expected: Expected): never {
    throw new Mistake(this.at, expected);
  }
}
