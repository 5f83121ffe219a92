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

/** A server; `options` are further ones of every command, `serving` of `serve` alone. `restart`
 * kills it and starts it again. */
export async function startServer(binary, options = [], serving = []) {
  const folder = mkdtempSync(join(tmpdir(), "luge-sdk-"));
  const data = join(folder, "data");
  execFileSync(binary, ["superuser", "upsert", ...SUPERUSER, "--dir", data, ...options], {
    cwd: folder,
  });
  const address = `127.0.0.1:${await freePort()}`;
  const logFile = join(folder, "process.log");
  const log = openSync(logFile, "a");
  const url = `http://${address}`;
  const printed = () => readFileSync(logFile, "utf8");
  let child;
  const start = async () => {
    child = spawn(binary, ["serve", "--http", address, "--dir", data, ...options, ...serving], {
      cwd: folder,
      stdio: ["ignore", log, log],
    });
    const started = child;
    running.add(started);
    started.once("exit", () => running.delete(started));
    await untilHealthy(url, child, printed);
  };
  const kill = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
  };
  const restart = (meanwhile = () => {}) => kill().then(meanwhile).then(start);
  const stop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { url, stop, restart, folder: data };
}

/** A real S3 server with one bucket. */
export async function startS3(bucket) {
  const binary = process.env.S3_BIN ?? "../../target/tools/s3/bin/moto_server";
  const port = await freePort();
  const child = spawn(binary, ["-H", "127.0.0.1", "-p", `${port}`], { stdio: "ignore" });
  running.add(child);
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child, () => "an S3 server", "/");
  await fetch(`${url}/${bucket}`, { method: "PUT" });
  const stop = () => {
    running.delete(child);
    child.kill("SIGKILL");
  };
  const keys = async () => {
    const listed = await fetch(`${url}/${bucket}?list-type=2`).then((answer) => answer.text());
    return [...listed.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key).sort();
  };
  const settings = { enabled: true, bucket, region: "us-east-1", endpoint: url,
    accessKey: "key", secret: "secret", forcePathStyle: true };
  return { url, stop, keys, settings };
}

async function untilHealthy(url, child, printed, path = "/api/health") {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${printed()}`);
    const healthy = await fetch(`${url}${path}`).then((answer) => answer.ok, () => false);
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server does not answer:\n${printed()}`);
}

/** A port that nobody listens on. */
export function freePort() {
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
