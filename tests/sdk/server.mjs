// Starts a server binary on a folder of its own and stops it again.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Servers do not outlive this process.
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

export const SUPERUSER = ["root@example.com", "correct horse battery"];

export async function startServer(binary) {
  const folder = mkdtempSync(join(tmpdir(), "luge-sdk-"));
  const data = join(folder, "data");
  execFileSync(binary, ["superuser", "upsert", ...SUPERUSER, "--dir", data], { cwd: folder });
  return serve(binary, folder, data);
}

/** Serves the data folder `data` within `folder`, which goes when the server is stopped. */
export async function serve(binary, folder, data) {
  const address = `127.0.0.1:${await freePort()}`;
  const logFile = join(folder, "process.log");
  const log = openSync(logFile, "a");
  const child = spawn(binary, ["serve", "--http", address, "--dir", data], {
    cwd: folder,
    stdio: ["ignore", log, log],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const url = `http://${address}`;
  const printed = () => readFileSync(logFile, "utf8");
  await untilHealthy(url, child, printed);
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await ended;
    }
  };
  const stop = async () => {
    await end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop, end, folder: data };
}

async function untilHealthy(url, child, printed) {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${printed()}`);
    const healthy = await fetch(`${url}/api/health`).then((answer) => answer.ok, () => false);
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server does not answer:\n${printed()}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
