import { expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { isForbidden } from "../src/index.js";

/** A server that keeps what it was asked and always gives the same answer. */
function server(answer: object, status = 200) {
  const asked: unknown[] = [];
  const admin = createAdminClient("http://server", {
    fetch: async (url, init) => {
      asked.push([init?.method, new URL(String(url)).pathname, JSON.parse(String(init?.body))]);
      return Response.json(answer, { status });
    },
  });
  return { admin, asked };
}

test("a trial is sent as it is, a locked rule as null", async () => {
  const nothing = { rule: null, trace: null, visible: null, plan: null };
  const verdict = { allowed: false, skipped: false, ...nothing };
  const { admin, asked } = server(verdict);
  const trial = { collection: "posts", action: "view", rule: null, record: "r1" } as const;
  expect(await admin.rules.test(trial)).toEqual(verdict);
  expect(asked).toEqual([["POST", "/api/rules/test", trial]]);
});

test("a rule that is left out is the saved one, which is not the locked one", async () => {
  const { admin, asked } = server({});
  await admin.rules.test({ collection: "posts", action: "list" });
  expect(asked).toEqual([["POST", "/api/rules/test", { collection: "posts", action: "list" }]]);
});

test("the saved tests of one collection are run, or of all", async () => {
  const run = { passed: 1, failed: 0, results: [] };
  const { admin, asked } = server(run);
  expect(await admin.rules.run("posts")).toEqual(run);
  await admin.rules.run();
  expect(asked).toEqual([
    ["POST", "/api/rules/run", { collection: "posts" }],
    ["POST", "/api/rules/run", {}],
  ]);
});

test("a refusal is an error like any other", async () => {
  const { admin } = server({ message: "Superusers only.", data: {} }, 403);
  const error = await admin.rules.run().catch((error: unknown) => error);
  expect(isForbidden(error)).toBe(true);
});
