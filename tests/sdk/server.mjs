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
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop, folder: data };
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

/** Serves a data folder that is there already; `end` stops the server with a signal. */
export async function serve(binary, data) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const words = ["serve", "--http", url.slice("http://".length), "--dir", data];
  const child = spawn(binary, words, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
  running.add(child);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  ended.then(() => running.delete(child));
  await untilHealthy(url, child, () => printed);
  const end = (signal = "SIGKILL") => {
    child.kill(signal);
    return ended;
  };
  return { url, end, folder: data, printed: () => printed };
}
