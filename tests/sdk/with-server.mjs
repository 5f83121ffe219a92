// Starts a server and runs a command that finds it by LUGE_URL, LUGE_SUPERUSER_EMAIL and
// LUGE_SUPERUSER_PASSWORD; ends with the command's exit code.

import { spawn } from "node:child_process";
import { SUPERUSER, startServer } from "./server.mjs";

const [program, ...words] = process.argv.slice(2);
if (!program || !process.env.LUGE_BIN) {
  console.error("usage: LUGE_BIN=… node with-server.mjs PROGRAM [ARGUMENT…]");
  process.exit(2);
}
// A provider of the command's own process may be asked.
process.env.LUGE_OUTBOUND_ALLOW ??= "127.0.0.1";
const server = await startServer(process.env.LUGE_BIN);
const [LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD] = SUPERUSER;
const env = { ...process.env, LUGE_URL: server.url, LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD };
const child = spawn(program, words, { stdio: "inherit", env });
child.once("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
child.once("close", async (code) => {
  process.exitCode = code ?? 1;
  await server.stop();
});
