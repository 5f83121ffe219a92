// The pages that links in mails lead to, for accounts of an ordinary collection and for superusers.
// Mails are read where they are kept while no mail server is set.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { findServer } from "./server.mjs";

const PASSWORD = "quiet-sled-42";

let server;
let browser;
let page;
let wrongs;
let token;
let made = 0;

async function api(method, path, body, as = token) {
  const headers = { "Content-Type": "application/json", ...(as && { Authorization: as }) };
  const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const signIn = async (collection, identity, password = PASSWORD) => {
  const path = `/api/collections/${collection}/auth-with-password`;
  return (await api("POST", path, { identity, password }, "")).token;
};

/** A new account of a collection; its address. */
async function account(collection = "users") {
  const email = `rider${(made += 1)}-${Date.now()}@example.com`;
  const body = { email, password: PASSWORD, passwordConfirm: PASSWORD };
  await api("POST", `/api/collections/${collection}/records`, body);
  return email;
}

/** The link in the mail to an address. */
async function link(email) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { items } = await api("GET", "/api/mails?state=kept");
    const mail = items.find(({ to }) => to === email);
    if (mail) {
      const { html } = await api("GET", `/api/mails/${mail.id}`);
      return /href="([^"]+\/_\/#\/auth\/[^"]+)"/.exec(html)[1];
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail(`no mail to ${email}`);
}

const ask = (flow, body, as = "", collection = "users") =>
  api("POST", `/api/collections/${collection}/${flow}`, body, as);
const button = (name) => page.getByRole("button", { name, exact: true });
const says = (text) => page.getByText(text).waitFor();
async function open(address) {
  // Another hash alone would not load the page anew.
  await page.goto("about:blank");
  await page.goto(address);
}

before(async () => {
  server = await findServer();
  const { email, password } = server.superuser;
  // One that was set up by another story of this folder is signed in to.
  const { required } = await api("GET", "/api/setup", undefined, "");
  if (required) {
    const body = { code: server.code, email, password, passwordConfirm: password };
    await api("POST", "/api/setup", body, "");
  }
  token = await signIn("_superusers", email, password);
  await api("PATCH", "/api/settings", { meta: { appURL: server.url }, smtp: { enabled: false } });
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, new URL(server.url).origin));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("an address is confirmed", async () => {
  const email = await account();
  await ask("request-verification", { email });
  const address = await link(email);
  await open(address);
  await says(email);
  await judge(page, "confirm an address");
  await button("Confirm").click();
  await says("Your e-mail address is confirmed.");
  await judge(page, "an address is confirmed");
  const { items } = await api("GET", `/api/collections/users/records?filter=email='${email}'`);
  assert.equal(items[0].verified, true);
});

test("a password is chosen, once", async () => {
  const email = await account();
  await ask("request-password-reset", { email });
  const address = await link(email);
  await open(address);
  await judge(page, "choose a password");
  const field = page.getByLabel("New password", { exact: true });
  await field.fill("short");
  await page.keyboard.press("Enter");
  await page.locator('input[aria-invalid="true"]').waitFor();
  await field.fill("another-sled-43");
  await page.keyboard.press("Enter");
  await says("Your password is changed.");
  await signIn("users", email, "another-sled-43");
  await open(address);
  await field.fill("yet-another-sled-44");
  await page.keyboard.press("Enter");
  await says("This link has ended or was used already.");
  await judge(page, "a link that was used");
  await signIn("users", email, "another-sled-43");
});

test("an address is changed with the password", async () => {
  const email = await account();
  const wanted = `wanted-${email}`;
  const own = await signIn("users", email);
  await ask("request-email-change", { newEmail: wanted }, own);
  await open(await link(wanted));
  await says(wanted);
  await judge(page, "change an address");
  const field = page.getByLabel("Your password", { exact: true });
  await field.fill("wrong");
  await page.keyboard.press("Enter");
  await page.locator('input[aria-invalid="true"]').waitFor();
  await field.fill(PASSWORD);
  await page.keyboard.press("Enter");
  await says("Your e-mail address is changed.");
  await signIn("users", wanted);
});

test("a superuser chooses a password too", async () => {
  const email = await account("_superusers");
  await ask("request-password-reset", { email }, "", "_superusers");
  await open(await link(email));
  await page.getByLabel("New password", { exact: true }).fill("another-sled-43");
  await button("Save the password").click();
  await says("Your password is changed.");
  await signIn("_superusers", email, "another-sled-43");
});

test("links that are cut off say so", async () => {
  for (const flow of ["confirm-verification", "confirm-password-reset", "confirm-email-change"]) {
    await open(`${server.url}/_/#/auth/${flow}/eyJhbGciOiJIUzI1NiJ9.e`);
    await says("This link is not complete.");
    assert.equal(await page.locator("form").count(), 0);
  }
  await judge(page, "a link that is cut off");
});

test("nothing was thrown, breached or asked of others", () => {
  assert.deepEqual(wrongs, []);
});
