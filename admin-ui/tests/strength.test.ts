import { expect, test } from "vitest";
import { strengthOf } from "../src/pages/setup/strength.ts";

test.each([
  ["", "none"],
  ["1234567", "short"],
  ["日本語", "short"],
  ["password", "weak"],
  ["Password123", "weak"],
  ["12345678901234567890", "weak"],
  ["aaaaaaaaaaaaaaaaaaaa", "weak"],
  ["abcdefghijklmnop", "weak"],
  ["qwertyuiop", "weak"],
  ["luge-runner", "fair"],
  ["quiet-sled-42", "good"],
  ["correct horse battery staple", "strong"],
] as const)("%j is %s", (password, strength) => expect(strengthOf(password)).toBe(strength));

test("the e-mail address makes a password no stronger, even one that looks like a pattern", () => {
  expect(strengthOf("ada.lovelace1", "ada.lovelace@example.com")).toBe("weak");
  expect(strengthOf("a(b|c*d+e?[f", "a(b|c*d+e?[f@example.com")).not.toBe("strong");
});
