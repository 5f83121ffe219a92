/** The languages: nothing in them that English lacks, and the same values in every text. */
/// <reference types="vite/client" />
import { expect, test } from "vitest";
import { en } from "../src/messages/en.ts";
import { languages, preferred } from "../src/messages/index.svelte.ts";

const english: Record<string, string> = en;
const valuesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();
const others = Object.entries(languages).filter(([code]) => code !== "en");

test.each(others)("%s has texts of English only, with the same values", async (code, { load }) => {
  const texts = Object.entries(await load());
  expect(texts.length).toBeGreaterThan(0);
  for (const [key, text] of texts) {
    expect(english, `${code}: ${key}`).toHaveProperty([key]);
    expect(valuesOf(text ?? ""), `${code}: ${key}`).toEqual(valuesOf(english[key] ?? ""));
    expect(text?.trim(), `${code}: ${key}`).not.toBe("");
  }
  const missing = Object.keys(english).length - texts.length;
  console.info(`${code}: ${missing} of ${Object.keys(english).length} texts are in English`);
});

test("the chosen language comes before those of the browser, and English after all", () => {
  expect(preferred("zh", ["de-AT"])).toBe("zh");
  expect(preferred(null, ["xx", "de-AT", "es"])).toBe("de");
  expect(preferred("klingon", [])).toBe("en");
  expect(preferred("constructor", ["toString"])).toBe("en");
});

test("no two areas use the same key", () => {
  const areas = import.meta.glob<Record<string, object>>("../src/messages/en/*.ts", {
    eager: true,
  });
  const keys = Object.values(areas).flatMap((area) => Object.values(area).flatMap(Object.keys));
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
