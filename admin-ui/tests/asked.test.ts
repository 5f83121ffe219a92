/** What the page of realtime has in its address. */
import { expect, test, vi } from "vitest";
import { amountsOf } from "../src/pages/definition/usage.ts";
import { readAsked, sameAsked, writtenAsked, type Asked } from "../src/pages/realtime/asked.ts";

vi.mock("../src/backend.ts", () => ({ client: {} }));
vi.mock("../src/fields/index.ts", () => ({}));
const { freeName } = await import("../src/pages/definition/field.ts");

const guest: Asked = { topic: "posts/*", filter: "a = 1", who: "guest" };
const ann: Asked = {
  topic: "@channel/room",
  who: "record",
  record: { collection: "users", id: "abc" },
};

test("what is listened to is written and read again, in any order of its parts", () => {
  expect(readAsked(writtenAsked([guest, ann]) ?? "")).toEqual([guest, ann]);
  const { topic, filter, who } = guest;
  expect(sameAsked({ who, filter, topic } as Asked, guest)).toBe(true);
  expect(sameAsked({ topic, who }, guest)).toBe(false);
  expect(writtenAsked([])).toBe("");
});

test("neither a token nor a presence is ever written", () => {
  const more = { ...ann, token: "secret", presence: { mood: "good" } } as Asked;
  const written = writtenAsked([more]);
  expect(written).not.toMatch(/secret|mood/);
  const forged = '[{"topic":"a","who":"guest","presence":{"mood":"good"},"token":"x"}]';
  expect(readAsked(forged)).toEqual([{ topic: "a", who: "guest" }]);
});

test.each([null, "", "{", "7", '{"topic":"a"}', '[{"topic":""}]', '[{"topic":"a","who":"root"}]',
  '[{"topic":"a","who":"record"}]', '[{"topic":"a","who":"record","record":{"id":"x"}}]',
  "[null]"])(
  "%s asks for nothing", (text) => {
    expect(readAsked(text)).toEqual([]);
  });

test("an address opens no more listeners than a person reads, and has room for them", () => {
  const many = Array.from({ length: 40 }, () => guest);
  expect(readAsked(JSON.stringify(many))).toHaveLength(12);
  expect(writtenAsked(many)).toBeUndefined();
  expect(writtenAsked([{ ...guest, filter: "a".repeat(2_000) }])).toBeUndefined();
});

test("a relation gets a name that no field has", () => {
  const fields = [{ name: "People" }, { name: "people_2" }];
  expect(freeName("posts", fields)).toBe("posts");
  expect(freeName("people", fields)).toBe("people_3");
  expect(freeName("2024-posts", fields)).toBe("_2024_posts");
});

test("the values of a select are counted; a record without one is no value", () => {
  const groups = [
    { count: 3, group: { "kind:each": "plain" } },
    { count: 2, group: { "kind:each": null } },
    { count: 1, group: { "kind:each": "" } },
  ];
  expect([...amountsOf(groups, "kind:each")]).toEqual([["plain", 3]]);
});
