// The unmodified Python package `pocketbase`, on Luge (LUGE_BIN) and on the real PocketBase
// (POCKETBASE_BIN, when set); the same script (`python/contract.py`) passes on both, and both say
// the same. PYTHON_SDK_BIN is a Python that has the package.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { SUPERUSER, startServer } from "./server.mjs";

const python = process.env.PYTHON_SDK_BIN ?? "../../target/tools/python-sdk/bin/python";
const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const STEPS = ["collections", "sign_in", "records", "files", "realtime", "batch", "logs",
  "settings", "crons", "backups"];
const saidBy = {};

/** What the script prints about a server; its complaints fail the test. */
function run(url) {
  const [PB_EMAIL, PB_PASSWORD] = SUPERUSER;
  const env = { ...process.env, PB_URL: url, PB_EMAIL, PB_PASSWORD };
  const child = spawn(python, ["python/contract.py"], { env });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].on("data", (text) => (printed[name] += text));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(printed.stdout));
      else reject(new Error(`the script ended with ${code}:\n${printed.stderr}`));
    });
  });
}

describe("the Python package", () => {
  for (const [product, binary] of binaries) {
    test(`every step passes on ${product}`, async () => {
      const server = await startServer(binary);
      try {
        saidBy[product] = await run(server.url);
        assert.deepEqual(Object.keys(saidBy[product]), STEPS);
      } finally {
        await server.stop();
      }
    });
  }

  for (const step of STEPS) {
    test(`${step}: both say the same`, { skip: binaries.length === 1 }, () => {
      assert.deepEqual(saidBy.luge[step], saidBy.pocketbase[step]);
    });
  }
});
