// The example with curl does what it says against a running Luge, also the second time.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { SUPERUSER, startServer } from "./server.mjs";

const run = promisify(execFile);
const script = new URL("../../sdk/examples/curl/todo.sh", import.meta.url).pathname;

let server;
before(async () => (server = await startServer(process.env.LUGE_BIN)));
after(() => server?.stop());

const todo = (password = SUPERUSER[1]) =>
  run("bash", [script], {
    env: {
      ...process.env,
      NO_PROXY: "*",
      LUGE_URL: server.url,
      LUGE_SUPERUSER_EMAIL: SUPERUSER[0],
      LUGE_SUPERUSER_PASSWORD: password,
    },
  });

for (const time of ["first", "second"]) {
  test(`every call of the example works, the ${time} time`, async () => {
    const { stdout } = await todo();
    const [, id, again] = /^([a-z0-9]{15}), and again ([a-z0-9]{15})$/m.exec(stdout);
    assert.equal(id, again);
    const listed = `"items":\\[\\{[^\\]]*"id":"${id}"[^\\]]*\\}\\].*"totalItems":1`;
    assert.match(stdout, new RegExp(listed));
    assert.match(stdout, /"done":true.*\n409\n/);
    assert.match(stdout, /"title":\{"code":"validation_required"/);
    const told = [...stdout.matchAll(/^"action":"(\w+)"$/gm)].map(([, action]) => action);
    assert.deepEqual(told, ["create", "update", "delete"]);
    assert.match(stdout, /\n401\n$/);
  });
}

test("it ends at the first call that is refused", async () => {
  await assert.rejects(todo("wrong"), ({ code, stdout }) => code !== 0 && !/signs up/.test(stdout));
});
