// node differential/main.mjs --pairs 20000 --seed 1: compares LUGE_BIN with POCKETBASE_BIN.
// --world N runs one world of the seed, --out FILE writes the differences as JSON.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { differential } from "./run.mjs";
import { report } from "./report.mjs";

const { values } = parseArgs({ options: {
  pairs: { type: "string", default: "20000" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
  world: { type: "string" },
  out: { type: "string" },
} });
const { LUGE_BIN, POCKETBASE_BIN } = process.env;
if (!LUGE_BIN || !POCKETBASE_BIN) {
  console.error("LUGE_BIN and POCKETBASE_BIN name the binaries that are compared");
  process.exit(2);
}
const started = Date.now();
const result = await differential({
  binaries: [LUGE_BIN, POCKETBASE_BIN],
  pairs: Number(values.pairs),
  seed: Number(values.seed),
  only: values.world && Number(values.world),
  log: (line) => console.log(line),
});
console.log(report(result, Number(values.seed)));
console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
if (values.out) writeFileSync(values.out, JSON.stringify(result.differences, null, 1));
process.exitCode = result.differences.length ? 1 : 0;
