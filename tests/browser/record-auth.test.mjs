// The account that an auth record is, as a superuser sees it: sign-in, mails, sessions, passkeys,
// authenticator app, linked accounts, and acting as it. The tests of this file are one story.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const OLD = "quiet-sled-42";

let server;
let page;
let wrongs;
let ask;
let end;
let ann;

const open = (path) => page.goto(`${server.url}/_${path}`);
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const region = (name) => page.getByRole("region", { name, exact: true });
const said = (text, where = page) => where.getByText(text, { exact: false }).first().waitFor();
// Not "1 change is not saved."
const saved = () => page.getByRole("status").filter({ hasText: /^Saved\.$/ }).waitFor();
const accounts = "/api/collections/people";
const stored = () => ask(`${accounts}/records/${ann.id}`);

// A sign-in of the account itself: its status and what was answered.
async function signIn(password) {
  const answer = await fetch(`${server.url}${accounts}/auth-with-password`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ identity: "ann@example.com", password }),
  });
  return { status: answer.status, ...(await answer.json()) };
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const name = { name: "name", type: "text", presentable: true };
  const people = await ask("/api/collections", { name: "people", type: "auth", fields: [name] });
  const account = { name: "Ann Frost", email: "ann@example.com" };
  const body = { ...account, password: OLD, passwordConfirm: OLD };
  ann = await ask(`${accounts}/records`, body);
  await ask("/api/collections/_externalAuths/records", {
    collectionRef: people.id,
    recordRef: ann.id,
    provider: "github",
    providerId: "4711",
  });
});

after(async () => {
  await end?.();
});

test("G7: sign-in is a group of its own, and the token key is not shown", { skip }, async () => {
  await open(`/collections/people/records/${ann.id}`);
  const group = region("Sign-in");
  assert.equal(await field("email", group).inputValue(), "ann@example.com");
  assert.equal(await field("verified", group).isChecked(), false);
  assert.equal(await field("password", group).inputValue(), "", "nobody can read a password");
  assert.equal(await page.getByText("tokenKey").count(), 0);
  await judge(page, "an account");
});

test(
  "G7: verified and a new password are set, and the old one is worth nothing",
  { skip },
  async () => {
    assert.equal((await signIn(OLD)).status, 200);
    const group = region("Sign-in");
    await field("verified", group).check();
    await field("emailVisibility", group).check();
    await button("Generate", group).click();
    const password = await field("password", group).inputValue();
    assert.ok(password.length >= 20);
    await button("Show the password", group).click();
    assert.equal(await field("password", group).getAttribute("type"), "text");
    await page.keyboard.press("Control+s");
    await saved();
    const { verified, emailVisibility } = await stored();
    assert.deepEqual({ verified, emailVisibility }, { verified: true, emailVisibility: true });
    assert.equal((await signIn(OLD)).status, 400);
    assert.equal((await signIn(password)).status, 200);
    assert.equal(await field("password", group).inputValue(), "");
  },
);

test("G2: a password is never kept in a draft", { skip }, async () => {
  await field("password").fill("typed-and-left-42");
  await field("name").fill("Ann Glacier");
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  assert.match(kept, /Ann Glacier/);
  assert.doesNotMatch(kept, /typed-and-left-42/);
  await button("Discard").click();
});

test("G7: a password that is refused is told at its field", { skip }, async () => {
  await field("password").fill("short");
  await button("Save").click();
  await page.locator('[data-field="password"] [aria-invalid="true"]').waitFor();
  await button("Discard").click();
});

test("G7: sessions are listed and ended", { skip }, async () => {
  const again = { password: OLD, passwordConfirm: OLD };
  await ask(`${accounts}/records/${ann.id}`, again, { method: "PATCH" });
  const { token } = await signIn(OLD);
  await page.getByRole("tab", { name: "Account" }).click();
  const sessions = region("Sessions");
  await sessions.getByRole("listitem").first().waitFor();
  await judge(page, "the account of a record");
  assert.equal(await sessions.getByRole("listitem").count(), 1);
  await button("Sign out everywhere", sessions).click();
  const sure = page.getByRole("dialog", { name: "Sign out everywhere" });
  await judge(page, "asking before a session ends");
  await button("Cancel", sure).click();
  assert.equal(await sessions.getByRole("listitem").count(), 1, "nothing has happened yet");
  await button("Sign out everywhere", sessions).click();
  await button("Sign out everywhere", sure).click();
  await said("Not signed in anywhere.", sessions);
  const refused = await fetch(`${server.url}${accounts}/auth-refresh`, {
    method: "POST",
    headers: { authorization: token },
  });
  assert.equal(refused.status, 401);
});

// The page begins on its first tab.
async function reload() {
  await page.reload();
  await page.getByRole("tab", { name: "Account" }).click();
}

test("G7: the history tells of sign-ins, not of wrong passwords", { skip }, async () => {
  assert.equal((await signIn("wrong")).status, 400);
  assert.equal((await signIn(OLD)).status, 200);
  await reload();
  const history = region("Sign-in history");
  const entries = history.getByRole("listitem");
  await said("by password · 127.0.0.1", history);
  const { items } = await ask(`${accounts}/sign-ins?record=${ann.id}`);
  assert.ok(items.length >= 2 && items.every(({ outcome }) => outcome === "signedIn"));
  assert.equal(await entries.count(), Math.min(items.length, 8));
  assert.equal(await history.getByText("Still signed in").count(), 1, "the others have ended");
  await judge(page, "the history of an account");
});

test("G7: who acts as an account is in its history", { skip }, async () => {
  const { token } = await ask(`${accounts}/impersonate/${ann.id}`, { duration: 60 });
  assert.ok(token);
  await reload();
  const history = region("Sign-in history");
  await said(/ acts as this account/, history);
  await said("The token ends", history);
  assert.equal(await history.getByText(token).count(), 0);
});

test("G7: a long history is shown in parts, and a lost one is said", { skip }, async () => {
  for (let times = 0; times < 8; times += 1) assert.equal((await signIn(OLD)).status, 200);
  await reload();
  const history = region("Sign-in history");
  const entries = history.getByRole("listitem");
  await history.getByRole("button", { name: /^Show \d+ more$/ }).waitFor();
  assert.equal(await entries.count(), 8);
  await history.getByRole("button", { name: /^Show \d+ more$/ }).click();
  const { items } = await ask(`${accounts}/sign-ins?record=${ann.id}`);
  assert.equal(await entries.count(), items.length);
  await page.route("**/sign-ins?*", (route) => route.fulfill({ status: 500, body: "{}" }));
  await reload();
  await history.getByRole("alert").waitFor();
  assert.equal(await entries.count(), 0);
  await page.unroute("**/sign-ins?*");
  await reload();
  await entries.first().waitFor();
});

test("G7: a superuser sees the history of the own account", { skip }, async () => {
  await open("/account");
  const history = region("Sign-in history");
  await said("This session", history);
  await judge(page, "the own account");
  await open(`/collections/people/records/${ann.id}`);
  await page.getByRole("tab", { name: "Account" }).click();
});

test("G7: a mail with a link is sent, and a provider unlinked", { skip }, async () => {
  const mails = region("Mails");
  assert.equal(await button("Send verification", mails).count(), 0, "it is verified already");
  await button("Send password reset", mails).click();
  await said("A mail to ann@example.com is on its way.", mails);
  const links = region("Linked accounts");
  await said("github", links);
  await button("Unlink github", links).click();
  await button("Unlink", page.getByRole("dialog", { name: "Unlink github" })).click();
  await said("No linked accounts.", links);
  const { totalItems } = await ask("/api/collections/_externalAuths/records");
  assert.equal(totalItems, 0);
});

test("G7: there are no passkeys and no app, and that is said", { skip }, async () => {
  await said("No passkeys.", region("Passkeys"));
  await said("Off.", region("Authenticator app"));
});

test("G7: a token of the account is made for a chosen time, and works", { skip }, async () => {
  const part = region("Act as this account");
  await field("Valid for", part).selectOption("15 minutes");
  await button("Make a token", part).click();
  await said("Copy it now: it is not shown again.", part);
  const token = await part.locator("pre").textContent();
  const { exp } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  assert.ok(Math.abs(exp - Date.now() / 1000 - 900) < 120);
  const own = ask(`${accounts}/records/${ann.id}`, undefined, { as: token });
  await assert.rejects(own, undefined, "it has the account's rights; these records are locked");
  const session = await page.evaluate(() => localStorage.getItem("luge.session"));
  assert.ok(!session.includes(token), "the superuser is still the one signed in here");
});

test("nothing on the way broke the policy or asked elsewhere", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
