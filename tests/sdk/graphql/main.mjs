// node graphql/main.mjs --requests 2000 --seed 1: REST and GraphQL of LUGE_BIN answer the same.
// --world N runs one world of the seed.

import { parseArgs } from "node:util";
import { compared } from "./run.mjs";

const { values } = parseArgs({ options: {
  requests: { type: "string", default: "2000" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
  world: { type: "string" },
} });
const binary = process.env.LUGE_BIN;
if (!binary) {
  console.error("LUGE_BIN names the binary that is tested");
  process.exit(2);
}
const [requests, seed] = [Number(values.requests), Number(values.seed)];
const only = values.world && Number(values.world);
const result = await compared({ binary, requests, seed, only, log: (line) => console.log(line) });
for (const difference of result.differences.slice(0, 10)) {
  console.log(JSON.stringify(difference, null, 2).slice(0, 4000));
}
console.log(`seed ${seed}: ${result.requests} requests, ${result.differences.length} differences`);
console.log([...result.answered].map(([what, count]) => `${what}: ${count}`).sort().join(", "));
process.exitCode = result.differences.length ? 1 : 0;
