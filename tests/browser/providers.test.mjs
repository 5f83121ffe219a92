// Providers to sign in with: one is added, tried out in a window, and removed again.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startProvider } from "../sdk/provider.mjs";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;
let provider;

const open = () => page.goto(`${server.url}/_/collections/users/sign-in?part=providers`);
const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const oauth2 = async () => (await ask("/api/collections/users")).oauth2;

before(async () => {
  if (skip) return;
  // The provider is on this machine, which outbound requests do not reach by themselves.
  process.env.LUGE_OUTBOUND_ALLOW = "127.0.0.1";
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  provider = await startProvider();
  const claims = { email: "bob@example.com", email_verified: true, name: "Bob", sub: "bob-1" };
  provider.user = { claims, userInfo: claims };
});

after(async () => {
  await end?.();
  await provider?.stop();
});

test("K2: a provider is chosen from a list that can be searched", { skip }, async () => {
  await open();
  await said("No providers yet");
  await judge(page, "no providers");
  await button("Add a provider").press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "GitHub" }).waitFor();
  await judge(page, "list of providers");
  await page.keyboard.type("nobody");
  await said("No such provider. Most others work as OIDC.");
  await dialog.getByRole("searchbox").fill("git");
  const names = (await dialog.getByRole("listitem").allInnerTexts()).map((name) => name.trim());
  assert.deepEqual(names, ["GitHub", "GitLab", "Gitee", "Gitea/Forgejo"]);
  await dialog.getByRole("button", { name: "GitHub" }).click();
});

test("K2: the form says what to register where, and that the address does not fit", { skip },
  async () => {
    const form = region("GitHub");
    const link = form.getByRole("link", { name: "Open GitHub's page for developers" });
    assert.equal(await link.getAttribute("href"), "https://github.com/settings/developers");
    const lines = await form.locator("pre").allInnerTexts();
    assert.deepEqual(lines, [
      "http://localhost:8090/api/oauth2-redirect",
      "http://localhost:8090/api/oauth2-callback",
    ]);
    await form.getByText(/but you are at http:\/\/127\.0\.0\.1/).waitFor();
    await judge(page, "a provider's form");
    await ask("/api/settings", { meta: { appURL: server.url } }, { method: "PATCH" });
    await open();
    await button("Add a provider").click();
    await page.getByRole("dialog").getByRole("button", { name: "GitHub" }).click();
    await form.getByText("Copy what it gives you").waitFor();
    const redirect = `${server.url}/api/oauth2-redirect`;
    assert.equal((await form.locator("pre").allInnerTexts())[0], redirect);
    assert.equal(await form.getByText(/but you are at/).count(), 0);
    await button("Cancel", form).click();
    assert.deepEqual((await oauth2()).providers, []);
  });

test("K2: a mistake lands on its field, and nothing is saved", { skip }, async () => {
  await field("Sign in through providers").check();
  await button("Save", region("How it works")).click();
  await said("Saved. It holds from now on.");
  await button("Add a provider").click();
  await page.getByRole("dialog").getByRole("button", { name: "OIDC", exact: true }).click();
  const form = region("OIDC");
  await field("Client id", form).fill("client");
  await field("Issuer", form).fill(provider.issuer);
  await button("Save OIDC", form).click();
  await form.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await field("Client secret", form).getAttribute("aria-invalid"), "true");
  await judge(page, "a refused provider");
  assert.deepEqual((await oauth2()).providers, []);
});

test("K2: it is saved, and its secret is never shown again", { skip }, async () => {
  const form = region("OIDC");
  await field("Client secret", form).fill("client-secret");
  await field("Name on the button", form).fill("Acme");
  await button("Save Acme", region("Acme")).or(button("Save OIDC")).first().click();
  await said(/has been saved\. Try it out before people use it\./);
  const { providers, enabled } = await oauth2();
  assert.equal(enabled, true);
  assert.deepEqual(
    providers.map(({ name, clientId, displayName, extra }) => [name, clientId, displayName, extra]),
    [["oidc", "client", "Acme", { issuer: provider.issuer }]],
  );
  await button("Change Acme").click();
  assert.equal(await field("Client secret", region("Acme")).inputValue(), "");
  await field("Proof of the same browser (PKCE)", region("Acme")).selectOption("On");
  await button("Save Acme").click();
  await said(/has been saved/);
  assert.equal((await oauth2()).providers[0].pkce, true);
});

test("K2: trying it shows the claims and what a new account gets, and writes nothing", { skip },
  async () => {
    const window = page.waitForEvent("popup");
    await button("Try sign-in with Acme").click();
    await window;
    const outcome = region("Try Acme");
    await outcome.waitFor();
    await outcome.getByText("bob@example.com").first().waitFor();
    await outcome.getByText("bob-1").first().waitFor();
    await outcome.getByText(/Asks for: .*openid/).waitFor();
    await outcome.getByText("What a new account gets").waitFor();
    await judge(page, "a provider that was tried");
    assert.equal((await ask("/api/collections/users/records")).totalItems, 0);
    assert.equal((await ask("/api/collections/_externalAuths/records")).totalItems, 0);
  });

test("K2: what is not to be believed says why", { skip }, async () => {
  provider.user = { claims: { aud: "somebody-else" } };
  await button("Try sign-in with Acme").click();
  const row = region("Providers");
  await row.getByRole("alert").waitFor();
  assert.match(await row.getByRole("alert").innerText(), /aud/i);
  assert.equal(await region("Try Acme").count(), 0);
});

test("K2: a provider that says no, and a window that is closed, are told", { skip }, async () => {
  provider.answers["/authorize"] = (say, { url }) => {
    const back = new URL(url.searchParams.get("redirect_uri"));
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("state", url.searchParams.get("state"));
    say(302, {}, { location: back.href });
  };
  const row = region("Providers");
  await button("Try sign-in with Acme").click();
  await row.getByText("Acme answered: access_denied").waitFor();
  provider.answers["/authorize"] = (say) => say(200, {});
  const popup = page.waitForEvent("popup");
  await button("Try sign-in with Acme").click();
  const window = await popup;
  await window.waitForURL(/authorize/);
  await window.close();
  await row.getByText("The window was closed before Acme answered.").waitFor();
  provider.answers["/.well-known/openid-configuration"] = (say) => say(500, {});
});

test("K2: fields that are filled in are chosen among those that fit", { skip }, async () => {
  const part = region("How it works");
  const name = field("The name goes to", part);
  const offered = await name.locator("option").allInnerTexts();
  assert.deepEqual(offered, ["No field", "name"]);
  await name.selectOption("No field");
  await field("Pages to come back to", part).fill("javascript:alert(1)");
  await button("Save", part).click();
  await part.locator('textarea[aria-invalid="true"]').waitFor();
  await field("Pages to come back to", part).fill("https://app.example.com/in");
  await button("Save", part).click();
  await said("Saved. It holds from now on.");
  const { mappedFields, redirectURLs, providers } = await oauth2();
  assert.deepEqual([mappedFields.name, redirectURLs], ["", ["https://app.example.com/in"]]);
  assert.equal(providers.length, 1, "the providers are left alone");
});

test("K2: one is removed after a question", { skip }, async () => {
  await button("Remove Acme").click();
  await judge(page, "a question about a provider");
  await page.keyboard.press("Escape");
  assert.equal((await oauth2()).providers.length, 1);
  await button("Remove Acme").click();
  await button("Remove Acme", page.getByRole("dialog")).click();
  await said("Acme has been removed.");
  assert.deepEqual((await oauth2()).providers, []);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
