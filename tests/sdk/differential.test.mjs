// Random worlds, requests and rules on Luge and on the real PocketBase: the same answers, but for
// the differences that are meant. `node differential/main.mjs` does the same at any length.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { DIFFERENCES } from "./differential/differences.mjs";
import { report } from "./differential/report.mjs";
import { differential } from "./differential/run.mjs";

const luge = process.env.LUGE_BIN ?? "../../target/fast/luge";
const pocketbase = process.env.POCKETBASE_BIN;
const seed = Number(process.env.SEED ?? 1);
const PAIRS = 1500;

describe("the same answers from both", { skip: !pocketbase && "POCKETBASE_BIN is not set" }, () => {
  test(`${PAIRS} pairs of answers`, async () => {
    const binaries = [luge, pocketbase];
    const result = await differential({ binaries, pairs: PAIRS, seed, perWorld: 500 });
    assert.equal(result.differences.length, 0, report(result, seed));
    const { histogram } = result;
    const shares = [
      [histogram.share("status 200", "requests"), 0.6],
      [histogram.share("lists of some", "list 200"), 0.4],
      [histogram.share("across relations", "requests"), 0.4],
    ];
    for (const [share, least] of shares) assert.ok(share >= least, `${share}\n${histogram}`);
    const meant = [...result.explained.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(meant < PAIRS / 20, `${meant} differences are called meant`);
  });

  test("control: one record less on one side is noticed", async () => {
    const control = async ({ servers: [, second] }, { collections, records }) => {
      const { token } = { token: second.tokens.superuser };
      for (const { name } of collections) {
        const path = `/api/collections/${name}/records/${records[name].at(-1).id}`;
        await second.ask("DELETE", path, undefined, { token });
      }
    };
    const binaries = [pocketbase, pocketbase];
    const { differences } = await differential({ binaries, pairs: 40, seed, control });
    assert.notEqual(differences.length, 0);
  });
});

test("what is meant to differ is documented", () => {
  const page = readFileSync(new URL("../../server/API.md", import.meta.url), "utf8");
  for (const { entry } of DIFFERENCES) assert.ok(page.includes(`\n| ${entry}`), entry);
});
