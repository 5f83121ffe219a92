// From the setup of a server to its first steps.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { plugIn } from "./device.mjs";
import { startServer } from "./server.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const ADA = { email: "ada@example.com", password: "quiet-sled-42" };

let server;
let origin;
let browser;
let page;
let wrongs;
let device;
let folder;

const open = (path) => page.goto(`${origin}/_${path}`);
const at = (path) => page.waitForURL((url) => url.pathname === `/_${path}`);
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const step = (name) =>
  page.getByRole("region", { name: "First steps" }).getByRole("listitem").filter({ hasText: name });
const ticked = (name) => step(name).getByText("Done", { exact: true }).waitFor();
const waits = (name) => step(name).getByText("To do", { exact: true }).waitFor();

// The API as whoever is signed in.
async function ask(path, body, method = body ? "POST" : "GET") {
  const kept = await page.evaluate(() => localStorage.getItem("luge.session"));
  const headers = { "content-type": "application/json", authorization: JSON.parse(kept).token };
  const answer = await fetch(server.url + path, {
    method, headers, ...(body && { body: JSON.stringify(body) }),
  });
  assert.equal(answer.ok, true, `${path}: ${answer.status}`);
  return answer.status === 204 ? undefined : answer.json();
}

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "luge-first-run-"));
  server = await startServer(process.env.LUGE_BIN);
  // Passkeys need a name.
  origin = server.url.replace("127.0.0.1", "localhost");
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, origin));
  device = await plugIn(page);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("B6: the setup says how to come from a backup, and from PocketBase", { skip }, async () => {
  await open(`/setup?code=${server.code}`);
  await page.getByText("Coming from a backup, or from PocketBase?").click();
  await said("luge backup restore FILE.zip");
  await said("luge import pocketbase pb_data");
  await judge(page, "setup with other ways");
});

test("B2: three fields, then a passkey of which one is told what it needs", { skip }, async () => {
  await open(`/setup?code=${server.code}`);
  await field("Setup code").waitFor();
  assert.equal(await page.locator("form input").count(), 3);
  await field("E-mail address").fill(ADA.email);
  await field("Password").fill(ADA.password);
  await page.keyboard.press("Enter");
  await at("/setup/passkey");
  await said(`Passkeys are bound to the address of the application. It is http://localhost:8090`);
  await judge(page, "a passkey after the setup");
});

test("B2: a refusal of the device is told, the next try adds the passkey", { skip }, async () => {
  await device.verify(false);
  await button("Add a passkey").click();
  await page.getByRole("alert").filter({ hasText: /No passkey was used/ }).waitFor();
  await at("/setup/passkey");
  await device.verify(true);
  await button("Add a passkey").click();
  await at("/");
  const { items } = await ask("/api/collections/_superusers/passkeys");
  assert.equal(items.length, 1);
  assert.equal((await ask("/api/settings")).meta.appURL, origin);
  await page.getByRole("region", { name: "First steps" }).waitFor();
});

test("B2: it can be skipped, and one is signed in all the same", { skip }, async () => {
  await open("/setup/passkey");
  await button("Not now").press("Enter");
  await at("/");
  const kept = await page.evaluate(() => localStorage.getItem("luge.session"));
  await page.evaluate(() => localStorage.removeItem("luge.session"));
  await open("/setup/passkey");
  await at("/sign-in");
  await page.evaluate((session) => localStorage.setItem("luge.session", session), kept);
});

test("B3: the first steps wait, and tick themselves", { skip }, async () => {
  await open("/");
  await said("0 of 6 done");
  const names = ["Create a collection", "Load a template", "Bring your data", "Connect an app",
    "Invite an admin", "Set up mail"];
  for (const name of names) await waits(name);
  await judge(page, "first steps");
  await ask("/api/collections", { name: "notes", type: "base", fields: [] });
  await ask("/api/settings", { smtp: { enabled: true, host: "127.0.0.1", port: 1 } }, "PATCH");
  await page.reload();
  await ticked("Create a collection");
  await ticked("Set up mail");
  await waits("Bring your data");
  await ask("/api/settings", { smtp: { enabled: false } }, "PATCH");
});

test("B3: the snippet has the right address, and copying it is a step", { skip }, async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const part = step("Connect an app");
  assert.match(await part.locator("pre").innerText(), new RegExp(`createClient\\("${origin}"\\)`));
  await button("Copy", part).click();
  await ticked("Connect an app");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, new RegExp(`createClient\\("${origin}"\\)`));
});

test("B3: collections of a PocketBase are imported, all or none", { skip }, async () => {
  const file = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const part = step("Bring your data");
  const input = field("Choose the exported file or data.db", part);
  await input.setInputFiles(file("no.json", '{"some": "thing"}'));
  await part.getByText(/This is no export: a list of collections is expected/).waitFor();
  const notes = [{ name: "notes", type: "base", fields: [{ name: "other", type: "text" }] }];
  await input.setInputFiles(file("known.json", JSON.stringify(notes)));
  await part.getByText(/the import would change them: notes\. Nothing was imported\./).waitFor();
  const bad = [
    { name: "good", type: "base", fields: [] },
    { name: "bad", type: "base", fields: [], listRule: "nothing = 1" },
  ];
  await input.setInputFiles(file("bad.json", JSON.stringify(bad)));
  await part.getByText(/nothing/).last().waitFor();
  const { items } = await ask("/api/collections?perPage=100");
  assert.equal(items.some(({ name }) => name === "good"), false);
  const tracks = [{ name: "tracks", type: "base", fields: [{ name: "title", type: "text" }] }];
  await input.setInputFiles(file("good.json", JSON.stringify(tracks)));
  await part.getByText("1 collection has been imported.").waitFor();
  await ticked("Bring your data");
  await page.getByRole("link", { name: "tracks" }).first().waitFor();
});

test("B3: an admin is invited, and gets a link to choose a password", { skip }, async () => {
  await button("Invite an admin").click();
  const dialog = page.getByRole("dialog");
  await judge(page, "inviting an admin");
  await field("E-mail address", dialog).fill(ADA.email);
  await button("Invite", dialog).click();
  await dialog.locator('[aria-invalid="true"]').waitFor();
  await field("E-mail address", dialog).fill("bea@example.com");
  await button("Invite", dialog).click();
  await said("bea@example.com has been invited.");
  await button("Close", dialog).click();
  await ticked("Invite an admin");
  const { items } = await ask("/api/mails");
  const mail = items.find(({ to }) => to === "bea@example.com");
  assert.match((await ask(`/api/mails/${mail.id}`)).text, /auth\/confirm-password-reset\//);
});

test("B3: the list can be put away, and stays away", { skip }, async () => {
  await button("Hide this list").click();
  assert.equal(await page.getByText("First steps").count(), 0);
  await page.reload();
  await page.getByRole("heading", { name: "Collections", level: 1 }).waitFor();
  await page.getByRole("link", { name: "tracks" }).first().waitFor();
  assert.equal(await page.getByText("First steps").count(), 0);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
