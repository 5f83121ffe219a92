/** Shortcuts on the keyboards of the world. */
import { expect, test } from "vitest";
import { nameOf, writtenKeys, type Press } from "../src/state/keys.ts";

const press = (given: Partial<Press>, altGr = false): Press => ({
  key: "",
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...given,
  getModifierState: (name) => altGr && name === "AltGraph",
});

test.each<[string, string | undefined, Press]>([
  ["a letter", "N", press({ key: "n", code: "KeyN" })],
  ["a letter of another Latin layout", "Z", press({ key: "z", code: "KeyY" })],
  ["a Cyrillic letter", "N", press({ key: "т", code: "KeyN" })],
  ["a Greek letter", "S", press({ key: "σ", code: "KeyS", ctrlKey: true, shiftKey: false })],
  ["a Cyrillic letter where a bracket is", "[", press({ key: "х", code: "BracketLeft" })],
  ["a German letter where a bracket is", "Ü", press({ key: "ü", code: "BracketLeft" })],
  ["a sign with Shift", "/", press({ key: "/", code: "Digit7", shiftKey: true })],
  ["a question", "?", press({ key: "?", code: "Slash", shiftKey: true })],
  ["a letter with Shift", "Shift+N", press({ key: "N", code: "KeyN", shiftKey: true })],
  ["a modifier alone", undefined, press({ key: "Control", code: "ControlLeft", ctrlKey: true })],
  ["space", "Space", press({ key: " ", code: "Space" })],
])("%s is %s", (_, name, given) => {
  const wanted = given.ctrlKey && name !== undefined ? `Mod+${name}` : name;
  expect(nameOf(given, false)).toBe(wanted);
});

test("a bracket that needs AltGr is a bracket", () => {
  const german = press({ key: "[", code: "Digit8", ctrlKey: true, altKey: true }, true);
  expect(nameOf(german, false)).toBe("[");
  expect(nameOf(press({ key: "[", code: "Digit5", altKey: true }), true)).toBe("[");
});

test("Mod is what the keyboard has for commands", () => {
  const control = press({ key: "k", code: "KeyK", ctrlKey: true });
  const command = press({ key: "k", code: "KeyK", metaKey: true });
  expect(nameOf(control, false)).toBe("Mod+K");
  expect(nameOf(command, true)).toBe("Mod+K");
  expect(nameOf(control, true)).not.toBe("Mod+K");
  expect(nameOf(command, false)).not.toBe("Mod+K");
  expect(writtenKeys("Mod+K", true)).toEqual(["⌘", "K"]);
  expect(writtenKeys("Mod+K", false)).toEqual(["Ctrl", "K"]);
  expect(writtenKeys("G C")).toEqual(["G", "C"]);
});
