// A superuser who has an authenticator app, at the dashboard's sign-in page.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { startServer } from "./server.mjs";
import { totp } from "./totp.mjs";

const ADA = "ada@example.com";
const PASSWORD = "quiet-sled-42";
const SUPERUSERS = "/api/collections/_superusers";
const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let browser;
let page;
let wrongs;
let secret;
let recoveryCodes;

const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const refused = () => page.getByText("This code is wrong, or was used before.");
const at = (path) => page.waitForURL((url) => url.pathname === `/_${path}`);

async function ask(path, body, token) {
  const answer = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: token }) },
    body: JSON.stringify(body),
  });
  assert.equal(answer.ok, true, `${path}: ${answer.status}`);
  return answer.json();
}

async function beginSignIn() {
  await page.goto(`${server.url}/_/sign-in`);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await field("E-mail address").fill(ADA);
  await field("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "One more step" }).waitFor();
}

before(async () => {
  if (skip) return;
  server = await startServer(process.env.LUGE_BIN);
  const body = { code: server.code, email: ADA, password: PASSWORD, passwordConfirm: PASSWORD };
  const { token } = await ask("/api/setup", body);
  ({ secret } = await ask(`${SUPERUSERS}/totp/begin`, {}, token));
  ({ recoveryCodes } = await ask(`${SUPERUSERS}/totp/confirm`, { code: totp(secret, -1) }, token));
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, server.url));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the password is not enough, and a wrong code is refused", { skip }, async () => {
  await beginSignIn();
  await judge(page, "second factor");
  await field("Code of the app").fill("000000");
  await button("Go on").click();
  await refused().waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("luge.session")), null);
});

test("B5: a code of the app signs in", { skip }, async () => {
  await field("Code of the app").fill(totp(secret));
  await button("Go on").click();
  await at("/");
});

test("a recovery code stands in for the app, once", { skip }, async () => {
  for (const isFirst of [true, false]) {
    await beginSignIn();
    await button("Use a recovery code").click();
    await field("Recovery code").fill(recoveryCodes[0]);
    await button("Go on").click();
    if (isFirst) await at("/");
    else await refused().waitFor();
  }
  assert.equal(await page.evaluate(() => localStorage.getItem("luge.session")), null);
});

test("whoever took too long begins anew", { skip }, async () => {
  await beginSignIn();
  await button("Begin anew").click();
  await field("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await field("Code of the app").waitFor();
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|429)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
