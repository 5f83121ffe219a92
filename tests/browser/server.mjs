// The server under test: one that runs already, or LUGE_BIN started fresh, without a superuser.

import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ATTEMPTS = 600;
const ATTEMPT_MS = 50;

// LUGE_URL names a running server; LUGE_SETUP_CODE is given when its setup still waits.
export async function findServer() {
  const { LUGE_BIN, LUGE_URL, LUGE_SETUP_CODE, LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD } =
    process.env;
  const superuser = {
    email: LUGE_SUPERUSER_EMAIL ?? "ada@example.com",
    password: LUGE_SUPERUSER_PASSWORD ?? "quiet-sled-42",
  };
  if (LUGE_URL) return { url: LUGE_URL, code: LUGE_SETUP_CODE, superuser, stop: async () => {} };
  if (!LUGE_BIN) throw new Error("Name a server in LUGE_URL, or a program in LUGE_BIN.");
  return { ...(await startServer(LUGE_BIN)), superuser };
}

// A server of one's own, whose setup waits for `code`.
export async function startServer(program) {
  const folder = mkdtempSync(join(tmpdir(), "luge-browser-"));
  const printed = join(folder, "process.log");
  const log = openSync(printed, "a");
  const address = `127.0.0.1:${await freePort()}`;
  const words = ["serve", "--http", address, "--dir", join(folder, "data")];
  const server = spawn(program, words, { cwd: folder, stdio: ["ignore", log, log] });
  const stop = async () => {
    if (server.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < ATTEMPTS && server.exitCode === null; attempt += 1) {
    const code = /\/_\/setup\?code=([\w-]+)/.exec(readFileSync(printed, "utf8"))?.[1];
    const url = `http://${address}`;
    const healthy = await fetch(`${url}/api/health`).then(({ ok }) => ok, () => false);
    if (code && healthy) return { url, code, stop };
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS));
  }
  const said = readFileSync(printed, "utf8");
  await stop();
  throw new Error(`The server did not come up with a setup link. It printed:\n${said}`);
}

// A port that nobody listens on.
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
