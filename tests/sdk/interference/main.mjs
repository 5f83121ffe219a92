// node interference/main.mjs --requests 20000 --seed 1: LUGE_BIN against itself, then every
// control, which must be noticed. --world N runs one world of the seed; PocketBase as LUGE_BIN
// needs --any-key-order.

import { parseArgs } from "node:util";
import { CONTROLS } from "./controls.mjs";
import { report } from "./report.mjs";
import { interference } from "./run.mjs";

const { values } = parseArgs({ options: {
  requests: { type: "string", default: "20000" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
  world: { type: "string" },
  "any-key-order": { type: "boolean", default: false },
} });
const binary = process.env.LUGE_BIN;
if (!binary) {
  console.error("LUGE_BIN names the binary that is tested");
  process.exit(2);
}
const [requests, seed] = [Number(values.requests), Number(values.seed)];
const only = values.world && Number(values.world);
const log = (line) => console.log(line);
const anyKeyOrder = values["any-key-order"];
const result = await interference({ binary, requests, seed, only, anyKeyOrder, log });
console.log(report(result, seed));
let failed = result.leaks.length > 0 || result.wrong.length > 0;
for (const [name, control] of Object.entries(CONTROLS)) {
  const fewer = Math.max(300, requests / 20);
  const weak = await interference({ binary, requests: fewer, seed, ...control });
  console.log(`without ${name}: ${weak.leaks.length} leaks in ${weak.requests} requests`);
  failed ||= weak.leaks.length === 0;
}
process.exitCode = failed ? 1 : 0;
