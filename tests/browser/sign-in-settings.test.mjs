// How one signs in to a collection: each way with its state, its options and a try.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { plugIn } from "./device.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const ANN = { email: "ann@example.com", password: "quiet-sled-43" };

let server;
let page;
let wrongs;
let ask;
let end;

const open = (part) => page.goto(`${server.url}/_/collections/users/sign-in?part=${part}`);
const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const state = (name) =>
  page.getByRole("navigation", { name: "Parts of the sign-in" }).getByRole("link", { name });
const users = () => ask("/api/collections/users");
const kept = async (to) => (await ask("/api/mails")).items.filter((mail) => mail.to === to);

async function save(part) {
  await button("Save", part).click();
  await part.getByText("Saved. It holds from now on.").waitFor();
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const { email, password } = ANN;
  const ann = { email, password, passwordConfirm: password, verified: true };
  await ask("/api/collections/users/records", ann);
});

after(async () => {
  await end?.();
});

test("K1: an auth collection has a tab that shows each way and whether it is on", { skip },
  async () => {
    await ask("/api/collections", { name: "posts", type: "base", fields: [] });
    await page.goto(`${server.url}/_/collections/posts/records`);
    const tabs = page.getByRole("navigation", { name: "Views on the collection" });
    await tabs.getByRole("link", { name: "Rules" }).waitFor();
    assert.equal(await tabs.getByRole("link", { name: "Sign-in" }).count(), 0);
    await page.goto(`${server.url}/_/collections/users/records`);
    await tabs.getByRole("link", { name: "Sign-in" }).press("Enter");
    await region("Password").waitFor();
    assert.match(await state(/^Password/).innerText(), /On/);
    assert.match(await state(/^One-time codes/).innerText(), /Off/);
    await judge(page, "sign-in by password");
  });

test("K1: a password is tried out, and the superuser stays signed in", { skip }, async () => {
  const part = region("Try it now");
  await field("Identity", part).fill(ANN.email);
  await field("Password", part).fill("wrong");
  await button("Try the sign-in", part).click();
  await part.getByRole("alert").waitFor();
  await field("Password", part).fill(ANN.password);
  await button("Try the sign-in", part).click();
  await said(`It works: this signed in as ${ANN.email}, and was signed out again.`);
  const { items } = await ask("/api/collections/users/records");
  const sessions = await ask(`/api/collections/users/sessions?record=${items[0].id}`);
  assert.deepEqual(sessions.items, [], "nothing of the try is left");
  await page.reload();
  await region("Password").waitFor();
});

test("K1: what a save changes is told, and Undo forgets it", { skip }, async () => {
  await open("codes");
  const part = region("One-time codes");
  await field("Sign in with a mailed code", part).check();
  const length = field("Length of a code", part);
  await length.fill("2");
  assert.equal(await part.getByRole("listitem").count(), 2);
  await judge(page, "a change of the sign-in");
  await button("Save", part).click();
  await part.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await length.getAttribute("aria-invalid"), "true");
  assert.equal((await users()).otp.enabled, false, "nothing was saved");
  await button("Undo", part).click();
  assert.equal(await length.inputValue(), "8");
  assert.equal(await part.getByRole("listitem").count(), 0);
  await field("Sign in with a mailed code", part).check();
  await field("How long a code holds", part).fill("5");
  await save(part);
  const changed = await part.getByRole("listitem").allInnerTexts();
  assert.deepEqual(changed.map((line) => line.replace(/\s+/g, " ")), [
    "Sign in with a mailed code Off → becomes On",
    "How long a code holds 3 minutes → becomes 5 minutes",
  ]);
  const { otp } = await users();
  assert.deepEqual([otp.enabled, otp.duration, otp.length], [true, 300, 8]);
  await state(/^One-time codes.*On/s).waitFor();
});

test("K1: a code is sent and used", { skip }, async () => {
  const part = region("Try it now");
  await field("E-mail address", part).fill(ANN.email);
  await button("Send a code", part).click();
  await said(`A code is on its way to ${ANN.email}, if an account has that address.`);
  const [mail] = await kept(ANN.email);
  const { text } = await ask(`/api/mails/${mail.id}`);
  await field("Code from the mail", part).fill("00000000");
  await button("Try the sign-in", part).click();
  await part.getByRole("alert").waitFor();
  await field("Code from the mail", part).fill(/\d{8}/.exec(text)[0]);
  await button("Try the sign-in", part).click();
  await said(/It works: this signed in as/);
});

test("K1: two ways in a row need two ways", { skip }, async () => {
  await ask("/api/collections/users", { otp: { enabled: false } }, { method: "PATCH" });
  await open("second");
  const part = region("Two ways in a row");
  await field("Ask for a second way", part).check();
  await field("Only for accounts of this rule", part).fill("nothing = 1");
  await button("Save", part).click();
  await said("MFA requires at least 2 auth methods to be enabled.");
  assert.equal((await users()).mfa.enabled, false);
  await ask("/api/collections/users", { otp: { enabled: true } }, { method: "PATCH" });
  await button("Save", part).click();
  await part.locator('input[aria-invalid="true"]').waitFor();
  await field("Only for accounts of this rule", part).fill("");
  await save(part);
  await open("password");
  const tried = region("Try it now");
  await field("Identity", tried).fill(ANN.email);
  await field("Password", tried).fill(ANN.password);
  await button("Try the sign-in", tried).click();
  await said(/the account is asked for a second way/);
});

test("K1: identities are those fields whose values are there only once", { skip }, async () => {
  const boxes = region("Password").getByRole("group", { name: "Identities" });
  assert.deepEqual(await boxes.getByRole("checkbox").count(), 1);
  await field("email", boxes).uncheck();
  await button("Save", region("Password")).click();
  await boxes.getByText("Cannot be blank.").waitFor();
  await button("Undo", region("Password")).click();
});

test("K1: times are in words, the rest is saved each by itself", { skip }, async () => {
  await open("tokens");
  let part = region("Times");
  await field("A sign-in holds", part).fill("14");
  await part.getByText(/14 days\./).waitFor();
  await save(part);
  assert.equal((await users()).authToken.duration, 14 * 86_400);
  await judge(page, "times of the sign-in");
  await open("cookies");
  part = region("Cookies");
  await field("Sign in by cookie", part).check();
  await field("Pages that may act by it", part).fill("app.example.com");
  await button("Save", part).click();
  await part.locator('textarea[aria-invalid="true"]').waitFor();
  await field("Pages that may act by it", part).fill("https://app.example.com");
  await save(part);
  assert.deepEqual((await users()).cookie, {
    enabled: true, sameSite: "lax", origins: ["https://app.example.com"],
  });
  await open("links");
  part = region("Links by mail");
  await field("Sign in with a mailed link", part).check();
  await save(part);
  const tried = region("Try it now");
  await field("E-mail address", tried).fill(ANN.email);
  await button("Send a link", tried).click();
  await said(/A link is on its way/);
  for (const part of ["anonymous", "apps", "alerts"]) {
    await open(part);
    await page.locator("section").first().waitFor();
    await judge(page, `the part ${part}`);
  }
});

test("K1: everybody is signed out after a question", { skip }, async () => {
  await ask("/api/collections/users", { mfa: { enabled: false } }, { method: "PATCH" });
  const signIn = { identity: ANN.email, password: ANN.password };
  const { token } = await ask("/api/collections/users/auth-with-password", signIn);
  const status = () =>
    fetch(`${server.url}/api/collections/users/auth-refresh`, {
      method: "POST", headers: { authorization: token },
    }).then(({ status }) => status);
  await open("tokens");
  await button("Sign everybody out…").click();
  await judge(page, "a question about everybody");
  await page.keyboard.press("Escape");
  assert.equal(await status(), 200);
  await button("Sign everybody out…").click();
  await button("Sign everybody out").click();
  await said("Everybody has been signed out.");
  assert.equal(await status(), 401);
});

test("K3: passkeys say where they work, and that they do not here", { skip }, async () => {
  await open("passkeys");
  await said(/where passkeys of localhost do not work/);
  await judge(page, "passkeys elsewhere");
  const part = region("Passkeys");
  await field("Pages that may ask for one", part).fill("https://app.example.com");
  await button("Save", part).click();
  await part.locator('input[aria-invalid="true"]').waitFor();
  await button("Undo", part).click();
  const { port } = new URL(server.url);
  const appURL = `http://localhost:${port}`;
  await ask("/api/settings", { meta: { appURL } }, { method: "PATCH" });
  await page.reload();
  await said(/where passkeys of localhost do not work/);
});

test("K3: where they fit, one is tried out", { skip }, async () => {
  const { port } = new URL(server.url);
  const session = await page.evaluate(() => localStorage.getItem("luge.session"));
  const device = await plugIn(page);
  const here = server.url.replace("127.0.0.1", "localhost");
  await page.goto(`${here}/_/sign-in`);
  await page.evaluate((kept) => localStorage.setItem("luge.session", kept), session);
  await page.goto(`${here}/_/collections/users/sign-in?part=passkeys`);
  await said(`Passkeys work here, at http://localhost:${port}.`);
  await button("Sign in with a passkey", region("Try it now")).click();
  await region("Try it now").getByRole("alert").waitFor();
  await page.goto(`${here}/_/collections/posts/sign-in`);
  await said("posts has no accounts: only auth collections can be signed in to.");
  await device.unplug();
});

test("K4: a mail is seen as it will look, and as plain text", { skip }, async () => {
  await open("mails");
  const part = region("Mails");
  const frame = page.frameLocator("iframe");
  await frame.getByText("Confirm address").waitFor();
  await judge(page, "mails of a collection");
  const body = '<p style="color: rgb(200, 0, 0)">Hi {RECORD:name}</p><script>top.x = 1</script>' +
    '<style>em { color: rgb(0, 0, 200) }</style><em onclick="top.x = 1">em</em>' +
    '<img src="https://example.com/x.png" onerror="top.x = 1"><p>a</p><a href="{APP_URL}/x">b</a>';
  await field("Body, in HTML", part).fill(body);
  await said("Without {TOKEN} in it, this mail is of no use.");
  const greeting = frame.getByText("Hi Ann");
  await greeting.waitFor();
  const colour = (element) => getComputedStyle(element).color;
  assert.equal(await greeting.evaluate(colour), "rgb(200, 0, 0)");
  assert.equal(await frame.locator("em").evaluate(colour), "rgb(0, 0, 200)");
  assert.equal(await page.evaluate(() => globalThis.x), undefined);
  await page.getByText("Plain text").click();
  const { appURL } = (await ask("/api/settings")).meta;
  const text = await region("Preview").locator("pre").innerText();
  assert.equal(text, `Hi Ann\n\nem\n\na\n\nb (${appURL}/x)`);
  assert.equal(await button("Send to me", part).isDisabled(), true, "not before it is saved");
});

test("K4: placeholders are inserted, and the saved mail is sent", { skip }, async () => {
  const part = region("Mails");
  await field("Subject", part).fill("");
  await button("Save", part).click();
  await part.locator('input[aria-invalid="true"]').waitFor();
  await field("Subject", part).fill("Hello from {APP_NAME}");
  await field("Body, in HTML", part).fill("<p>Go on: </p>");
  await field("Body, in HTML", part).evaluate((area) => area.setSelectionRange(10, 10));
  await field("Insert a placeholder", part).selectOption("TOKEN");
  assert.equal(await field("Body, in HTML", part).inputValue(), "<p>Go on: {TOKEN}</p>");
  await save(part);
  await button("Send to me", part).click();
  await said("It went to ada@example.com.");
  const [mail] = await kept("ada@example.com");
  assert.equal(mail.subject, "Hello from Acme");
  await field("Mail", part).selectOption("Link to sign in");
  assert.equal(await button("Send to me", part).count(), 0, "the server sends none as a try");
});

test("K1: superusers sign in too; a part that does not exist is told", { skip }, async () => {
  await page.goto(`${server.url}/_/collections/_superusers/sign-in`);
  await region("Password").waitFor();
  assert.equal(await state(/^Anonymous/).count(), 0);
  await open("nothing");
  await said("No part of that name. Choose one from the list.");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|403)|asked http:\/\/localhost/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
