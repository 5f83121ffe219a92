// Passkeys in a real browser with a virtual device: in the dashboard, and through the API for the
// accounts of an application; then everything that must be refused.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { ask, plugIn } from "./device.mjs";
import { startServer } from "./server.mjs";

const ADA = "ada@example.com";
const PASSWORD = "quiet-sled-42";
const SUPERUSERS = "/api/collections/_superusers";
const MEMBERS = "/api/collections/members";
const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let browser;
let origin;
let page;
let wrongs;
let device;
let root;

const open = (path) => page.goto(`${origin}/_${path}`);
const at = (path) => page.waitForURL((url) => url.pathname + url.search === `/_${path}`);
const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const passkeys = () => page.getByRole("region", { name: "Passkeys" });
const sessions = () => page.getByRole("region", { name: "Sessions" });
const names = () => passkeys().locator("li strong").allInnerTexts();
const isFocused = (locator) => locator.evaluate((it) => it === document.activeElement);
const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("luge.session")));
const api = async (path, options) => {
  const answer = await ask(page, origin + path, options);
  assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer)}`);
  return answer.json;
};

async function signIn() {
  await field("E-mail address").fill(ADA);
  await field("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
}

async function signOut() {
  await page.locator(".user-trigger").press("Enter");
  await page.getByRole("menuitem", { name: "Sign out" }).press("Enter");
}

// A browser that offers no passkeys in autofill, which would else sign in before anything is seen.
const withoutAutofill = () =>
  page.evaluate(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });

before(async () => {
  if (skip) return;
  server = await startServer(process.env.LUGE_BIN);
  origin = server.url.replace("127.0.0.1", "localhost");
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, origin));
  device = await plugIn(page);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a page that is not at the application's address gets no passkey", { skip }, async () => {
  const body = { code: server.code, email: ADA, password: PASSWORD, passwordConfirm: PASSWORD };
  await page.goto(`${origin}/api/health`);
  root = (await api("/api/setup", { body })).token;
  await open("/sign-in");
  await signIn();
  await at("/");
  await page.locator(".user-trigger").press("Enter");
  await page.getByRole("menuitem", { name: "Account" }).press("Enter");
  await at("/account");
  await passkeys().getByText("No passkeys yet").waitFor();
  await judge(page, "account without passkeys");
  // The application is said to be at another port, which is another origin of the same domain.
  await button("Add a passkey").press("Enter");
  await passkeys().getByRole("alert").getByText("It cannot be verified").waitFor();
  await judge(page, "refused registration");
  assert.deepEqual(await names(), []);
  assert.deepEqual(await device.credentials(), []);
  const meta = { appURL: origin };
  await api("/api/settings", { token: root, method: "PATCH", body: { meta } });
});

test("a passkey is added, not twice, and gets another name, by keyboard", { skip }, async () => {
  await field("Name of the passkey").fill("Laptop");
  await page.keyboard.press("Enter");
  await page.getByText("Laptop has been added.").waitFor();
  assert.deepEqual(await names(), ["Laptop"]);
  assert.equal((await device.credentials()).length, 1);
  await judge(page, "account with a passkey");

  await button("Add a passkey").press("Enter");
  await page.getByText("This device has a passkey of this account already.").waitFor();
  assert.deepEqual(await names(), ["Laptop"]);

  await button("Rename Laptop").press("Enter");
  await page.keyboard.type("x".repeat(101));
  await page.keyboard.press("Enter");
  await passkeys().locator('[aria-invalid="true"]').waitFor();
  await judge(page, "refused name");
  await field("Rename Laptop").fill("Desk");
  await page.keyboard.press("Enter");
  await button("Rename Desk").waitFor();
  assert.equal(await isFocused(button("Rename Desk")), true);
  await page.reload();
  await button("Rename Desk").waitFor();
});

test("signed out, one signs in with it: autofill offers it", { skip }, async () => {
  const { token } = await kept();
  await signOut();
  await at("/");
  await page.locator(".user-trigger").waitFor();
  const { token: fresh, record } = await kept();
  assert.equal(record.email, ADA);
  assert.notEqual(fresh, token);
  assert.equal((await ask(page, `${origin}${SUPERUSERS}/auth-refresh`, { token })).status, 401);
  await open("/account");
  await sessions().getByText("by passkey").waitFor();
});

test("B5: signed out, one signs in with it by a button", { skip }, async () => {
  await withoutAutofill();
  await signOut();
  await at("/sign-in");
  await button("Sign in with a passkey").waitFor();
  await judge(page, "sign-in with passkeys");
  await button("Sign in with a passkey").press("Enter");
  await at("/");
});

test("who does not prove to be its user is not signed in", { skip }, async () => {
  await withoutAutofill();
  await device.verify(false);
  await signOut();
  await button("Sign in with a passkey").press("Enter");
  await page.getByText("No passkey was used").waitFor();
  await judge(page, "declined passkey");
  assert.equal(await kept(), null);
  await device.verify(true);
  await button("Sign in with a passkey").press("Enter");
  await at("/");
});

test("B5: sessions end one by one and together, but never this one", { skip }, async () => {
  const identity = { identity: ADA, password: PASSWORD };
  const others = [];
  for (let other = 0; other < 3; other += 1) {
    others.push((await api(`${SUPERUSERS}/auth-with-password`, { body: identity })).token);
  }
  root = others[2];
  await open("/account");
  const ends = sessions().getByRole("button", { name: /^End the session of/ });
  await ends.first().waitFor();
  const before = await ends.count();
  assert.ok(before >= 3);
  assert.equal(await sessions().getByText("This session").count(), 1);
  await judge(page, "sessions");
  await ends.first().press("Enter");
  await page.waitForFunction(
    (left) => document.querySelectorAll('[aria-label^="End the session of"]').length === left,
    before - 1,
  );
  await button(`End ${before - 1} other sessions`).press("Enter");
  await page.getByText("The other sessions have been ended.").waitFor();
  assert.equal(await ends.count(), 0);
  for (const token of others) {
    assert.equal((await ask(page, `${origin}${SUPERUSERS}/auth-refresh`, { token })).status, 401);
  }
  assert.equal(await sessions().locator("li").count(), 1);
  root = (await kept()).token;
});

test("removing needs a fresh sign-in, and one is asked for", { skip }, async () => {
  const { record } = await kept();
  // A token that no sign-in of the last minutes stands behind.
  const { token } = await api(`${SUPERUSERS}/impersonate/${record.id}`, { token: root });
  const stale = (token) =>
    page.evaluate(
      (session) => localStorage.setItem("luge.session", JSON.stringify(session)),
      { token, record, since: Date.now() },
    );
  await stale(token);
  await page.reload();
  await button("Remove Desk").press("Enter");
  await judge(page, "removal of a passkey");
  await button("Remove passkey").press("Enter");
  const dialog = page.getByRole("dialog", { name: "Is it still you?" });
  await dialog.waitFor();
  await judge(page, "sign-in once more");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await names(), ["Desk"]);
  assert.equal(await isFocused(button("Remove Desk")), true);

  await button("Remove Desk").press("Enter");
  await button("Remove passkey").press("Enter");
  await dialog.waitFor();
  assert.equal(await isFocused(field("Password")), true);
  await page.keyboard.type("a wrong password");
  await page.keyboard.press("Enter");
  await dialog.getByText("The e-mail address or the password is wrong.").waitFor();
  assert.equal((await kept()).token, token);
  await dialog.getByRole("button", { name: "Use a passkey" }).press("Enter");
  await passkeys().getByText("No passkeys yet").waitFor();
  root = (await kept()).token;
  assert.notEqual(root, token);
});

test("what the server no longer knows signs nobody in, and says so", { skip }, async () => {
  assert.equal((await device.credentials()).length, 1);
  await signOut();
  await page.getByText("The server did not accept this passkey.").waitFor();
  await button("Sign in with a passkey").press("Enter");
  await page.getByText("The server did not accept this passkey.").waitFor();
  await judge(page, "refused passkey");
  assert.equal(await kept(), null);
  await device.forget();
  await signIn();
  await at("/");
});

test("a sign-out that the server did not hear of is no secret", { skip }, async () => {
  await page.route("**/auth-logout", (route) => route.fulfill({ status: 500, json: {} }));
  await signOut();
  await page.getByText("You are signed out here, but the server did not hear of it.").waitFor();
  await page.unroute("**/auth-logout");
  await signIn();
  await at("/");
  root = (await kept()).token;
});

test("an address that is not of the passkeys' domain says so", { skip }, async () => {
  const other = await openPage(browser, server.url);
  const elsewhere = await plugIn(other.page);
  await other.page.goto(`${server.url}/_/sign-in`);
  await other.page.getByRole("button", { name: "Sign in with a passkey" }).press("Enter");
  await other.page.getByText("are bound to localhost").waitFor();
  await judge(other.page, "passkeys elsewhere");
  await elsewhere.unplug();
  assert.deepEqual(other.wrongs, []);
  await other.page.context().close();
});

test("through all of this the page kept to its rules", { skip }, async () => {
  assert.deepEqual(wrongs, []);
});
