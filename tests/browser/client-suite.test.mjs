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
