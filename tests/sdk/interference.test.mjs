// What a caller may not read changes nothing that the caller sees.
// `node interference/main.mjs` does the same at any length.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CONTROLS } from "./interference/controls.mjs";
import { report } from "./interference/report.mjs";
import { interference } from "./interference/run.mjs";

const binary = process.env.LUGE_BIN ?? "../../target/fast/luge";
const pocketbase = process.env.POCKETBASE_BIN;
const seed = Number(process.env.SEED ?? 1);
const REQUESTS = 1500;

describe("non-interference", () => {
  test(`${REQUESTS} requests to servers that differ in secret`, async () => {
    const result = await interference({ binary, requests: REQUESTS, seed, perWorld: 500 });
    assert.equal(result.leaks.length + result.wrong.length, 0, report(result, seed));
    assert.ok(result.secrets > 100, `only ${result.secrets} records differ`);
    assert.ok(result.statuses.get("list 200") > REQUESTS / 4, report(result, seed));
    assert.ok(result.pages > REQUESTS / 10, `only ${result.pages} pages behind cursors`);
  });

  for (const [name, control] of Object.entries(CONTROLS)) {
    test(`control: without ${name}, something is noticed`, async () => {
      const { leaks, weakened } = await interference({ binary, requests: 250, seed, ...control });
      assert.ok(weakened > 0);
      assert.notEqual(leaks.length, 0);
    });
  }

  test("control: PocketBase's leaks are noticed",
    { skip: !pocketbase && "POCKETBASE_BIN is not set" }, async () => {
      const { leaks } = await interference({
        binary: pocketbase, requests: 1000, seed, anyKeyOrder: true,
      });
      const channels = new Set(leaks.map(({ channel }) => channel));
      assert.ok(leaks.length >= 5 && channels.size >= 2, [...channels].join());
    });
});
