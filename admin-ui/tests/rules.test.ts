/** The rule tester: what is sent, what is not, and how an answer is read. */
import type { Collection } from "@luge/client/admin";
import { beforeEach, expect, test, vi } from "vitest";

vi.mock("../src/fields/index.ts", () => ({ kindOf: () => ({}) }));

const { labelOf, markedBy, sideText } = await import("../src/pages/rules/answer.ts");
const { actionOf, actionsOf, Attempt, editable } = await import(
  "../src/pages/rules/attempt.svelte.ts"
);

const posts = {
  name: "posts",
  type: "base",
  listRule: null,
  viewRule: "owner = @request.auth.id",
  createRule: "",
} as unknown as Collection;
const people = { ...posts, name: "people", type: "auth" } as Collection;
let attempt: InstanceType<typeof Attempt>;

beforeEach(() => {
  attempt = new Attempt();
});

test.each([
  ["", "list"],
  ["action=view", "view"],
  ["action=VIEW", "list"],
  ["action=manage", "list"],
  ["action=truncate", "list"],
])("%j asks a base collection to %s", (query, action) =>
  expect(actionOf(new URLSearchParams(query), posts)).toBe(action),
);

test("only auth collections have rules to manage and to sign in", () => {
  expect(actionsOf(posts)).toEqual(["list", "view", "create", "update", "delete"]);
  expect(actionsOf(people).slice(-2)).toEqual(["manage", "auth"]);
  expect(actionOf(new URLSearchParams("action=manage"), people)).toBe("manage");
});

test.each([
  [null, "superusers"],
  ["", "everyone"],
  ["id != ''", "expression"],
] as const)("the rule %j is for %s, and is sent as it is", (rule, audience) => {
  expect(editable(rule).audience).toBe(audience);
  attempt.edit("list", editable(rule));
  expect(attempt.trial(posts, "list")).toEqual({
    collection: "posts",
    action: "list",
    rule,
    principal: null,
    visible: true,
  });
});

test("records are counted where the action shows some", () => {
  expect(attempt.trial(posts, "view").visible).toBe(true);
  expect(attempt.trial(posts, "update")).not.toHaveProperty("visible");
});

test("each action has its own saved rule, until it is edited", () => {
  expect(attempt.trial(posts, "view").rule).toBe("owner = @request.auth.id");
  attempt.edit("view", { audience: "superusers", expression: "kept" });
  expect(attempt.trial(posts, "view").rule).toBeNull();
  expect(attempt.trial(posts, "create").rule).toBe("");
  expect(attempt.isEdited("create")).toBe(false);
  attempt.restore("view");
  expect(attempt.isEdited("view")).toBe(false);
  expect(attempt.trial(posts, "view").rule).toBe("owner = @request.auth.id");
});

test("an expression that is left empty is asked for, and does not mean everyone", () => {
  attempt.edit("list", { audience: "expression", expression: " \n" });
  expect(attempt.mistakes(posts, "list")).toEqual({ rule: "rules.noExpression" });
  attempt.edit("list", { audience: "everyone", expression: " \n" });
  expect(attempt.mistakes(posts, "list")).toEqual({});
});

test("who asks is a guest, a superuser or a record that is named", () => {
  attempt.who = "superuser";
  expect(attempt.trial(posts, "view").principal).toBe("superuser");
  attempt.who = "record";
  attempt.principal = { collection: "people", id: "" };
  expect(attempt.mistakes(posts, "view")).toEqual({ principal: "rules.noPrincipal" });
  attempt.principal = { collection: "people", id: "p1" };
  expect(attempt.mistakes(posts, "view")).toEqual({});
  expect(attempt.trial(posts, "view").principal).toEqual({ collection: "people", id: "p1" });
  attempt.who = "guest";
  expect(attempt.trial(posts, "view").principal).toBeNull();
});

test("a record is sent without the spaces around it, and never for a create", () => {
  attempt.record = " r1 ";
  expect(attempt.trial(posts, "view").record).toBe("r1");
  expect(attempt.trial(posts, "create")).not.toHaveProperty("record");
});

test.each(["{", "[]", "1", "null", '"text"'])("%s is no body", (body) => {
  attempt.body = body;
  expect(attempt.mistakes(posts, "list")).toEqual({ body: "rules.badBody" });
});

test("a body is sent as its JSON, and an empty one is none", () => {
  attempt.body = ' {"title": "x", "deep": [1]} ';
  expect(attempt.mistakes(posts, "create")).toEqual({});
  expect(attempt.trial(posts, "create").body).toEqual({ title: "x", deep: [1] });
  attempt.body = " \n";
  expect(attempt.trial(posts, "create")).not.toHaveProperty("body");
});

test.each([
  ["a = b", 5, "a = ", "b", ""],
  ["a =", 4, "a =", "", ""],
  ["🛷 = x", 1, "", "🛷", " = x"],
  ["🛷 = x", 5, "🛷 = ", "x", ""],
  ["a =\n b", 6, "a =\n ", "b", ""],
])("%j is marked at character %i", (rule, position, before, wrong, after) => {
  const message = `Invalid rule: nothing is named so (at character ${position}).`;
  expect(markedBy(message, rule)).toEqual({ before, wrong, after, position });
});

test.each([
  "This action is judged on a record.",
  "Invalid rule: x (at character 0).",
  "Invalid rule: x (at character 9).",
  'The text "(at character 1)" is elsewhere.',
])("%j marks nothing", (message) => expect(markedBy(message, "a = b")).toBeUndefined());

test("values are told apart from their texts, and long ones are cut", () => {
  expect(sideText([])).toBe("");
  expect(sideText(["", null, 1, "1"])).toBe('"", null, 1, "1"');
  expect(sideText(["x".repeat(500)]).length).toBeLessThan(130);
});

test("a record is known by the first text of its own", () => {
  const record = { id: "r1", collectionId: "c", collectionName: "posts", n: 1, a: "", title: "T" };
  expect(labelOf(record)).toBe("T");
  expect(labelOf({ id: "r1", collectionName: "posts" })).toBe("");
});
