// A backup instead of a setup.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { startServer } from "./server.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let browser;
let page;
let wrongs;
let folder;
let backup;

const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const alert = (text) => page.getByRole("alert").filter({ hasText: text }).waitFor();

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

// The backup of a server that somebody has used.
async function made() {
  const { server, ask, end } = await signedIn(process.env.LUGE_BIN);
  const fields = [{ name: "title", type: "text" }];
  await ask("/api/collections", { name: "notes", type: "base", listRule: "", fields });
  await ask("/api/collections/notes/records", { title: "kept" });
  await ask("/api/backups", { name: "all.zip" });
  const { token } = await ask("/api/files/token", {});
  const answer = await fetch(`${server.url}/api/backups/all.zip?token=${token}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  await end();
  return bytes;
}

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "luge-setup-restore-"));
  backup = await made();
  server = await startServer(process.env.LUGE_BIN);
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, server.url));
});

after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("B6: no backup is taken without the code", { skip }, async () => {
  await page.goto(`${server.url}/_/setup`);
  await page.getByText("Coming from a backup, or from PocketBase?").click();
  assert.equal(await field("Choose the backup").isDisabled(), true);
  await field("Setup code").fill("0".repeat(32));
  await field("Choose the backup").setInputFiles(file("all.zip", backup));
  await alert("The setup code is wrong or expired.");
  assert.equal(await button("Restore this backup").count(), 0);
});

test("B6: what is no backup is told, and changes nothing", { skip }, async () => {
  await field("Setup code").fill(server.code);
  await field("Choose the backup").setInputFiles(file("all.zip", "nothing"));
  await alert("all.zip cannot be restored");
  const damaged = Buffer.from(backup);
  damaged[Math.floor(damaged.length / 3)] ^= 1;
  await field("Choose the backup").setInputFiles(file("damaged.zip", damaged));
  await alert("damaged.zip cannot be restored");
  await judge(page, "a damaged backup at the setup");
  assert.equal(await button("Restore this backup").count(), 0);
});

test("B6: a backup is told, restored, and its accounts sign in", { skip }, async () => {
  await field("Choose the backup").setInputFiles(file("all.zip", backup));
  await said(/It was made on .* 2 collections of your own|It was made on/);
  await judge(page, "a backup at the setup");
  const setup = await (await fetch(`${server.url}/api/setup`)).json();
  assert.equal(setup.required, true, "nothing happened yet");
  await button("Restore this backup").click();
  await page.waitForURL((url) => url.pathname === "/_/sign-in", { timeout: 60_000 });
  await field("E-mail address").fill("ada@example.com");
  await field("Password").fill("quiet-sled-42");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "notes" }).first().waitFor();
  const { items } = await (await fetch(`${server.url}/api/collections/notes/records`)).json();
  assert.deepEqual(items.map(({ title }) => title), ["kept"]);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const expected = /status of 400/;
  assert.deepEqual(wrongs.filter((wrong) => !expected.test(wrong)), []);
});
