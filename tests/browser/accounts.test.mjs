// What belongs to somebody's account, taken away by a superuser: passkeys, the authenticator app,
// linked providers. Then requests as that account. The tests of this file are one story.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { ask as send, make, plugIn } from "./device.mjs";
import { signedIn } from "./signed-in.mjs";
import { totp } from "./totp.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const PASSWORD = "quiet-sled-42";
const people = "/api/collections/people";

let server;
let page;
let wrongs;
let ask;
let end;
let ann;
let token;

const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const region = (name) => page.getByRole("region", { name, exact: true });
const dialog = (name) => page.getByRole("dialog", { name, exact: true });
const sender = () =>
  region("Try it").getByRole("button", { pressed: true }).filter({ hasText: ann.id });
const said = (text, where = page) => where.getByText(text, { exact: false }).first().waitFor();

// A passkey of hers, made by a page of her own that Chromium gives a device to.
async function addPasskey(name) {
  const { port } = new URL(server.url);
  const origin = `http://localhost:${port}`;
  const passkey = { enabled: true, rpId: "localhost", origins: [origin] };
  await ask(people, { passkey }, { method: "PATCH" });
  const context = await page.context().browser().newContext();
  const theirs = await context.newPage();
  await theirs.goto(`${origin}/api/health`);
  await plugIn(theirs);
  const begun = await send(theirs, `${people}/passkeys/register-options`, { token });
  const { ceremony, publicKey } = begun.json;
  const body = { ceremony, name, ...(await make(theirs, publicKey)) };
  const { status, json } = await send(theirs, `${people}/passkeys/register`, { token, body });
  assert.equal(status, 200, JSON.stringify(json));
  await context.close();
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const own = "@request.auth.id != ''";
  const name = { name: "name", type: "text" };
  const { id } = await ask("/api/collections", { name: "people", type: "auth", fields: [name] });
  await ask("/api/collections", { name: "notes", type: "base", listRule: own, fields: [name] });
  await ask("/api/collections/notes/records", { name: "for members" });
  const account = { email: "ann@example.com", password: PASSWORD, passwordConfirm: PASSWORD };
  ann = await ask(`${people}/records`, account);
  const signIn = { identity: account.email, password: PASSWORD };
  ({ token } = await ask(`${people}/auth-with-password`, signIn, { as: undefined }));
  await addPasskey("Old phone");
  const { secret } = await ask(`${people}/totp/begin`, {}, { as: token });
  await ask(`${people}/totp/confirm`, { code: totp(secret, -1) }, { as: token });
  for (const provider of ["github", "google"]) {
    const link = { collectionRef: id, recordRef: ann.id, provider, providerId: "4711" };
    await ask("/api/collections/_externalAuths/records", link);
  }
  await page.goto(`${server.url}/_/collections/people/records/${ann.id}`);
  await page.getByRole("tab", { name: "Account" }).click();
});

after(async () => {
  await end?.();
});

test("G7: a passkey is removed after a question, and a sign-in if need be", { skip }, async () => {
  const keys = region("Passkeys");
  await said("Old phone", keys);
  await button("Remove Old phone", keys).click();
  await said("Whoever has Old phone cannot sign in with it any more.");
  await judge(page, "asking before a passkey is removed");
  await page.keyboard.press("Escape");
  await dialog("Remove Old phone").waitFor({ state: "detached" });
  const one = `**${people}/passkeys/*`;
  await page.route(one, (route) =>
    route.fulfill({ status: 403, json: { status: 403, message: "Sign in again.", data: {} } }),
  );
  await button("Remove Old phone", keys).click();
  await button("Remove", dialog("Remove Old phone")).click();
  await button("Cancel", page.getByRole("dialog").filter({ has: field("Password") })).click();
  await said("Old phone", keys);
  await page.unroute(one);
  const { items } = await ask(`${people}/passkeys?record=${ann.id}`);
  assert.equal(items.length, 1, "nobody has signed in, so it is still there");
  await button("Remove Old phone", keys).click();
  await button("Remove", dialog("Remove Old phone")).click();
  await said("Old phone no longer signs in.", keys);
  await said("No passkeys.", keys);
  assert.deepEqual((await ask(`${people}/passkeys?record=${ann.id}`)).items, []);
});

test("G7: an authenticator app is switched off", { skip }, async () => {
  const app = region("Authenticator app");
  await said("10 recovery codes are left.", app);
  await button("Switch off the authenticator app", app).click();
  await button("Cancel", dialog("Switch off the authenticator app")).click();
  assert.equal((await ask(`${people}/totp?record=${ann.id}`)).enabled, true);
  await button("Switch off the authenticator app", app).click();
  await button("Switch off", dialog("Switch off the authenticator app")).click();
  await said("Codes are no longer asked for.", app);
  assert.equal((await ask(`${people}/totp?record=${ann.id}`)).enabled, false);
});

test("G7: one linked provider is unlinked, and the other stays", { skip }, async () => {
  const links = region("Linked accounts");
  const all = "**/api/collections/_externalAuths/records/*";
  await page.route(all, (route) =>
    route.fulfill({ status: 500, json: { status: 500, message: "The disk is full.", data: {} } }),
  );
  await button("Unlink github", links).click();
  await button("Unlink", dialog("Unlink github")).click();
  await said("The disk is full.", links);
  assert.equal(await links.getByRole("listitem").count(), 2);
  await page.unroute(all);
  await button("Unlink github", links).click();
  await button("Unlink", dialog("Unlink github")).click();
  await said("github no longer signs in to this account.", links);
  assert.equal(await links.getByRole("listitem").count(), 1);
  await said("google", links);
});

test("G7: the API is opened as the account, by its id and without a token", { skip }, async () => {
  const part = region("Act as this account");
  await field("API of", part).selectOption("notes");
  await judge(page, "acting as an account");
  await part.getByRole("link", { name: "Open the API" }).click();
  await page.waitForURL((url) => url.searchParams.get("as") === `people/${ann.id}`);
  const sending = region("Try it");
  await sender().waitFor();
  const asked = page.waitForRequest((request) => /\/notes\/records\?/.test(request.url()));
  await button("Send", sending).click();
  const { authorization } = (await asked).headers();
  const [, claims] = authorization.split(".");
  assert.equal(JSON.parse(Buffer.from(claims, "base64url").toString()).id, ann.id);
  await said("for members");
  assert.ok(!page.url().includes(authorization.slice(0, 20)));
});

test("G7: who asks stays on the next operation and after a reload", { skip }, async () => {
  await page.getByRole("link", { name: "View", exact: true }).click();
  await sender().waitFor();
  await page.reload();
  await sender().waitFor();
  await page.getByRole("radio", { name: "As a guest" }).check({ force: true });
  await page.waitForURL((url) => url.searchParams.get("as") === "guest");
  await page.goto(`${server.url}/_/collections/notes/api?as=people/nobody`);
  await button("Send").click();
  await page.getByRole("region", { name: "Try it" }).getByRole("alert").waitFor();
});

test("nothing on the way broke the policy or asked elsewhere", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
