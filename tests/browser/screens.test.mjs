// A1, A7 and A8: every screen in light and dark, on a desk and on a phone, and what the first one
// costs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { furnish, openScreen, SCREENS } from "./screens.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const COLD_BYTES_MAX = 250_000;

let server, page, wrongs, ask, end;
let ids;

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  ids = await furnish(ask);
});
after(async () => {
  await end?.();
});

for (const [name, path] of SCREENS) {
  test(`A1, A8: ${name} has no barrier, and is no wider than a phone`, { skip }, async () => {
    await openScreen(page, server, path.replace(/:(\w+)/, (_, what) => ids[what]));
    await judge(page, name);
  });
}

test("A7: the first screen of a guest is small, and comes from here", { skip }, async () => {
  const browser = await launch();
  try {
    const { page: cold, wrongs: worse } = await openPage(browser, server.url);
    const client = await cold.context().newCDPSession(cold);
    await client.send("Network.enable");
    let bytes = 0;
    client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    const answer = await cold.goto(`${server.url}/_/`);
    await cold.getByLabel("Password", { exact: true }).waitFor();
    await cold.waitForLoadState("networkidle");
    console.log(`the first screen of a guest: ${bytes} bytes over the wire`);
    assert.ok(bytes > 0 && bytes <= COLD_BYTES_MAX, `${bytes} bytes`);
    const policy = answer.headers()["content-security-policy"];
    assert.match(policy, /default-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.deepEqual(worse, []);
  } finally {
    await browser.close();
  }
});

test("A7: no screen asked anybody else, or met its policy", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
