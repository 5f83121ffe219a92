/** The rules of a collection: what is edited, what is sent, and how an answer is read. */
import type { Collection, Field, RuleAttempt, RuleTest, RuleVerdict } from "@luge/client/admin";
import { beforeEach, expect, test, vi } from "vitest";
import type { Scope } from "../src/parts/rules/names.ts";
import { placed } from "../src/parts/rules/placed.ts";
import { labelOf, sideText } from "../src/pages/rules/answer.ts";
import { Attempt } from "../src/pages/rules/attempt.svelte.ts";
import {
  branches,
  compareRecords,
  compareVerdicts,
  denied,
  joined,
  type Asked,
} from "../src/pages/rules/compare.ts";
import { RulesDraft } from "../src/pages/rules/draft.svelte.ts";

vi.mock("../src/state/problem.ts", () => ({ explain: () => ({ message: "refused" }) }));
const { failing, freeName } = await import("../src/pages/rules/saved-tests.ts");

const posts = {
  id: "p",
  name: "posts",
  type: "base",
  fields: [
    { name: "id", type: "text" },
    { name: "n", type: "number" },
    { name: "tags", type: "relation", collectionId: "t", maxSelect: 5 },
  ],
  listRule: null,
  viewRule: "owner = @request.auth.id",
  createRule: "",
  updateRule: null,
  deleteRule: null,
} as unknown as Collection;
const scope: Scope = {
  collection: posts,
  collections: [{ id: "t", name: "tags", type: "base", fields: [{ name: "name", type: "text" }] }],
};
let attempt: Attempt;
let draft: RulesDraft;

beforeEach(() => {
  attempt = new Attempt();
  draft = new RulesDraft(posts);
});

test("only what is changed is sent, and it can be taken back", () => {
  expect(draft.changed).toEqual([]);
  draft.rule("listRule").audience = "expression";
  expect(draft.unready).toEqual(["listRule"]);
  draft.rule("listRule").expression = " n > 1 ";
  expect(draft.unready).toEqual([]);
  expect(draft.body()).toEqual({ listRule: "n > 1" });
  draft.restore("listRule");
  expect(draft.body()).toEqual({});
});

test("a rule is not public before that is confirmed, and stays so when it was", () => {
  expect(draft.rule("createRule").confirmed).toBe(true);
  draft.rule("deleteRule").audience = "everyone";
  expect(draft.unready).toEqual(["deleteRule"]);
  draft.rule("deleteRule").confirmed = true;
  expect(draft.unready).toEqual([]);
});

test("what is saved elsewhere is taken up, except under what is being edited", () => {
  draft.rule("viewRule").expression = "n = 2";
  draft.follow({ ...posts, viewRule: "n = 3", listRule: "n = 4" });
  expect(draft.rule("listRule").expression).toBe("n = 4");
  expect(draft.rule("viewRule").expression).toBe("n = 2");
  expect(draft.savedRule("viewRule")).toBe("n = 3");
  expect(draft.changed).toEqual(["viewRule"]);
});

test("who asks is a guest, a superuser or a record that is named", () => {
  expect(attempt.asked("view").principal).toBeNull();
  attempt.who = "superuser";
  expect(attempt.asked("view").principal).toBe("superuser");
  attempt.who = "record";
  attempt.principal = { collection: "people", id: "" };
  expect(attempt.mistakes).toEqual({ principal: "rules.noPrincipal" });
  attempt.principal = { collection: "people", id: "p1" };
  expect(attempt.mistakes).toEqual({});
  expect(attempt.asked("view").principal).toEqual({ collection: "people", id: "p1" });
});

test("a record is sent without the spaces around it, and never for a create", () => {
  attempt.record = " r1 ";
  expect(attempt.asked("view").record).toBe("r1");
  expect(attempt.asked("create")).not.toHaveProperty("record");
});

test.each(["{", "[]", "1", "null", '"text"'])("%s is no body", (body) => {
  attempt.body = body;
  expect(attempt.mistakes).toEqual({ body: "rules.badBody" });
});

test("a body is sent as its JSON, and an empty one is none", () => {
  attempt.body = ' {"title": "x", "deep": [1]} ';
  expect(attempt.mistakes).toEqual({});
  expect(attempt.asked("create").body).toEqual({ title: "x", deep: [1] });
  attempt.body = " \n";
  expect(attempt.asked("create")).not.toHaveProperty("body");
});

test.each<RuleTest>([
  { name: "a", expect: "allow", action: "list", principal: null },
  { name: "b", expect: "deny", action: "view", principal: "superuser", record: "r1" },
  {
    name: "c", expect: "deny", action: "create", principal: { collection: "u", id: "1" },
    body: { n: 1 },
  },
])("a saved test is taken up as it is: $name", ({ name: _, expect: __, ...asked }) => {
  attempt.take({ name: "", expect: "allow", ...asked });
  expect(attempt.asked(asked.action)).toEqual(asked);
});

test.each([
  ["a = b", 5, 4, 5],
  ["a =", 4, 3, 3],
  ["🛷 = x", 5, 5, 6],
  ["a =\n bcd", 6, 5, 8],
])("%j is marked at character %i", (rule, position, from, to) => {
  const message = `Invalid rule: nothing is named so (at character ${position}).`;
  expect(placed(message, rule)).toEqual({ message, from, to });
});

test.each([
  "This action is judged on a record.",
  "Invalid rule: x (at character 0).",
  "Invalid rule: x (at character 9).",
  'The text "(at character 1)" is elsewhere.',
])("%j marks nothing", (message) => expect(placed(message, "a = b")).toEqual({ message }));

test("values are told apart from their texts, and long ones are cut", () => {
  expect(sideText([])).toBe("");
  expect(sideText(["", null, 1, "1"])).toBe('"", null, 1, "1"');
  expect(sideText(["x".repeat(500)]).length).toBeLessThan(130);
});

test.each([
  [{ title: "T", n: 1 }, "T"],
  [{ title: "", n: 7, author: "u1" }, "7"],
  [{ author: "u1" }, ""],
  [{ title: "T", state: "live" }, "live"],
])("the record %j is known as %j", (values, label) => {
  const fields: Field[] = [
    { name: "id", type: "text" },
    { name: "author", type: "relation" },
    { name: "n", type: "number" },
    { name: "title", type: "text" },
    { name: "state", type: "select", presentable: true },
  ];
  expect(labelOf({ id: "r1", ...values }, { fields })).toBe(label);
});

/** A server with numbered records, whose rules are `n OPERATOR NUMBER`, joined in any way. */
function numbered(amount: number): { asked: Asked; requests: () => number } {
  let requests = 0;
  const records = Array.from({ length: amount }, (_, n) => ({ id: `r${n}`, n, title: `T${n}` }));
  const holds = (rule: string | null, record: { id: string; n: number }) => {
    if (rule === null) return false;
    const text = (rule || "1 = 1")
      .replaceAll("\n", " ")
      .replace(/\?(?=[=!<>])/g, "")
      .replace(/([^!<>=])=(?!=)/g, "$1==");
    return Boolean(new Function("n", "id", `return ${text}`)(record.n, record.id));
  };
  const verdict = (allowed: boolean, visible: RuleVerdict["visible"]): RuleVerdict => ({
    allowed,
    skipped: false,
    rule: "",
    trace: null,
    visible,
    plan: null,
  });
  const asked: Asked = {
    async test({ rule, record, visible }) {
      requests += 1;
      const seen = records.filter((each) => holds(rule, each));
      const allowed = seen.some(({ id }) => id === record);
      const items = seen.slice(0, 10);
      return verdict(allowed, visible ? { totalItems: seen.length, items } : null);
    },
    async records(most) {
      const rows = records.slice(0, most).map(({ id, title }) => ({ id, label: title }));
      return { total: amount, rows };
    },
  };
  return { asked, requests: () => requests };
}

const listed: RuleAttempt = { action: "list", principal: null };

test.each([
  [8, "n < 3", "n > 1", 5, 2],
  [8, null, "", 8, 0],
  [40, "n < 30", "n < 20 || n = 35", 1, 10],
  [40, "", "n = 3", 0, 39],
  [600, "n < 300", "n < 400 && n != 7", 100, 1],
  [600, null, "n < 300", 300, 0],
])("of %i records, from %j to %j, %i are gained and %i lost", async (...row) => {
  const [amount, saved, edited, gained, lost] = row;
  const { asked } = numbered(amount);
  const change = await compareRecords(asked, listed, { saved, edited, scope });
  expect(change).toMatchObject({ gained: { amount: gained }, lost: { amount: lost } });
  if (change.kind !== "records") throw new Error("no records");
  expect(change.gained?.some.length).toBe(Math.min(gained, 10));
  expect(change.lost?.some.length).toBe(Math.min(lost, 10));
  expect(change.after - change.before).toBe(gained - lost);
});

test("which of too many records change is not guessed where rules branch", async () => {
  const { asked, requests } = numbered(600);
  const rules = { saved: "n < 300", edited: "n < 400 && n != @collection.tags.name", scope };
  const some = {
    ...asked,
    test: (trial: Parameters<Asked["test"]>[0]) =>
      asked.test({ ...trial, rule: trial.rule?.split(" &&")[0] ?? null }),
  };
  const change = await compareRecords(some, listed, rules);
  expect(change).toEqual({ kind: "records", action: "list", before: 300, after: 400 });
  expect(requests()).toBe(2);
});

test("verdicts are compared for the named record, or for the first ones", async () => {
  const { asked } = numbered(40);
  const update: RuleAttempt = { action: "update", principal: null };
  const rules = { saved: "n < 3", edited: "n > 1" };
  const first = await compareVerdicts(asked, update, rules);
  expect(first).toMatchObject({ kind: "verdicts", asked: 20 });
  if (first.kind !== "verdicts") throw new Error("no verdicts");
  expect([first.gained.length, first.lost.map(({ id }) => id)]).toEqual([17, ["r0", "r1"]]);
  const one = await compareVerdicts(asked, { ...update, record: "r2" }, rules);
  expect(one).toMatchObject({ asked: 1, gained: [], lost: [] });
});

test("two rules are joined so that neither changes the other", () => {
  expect(joined("a = 1 // why", "b = 2 || c = 3")).toBe("(a = 1 // why\n) && (b = 2 || c = 3\n)");
  expect(joined("", "a = 1")).toBe("a = 1");
  expect(joined(null, "a = 1")).toBeNull();
});

test.each([
  ["a = 1", "a ?!= 1"],
  ["a ?~ 'x'", "a !~ 'x'"],
  ["a > 1 && (b <= 2 || c !~ 'x')", "(a ?<= 1) || ((b ?> 2) && (c ?~ 'x'))"],
])("%j does not hold where %j does", (rule, other) => expect(denied(rule)).toBe(other));

test("a rule branches by what has many values", () => {
  expect(branches("n = 1 && id = @request.auth.id", scope)).toBe(false);
  expect(branches("tags.name ?= 'x'", scope)).toBe(true);
  expect(branches("n = 1 || tags:each = 'x'", scope)).toBe(true);
  expect(branches("@collection.tags.name = 'x'", scope)).toBe(true);
  expect(branches("", scope)).toBe(false);
  expect(branches(null, scope)).toBe(false);
});

const verdictOf = (allowed: boolean, totalItems?: number) =>
  ({
    allowed,
    visible: totalItems === undefined ? null : { totalItems, items: [] },
  }) as unknown as RuleVerdict;

test("saved tests of edited rules are run before these are saved", async () => {
  const tests: RuleTest[] = [
    { name: "may", action: "list", expect: "allow" },
    { name: "may not", action: "list", expect: "deny" },
    { name: "sees two", action: "list", expect: "allow", visible: 2 },
    { name: "sees three", action: "list", expect: "allow", visible: 3 },
    { name: "elsewhere", action: "view", expect: "deny" },
    { name: "gone", action: "list", expect: "allow", record: "r9" },
  ];
  const asked: unknown[] = [];
  const found = await failing(tests, { listRule: "n = 1" }, async (trial) => {
    asked.push(trial);
    if (trial.record) throw new Error("no record");
    return verdictOf(true, 2);
  });
  expect(found.map(({ name }) => name)).toEqual(["may not", "sees three", "gone"]);
  expect(found.at(-1)?.reason).toBe("refused");
  expect(asked).toHaveLength(5);
  expect(asked[2]).toEqual({ action: "list", rule: "n = 1", visible: true });
});

test("a new test has a name of its own", () => {
  const named = (name: string): RuleTest => ({ name, action: "list", expect: "allow" });
  expect(freeName("a", [])).toBe("a");
  expect(freeName("a", [named("a"), named("a 2")])).toBe("a 3");
});
