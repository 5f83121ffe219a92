/** Links of mails: which view they lead to, and what their tokens say. */
import { expect, test, vi } from "vitest";

vi.stubGlobal("location", { pathname: "/", search: "", hash: "" });
const { pathOf } = await import("../src/state/location.svelte.ts");
const { read } = await import("../src/pages/mailed/token.ts");

const token = (claims: unknown) => {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  const text = btoa(String.fromCharCode(...bytes));
  return `header.${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.signature`;
};

test.each([
  ["/", "#/auth/confirm-verification/a.b.c", "/auth/confirm-verification/a.b.c"],
  ["/sign-in", "#/auth/confirm-password-reset/x", "/auth/confirm-password-reset/x"],
  ["/sign-in", "#/elsewhere", "/sign-in"],
  ["/", "#auth/x", "/"],
  ["/", "", "/"],
])("%s%s is the view %s", (pathname, hash, path) => expect(pathOf({ pathname, hash })).toBe(path));

test("a token says whose it is", () => {
  const claims = { collectionId: "users", email: "zoë@example.com", type: "verification" };
  const whole = token(claims);
  expect(read(whole)).toEqual({ token: whole, collection: "users", email: "zoë@example.com" });
  const change = token({ ...claims, newEmail: "<b>@example.com" });
  expect(read(change)).toMatchObject({ email: "<b>@example.com" });
});

test.each([
  "",
  "a",
  "a.b",
  "a.%.c",
  "a..c",
  token(null),
  token([]),
  token("text"),
  token({}),
  token({ collectionId: "users" }),
  token({ collectionId: "", email: "a@example.com" }),
  token({ collectionId: 5, email: "a@example.com" }),
  token({ collectionId: "users", email: 5 }),
])("%j is no token of a mail", (text) => expect(read(text)).toBeUndefined());
