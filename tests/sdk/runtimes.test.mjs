// The client's live suite in Deno and in Bun: the same files that Node and Chromium run.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { bundle } from "../../sdk/tests/runtimes/bundle.mjs";
import { startServer, SUPERUSER } from "./server.mjs";

const LEAST_TESTS = 50;
const OTHER_PLATFORM = process.platform !== "linux" || process.arch !== "x64";
const skip = OTHER_PLATFORM && "the programs are installed for Linux on x64 alone";
const installed = (path) => new URL(`node_modules/${path}`, import.meta.url).pathname;
const RUNTIMES = {
  // The environment is for what compares in the tests: it asks whether to colour.
  Deno: [installed("@deno/linux-x64-glibc/deno"), "run", "--no-prompt", "--allow-env",
    "--allow-net=127.0.0.1"],
  Bun: [installed("@oven/bun-linux-x64/bin/bun"), "run"],
};
/** A promise that nobody listens to ends either of them with an error; what is open does not. */
const TELLS = `globalThis.outcome.then((outcome) => {
  console.log(JSON.stringify(outcome));
  (globalThis.Deno ?? process).exit();
});`;

let server, folder;
before(async () => {
  server = await startServer(process.env.LUGE_BIN ?? "../../target/fast/luge");
  folder = mkdtempSync(join(tmpdir(), "luge-runtimes-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

for (const [name, [program, ...words]] of Object.entries(RUNTIMES)) {
  test(`the client's live suite passes in ${name}`, { skip }, async () => {
    const [email, password] = SUPERUSER;
    const suite = join(folder, `${name}.js`);
    writeFileSync(suite, `${await bundle({ url: server.url, email, password })}\n${TELLS}\n`);
    const { stdout } = await promisify(execFile)(program, [...words, suite], { cwd: folder });
    const { passed, failed } = JSON.parse(stdout.trim().split("\n").at(-1));
    assert.deepEqual(failed, []);
    assert.ok(passed.length >= LEAST_TESTS, `only ${passed.length} tests were there`);
    console.log(`${name}: ${passed.length} passed`);
  });
}
