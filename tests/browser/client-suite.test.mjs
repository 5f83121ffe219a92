// The live suite of the client in Chromium: the same files that Node runs.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { bundle } from "../../sdk/tests/runtimes/bundle.mjs";
import { SUPERUSER } from "../sdk/server.mjs";
import { launch } from "./browser.mjs";
import { startSite } from "./site.mjs";

const LEAST_TESTS = 50;

test("the server gives the client as one module, once for each version", async () => {
  const site = await startSite({ "index.html": "<!doctype html><title>page</title>" });
  const browser = await launch();
  try {
    const address = `${site.url}/sdk/luge.js`;
    const first = await fetch(address, { headers: { "accept-encoding": "gzip" } });
    const header = (name) => first.headers.get(name);
    assert.deepEqual(
      [first.status, header("content-type"), header("content-encoding"), header("cache-control")],
      [200, "text/javascript; charset=utf-8", "gzip", "no-cache"],
    );
    const known = await fetch(address, { headers: { "if-none-match": header("etag") } });
    assert.equal(known.status, 304);
    const stale = await fetch(address, { headers: { "if-none-match": '"other"' } });
    assert.equal(stale.status, 200);
    assert.equal((await fetch(address, { method: "POST" })).status, 404);
    assert.notEqual((await fetch(`${site.url}/sdk/other.js`)).headers.get("etag"), header("etag"));
    const tab = await browser.newPage();
    await tab.goto(site.url);
    const names = await tab.evaluate(async () => Object.keys(await import("/sdk/luge.js")));
    for (const name of ["createClient", "live", "join", "batch", "upload", "offline",
      "optimistic", "passkeys", "oauth", "factors"]) {
      assert.ok(names.includes(name), `${name} is missing`);
    }
  } finally {
    await browser.close();
    await site.stop();
  }
});

test("the client's live suite passes in Chromium", async () => {
  const page = '<!doctype html><title>suite</title><link rel="icon" href="data:,">';
  const site = await startSite({ "index.html": `${page}<script src="suite.js"></script>` });
  const [email, password] = SUPERUSER;
  const suite = await bundle({ url: site.url, email, password });
  writeFileSync(join(dirname(site.folder), "luge_public", "suite.js"), suite);
  const browser = await launch();
  try {
    const tab = await browser.newPage();
    tab.setDefaultTimeout(180_000);
    await tab.goto(site.url);
    const { passed, failed } = await tab.evaluate(() => globalThis.outcome);
    assert.deepEqual(failed, []);
    assert.ok(passed.length >= LEAST_TESTS, `only ${passed.length} tests were there`);
    console.log(`Chromium: ${passed.length} passed`);
  } finally {
    await browser.close();
    await site.stop();
  }
});
