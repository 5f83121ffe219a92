// Settings, backups, mails and jobs in the dashboard.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";
import { becomes } from "./superuser.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const open = (path) => page.goto(`${server.url}/_${path}`);
const at = (path) => page.waitForURL((url) => url.pathname === `/_${path}`);
const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();

const isFocused = (element) => element === document.activeElement;

const settings = () => ask("/api/settings");

before(async () => {
  if (skip) return;
  process.env.LUGE_SETTINGS__smtp__localName = "sled.example.com";
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
});

after(async () => {
  await end?.();
});

test("a setting is changed by keyboard, and only that one", { skip }, async () => {
  const before = await settings();
  await page.getByRole("link", { name: "Settings" }).press("Enter");
  await at("/settings/application");
  await judge(page, "application settings");
  const part = region("Name and address");
  assert.equal(await button("Save", part).isDisabled(), true, "nothing was changed");
  await field("Name of the application").fill("Sled");
  await said("1 change is not saved.");
  await page.keyboard.press("Enter");
  await said("Saved. It holds from now on.");
  const expected = { ...before, meta: { ...before.meta, appName: "Sled" } };
  assert.deepEqual(await settings(), expected);
});

test("a mistake is told at its place, and what was typed stays", { skip }, async () => {
  await field("Colour").fill("red");
  await field("Name of the application").fill("Toboggan");
  await page.keyboard.press("Enter");
  await page.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await field("Colour").getAttribute("aria-invalid"), "true");
  assert.equal(await field("Name of the application").inputValue(), "Toboggan");
  await judge(page, "a mistake in the settings");
  assert.equal((await settings()).meta.appName, "Sled", "nothing was saved");
  await button("Undo", region("Name and address")).click();
  assert.equal(await field("Colour").inputValue(), "#1055c9");
});

test("what is set from outside says where, and cannot be typed over", { skip }, async () => {
  await open("/settings/mail");
  const name = field("Name of this machine");
  assert.equal(await name.inputValue(), "sled.example.com");
  assert.equal(await name.getAttribute("readonly"), "");
  await said("Set by LUGE_SETTINGS__smtp__localName: change it there.");
  await judge(page, "mail settings");
});

test("a secret is sent once and never shown", { skip }, async () => {
  const part = region("Mail server");
  await field("Host", part).fill("127.0.0.1");
  await field("Port", part).fill("1");
  await field("Password", part).fill("hunter-2");
  await button("Save", part).click();
  await said("Saved. It holds from now on.");
  assert.equal(await field("Password", part).inputValue(), "");
  assert.equal("password" in (await settings()).smtp, false);
  await page.reload();
  assert.equal(await field("Password", part).inputValue(), "");
});

test("L2: a mail is tried, without a server and with one that is gone", { skip }, async () => {
  const part = region("Try it out");
  await field("To", part).fill("bob@example.com");
  await button("Send a mail", part).click();
  await said(/Done in [\d.]+ s\. It went to bob@example\.com/);
  await page.getByRole("button", { name: /bob@example\.com/ }).click();
  await page.locator("pre").waitFor();
  assert.match(await page.locator("pre").innerText(), /confirm/i);
  await judge(page, "a kept mail");
  await button("Delete").first().click();
  await said("The mail has been deleted.");

  const server = region("Mail server");
  await field("Send mails", server).check();
  await button("Save", server).click();
  await said("Saved. It holds from now on.");
  await button("Send a mail", part).click();
  await part.getByRole("alert").waitFor();
  await field("Send mails", server).uncheck();
  await button("Save", server).click();
  await said("Saved. It holds from now on.");
});

test("L3: a backup is made, verified, downloaded, deleted", { skip }, async () => {
  await open("/settings/backups");
  await said("No backups yet");
  await said(/About .* before it is packed/);
  await said("Never: set a schedule below.");
  await button("Make a backup").click();
  await said("A backup has been made.");
  await said(/About .*, with 0 files/);
  await said(/ in [\d.]+ s/);
  const [{ key }] = await ask("/api/backups");
  await button(`Verify ${key}`).click();
  await said(`${key} is whole. It was made on`);
  await judge(page, "backups");
  const download = page.waitForEvent("download");
  await button(`Download ${key}`).click();
  assert.equal((await download).suggestedFilename(), key);
  await button(`Delete ${key}`).click();
  await judge(page, "a question");
  await page.keyboard.press("Escape");
  assert.equal((await ask("/api/backups")).length, 1);
  await button(`Delete ${key}`).click();
  await button("Delete backup").click();
  await said(`${key} has been deleted.`);
  assert.deepEqual(await ask("/api/backups"), []);
});

test("L3: how far a backup is, is shown, also of one that others began", { skip }, async () => {
  const began = new Date().toISOString().replace("T", " ");
  const running = { work: "backup", key: "@auto_x.zip", began, done: 1024, expected: 4096 };
  const ended = { running: null, lastSuccess: null };
  const lastFailure = { work: "backup", key: "@auto_x.zip", began, problem: "The disk is full." };
  let answer = { ...ended, running, lastFailure: null };
  await page.route("**/api/backups/status", (route) => route.fulfill({ json: answer }));
  await page.reload();
  await said("@auto_x.zip is being made: 1 kB of about 4 kB");
  const bar = page.getByRole("progressbar");
  assert.equal(await bar.evaluate(({ value, max }) => value / max), 0.25);
  await judge(page, "a backup on its way");
  answer = { ...ended, lastFailure };
  await bar.waitFor({ state: "detached" });
  await said("@auto_x.zip could not be made. The disk is full.");
  await judge(page, "a backup that failed");
  await page.unroute("**/api/backups/status");
});

test("L3: a restore makes no backup where there is nothing to restore", { skip }, async () => {
  await assert.rejects(ask("/api/backups/none.zip/restore?backupFirst=1", {}), /: 400/);
  assert.deepEqual(await ask("/api/backups"), []);
});

test("L3: a restore says what it changes, and backs up before", { skip }, async () => {
  await ask("/api/backups", { name: "before.zip" });
  await ask("/api/settings", { meta: { appName: "After" } }, { method: "PATCH" });
  await ask("/api/collections", { name: "later", type: "base" });
  await page.reload();
  await button("Restore before.zip").click();
  const go = button("Restore everything");
  assert.equal(await go.isDisabled(), true);
  await said(/It was made on .* and holds/);
  await said("later and its 0 records will be gone");
  assert.equal(await field("Make a backup of what is there now before").isChecked(), true);
  await judge(page, "what a restore brings");
  await field("Type the name of the backup to go on").fill("before.zip");
  await go.click();
  await said("The server starts again with before.zip.");
  for (let tries = 0; tries < 100; tries += 1) {
    const name = await settings().then(({ meta }) => meta.appName, () => undefined);
    if (name === "Sled") {
      const keys = (await ask("/api/backups")).map(({ key }) => key);
      assert.ok(keys.some((key) => key.startsWith("before_restore_")), keys.join());
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the server did not come back as it was");
});

test("a schedule that is none is told, one that is holds", { skip }, async () => {
  await open("/settings/backups");
  const part = region("Schedule");
  await field("When", part).fill("every night");
  await button("Save", part).click();
  await part.locator('[aria-invalid="true"]').waitFor();
  await field("When", part).fill("0 3 * * *");
  await button("Save", part).click();
  await said("Saved. It holds from now on.");
  assert.equal((await settings()).backups.cron, "0 3 * * *");
  await page.reload();
  await said(/Daily at 03:00 UTC, the last 3 are kept/);
  await said(/Next: .*, your time/);
});

test("L4: a job says in words when it runs, and is started", { skip }, async () => {
  await open("/settings/jobs");
  await said("Every 6 hours at minute 00 (UTC)");
  await said(/Next: .*, your time/);
  await button("Run now: Clear away old request logs").click();
  await said("Clear away old request logs has been started.");
  const row = page.getByRole("listitem").filter({ has: button("Run now: Clear away old request logs") });
  await row.getByText(/^Last: .*, took [\d.]+ s, done$/).waitFor();
  await page.reload();
  await row.getByText(/^Last: .*, done$/).waitFor();
  await judge(page, "jobs");
});

test("L4: a job that failed says why, and the others are behind a fold", { skip }, async () => {
  const began = new Date().toISOString().replace("T", " ");
  const last = { began, milliseconds: 2340, done: false, problem: "The disk is full." };
  const job = { id: "__pbAutoBackup__", expression: "0 3 * * *", running: "", next: "", last };
  const other = { ...job, id: "trim_log", expression: "", last: null };
  await page.route("**/api/jobs", (route) => route.fulfill({ json: { items: [job, other] } }));
  await page.reload();
  await said("Failed: The disk is full.");
  await said(/Last: .*, took 2.34 s$/);
  const fold = page.getByText("Background work");
  assert.equal(await page.getByText("Shorten the change log").isVisible(), false);
  await fold.click();
  await said("It has not run yet.");
  await judge(page, "a job that failed");
  await page.unroute("**/api/jobs");
});

test("settings are found by their names", { skip }, async () => {
  await open("/settings/application");
  await field("Search settings").fill("trusted");
  const found = page.getByRole("navigation", { name: "Pages of the settings" });
  assert.deepEqual(await found.getByRole("link").allInnerTexts(), [
    "Access", "Headers to believe", "Addresses of proxies", "Take the leftmost address",
  ]);
  await found.getByRole("link", { name: "Addresses of proxies" }).click();
  await at("/settings/access");
  const proxies = field("Addresses of proxies");
  const input = await proxies.elementHandle();
  await page.waitForFunction((wanted) => wanted === document.activeElement, input);
  await judge(page, "access settings");
  await field("Search settings").fill("no such setting");
  await said("No setting of that name.");
  await field("Search settings").fill("");
  const part = region("Superusers");
  await field("Addresses of superusers", part).fill("127.0.0.1\n\n10.0.0.0/8 ");
  await button("Save", part).click();
  await said("Saved. It holds from now on.");
  assert.deepEqual((await settings()).superuserIPs, ["127.0.0.1", "10.0.0.0/8"]);
  for (const name of ["storage", "logs"]) {
    await open(`/settings/${name}`);
    await button("Save").first().waitFor();
    await judge(page, `${name} settings`);
  }
});

test("L1: GraphQL, the size of log entries and what the dashboard hides are set", { skip },
  async () => {
    await open("/settings/application");
    await field("Show the schema to everybody").check();
    await button("Save", region("GraphQL")).click();
    await region("GraphQL").getByText("Saved. It holds from now on.").waitFor();
    assert.deepEqual((await settings()).graphql, { enabled: true, introspection: true });
    const link = page.getByRole("link", { name: "New collection" });
    assert.equal(await link.count(), 1);
    await field("Hide what makes new collections").check();
    await button("Save", region("Dashboard")).click();
    await link.waitFor({ state: "detached" });
    await field("Hide what makes new collections").uncheck();
    await button("Save", region("Dashboard")).click();
    await link.waitFor();
    await open("/settings/logs");
    await field("Largest entry, in bytes").fill("-1");
    await button("Save").click();
    await page.locator('[aria-invalid="true"]').waitFor();
    await field("Largest entry, in bytes").fill("4096");
    await button("Save").click();
    await said("Saved. It holds from now on.");
    assert.equal((await settings()).logs.maxDataSize, 4096);
  });

test("L1: channels are set, and a rule that makes no sense is told at its place", { skip },
  async () => {
    await open("/settings/channels");
    await said("No channels yet.");
    await button("Add a channel").click();
    const channel = page.getByRole("group", { name: "Channel 1" });
    await field("Name", channel).fill("room-{id}");
    await field("Expression: Who may join", channel).fill("nothing = 1");
    await judge(page, "a channel");
    await button("Save").click();
    await channel.locator('[aria-invalid="true"]').waitFor();
    assert.deepEqual((await settings()).channels, []);
    await button("Remove channel 1").click();
  });

test("E1: a channel is opened to everyone by a second decision, never by one click", { skip },
  async () => {
    await button("Add a channel").click();
    const channel = page.getByRole("group", { name: "Channel 1" });
    await field("Name", channel).fill("room-{id}");
    const join = channel.getByRole("group", { name: "Who may join" });
    await join.getByRole("radio", { name: "Everyone" }).press("Space");
    await channel.getByText("Anyone on the network may join without signing in").waitFor();
    await judge(page, "a channel that is to be opened to everyone");
    await button("Save").press("Enter");
    await said("Finish or confirm the rules that are marked.");
    assert.equal(await button("Make it public", channel).evaluate(isFocused), true);
    assert.deepEqual((await settings()).channels, [], "nothing was saved");
    // What was not decided is not decided by its neighbour's removal either.
    await button("Add a channel").press("Enter");
    await button("Remove channel 2").press("Enter");
    await button("Make it public", channel).press("Enter");
    await channel.getByText("Public", { exact: true }).waitFor();
    await join.getByRole("radio", { name: "Superusers" }).press("Space");
    await join.getByRole("radio", { name: "Everyone" }).press("Space");
    await button("Make it public", channel).press("Enter");
    await field("Members see who else is there", channel).check();
    await button("Save").click();
    await said("Saved. It holds from now on.");
    assert.deepEqual((await settings()).channels, [
      { name: "room-{id}", joinRule: "", sendRule: '@request.auth.id != ""', presence: true },
    ]);
    await button("Remove channel 1").click();
    await button("Save").click();
    await said("No channels yet.");
  });

test("K5: limits are tried on the last hour, as they are typed", { skip }, async () => {
  const guest = (path) => fetch(server.url + path);
  await ask("/api/collections", { name: "limited", type: "auth" });
  for (let turn = 0; turn < 4; turn += 1) await guest("/api/collections/limited/auth-methods");
  const logged = encodeURIComponent('data.url ~ "limited/auth-methods"');
  await becomes(async () => (await ask(`/api/logs?filter=${logged}`)).totalItems, 4);
  await open("/settings/access");
  const part = region("Limits of requests");
  await button("Try on the last hour", part).press("Enter");
  await part.getByText(/^Would have refused 0 of \d+ requests of the last hour\.$/).waitFor();
  await judge(page, "limits that were tried");
  await button("Add a rule", part).press("Enter");
  const rule = part.getByRole("group", { name: /^Rule \d+$/ }).last();
  await field("What is asked for", rule).fill("limited:listAuthMethods");
  await field("Requests", rule).fill("3");
  await field("In seconds", rule).fill("3600");
  await part.getByText(/^Would have refused 1 of \d+ requests of the last hour\.$/).waitFor();
  const trial = page.getByRole("group", { name: "Trial of the limits" });
  await trial.getByText("GET /api/collections/{collection}/auth-methods").waitFor();
  assert.equal(await trial.getByText("1 of 4 refused").count(), 2, "by the rule and its route");
  await field("Addresses without limits", part).fill("127.0.0.0/8\n::1");
  await part.getByText(/^Would have refused 0 of \d+ requests of the last hour\.$/).waitFor();
  assert.equal((await settings()).rateLimits.rules.length, 4, "nothing was saved");
  await button("Undo", part).press("Enter");
});

test("L9: what would make the server safer is listed with where to mend it", { skip }, async () => {
  const fields = [{ name: "text", type: "text" }];
  await ask("/api/collections", { name: "wall", type: "base", fields, createRule: "" });
  await open("/");
  await page.getByText(/serious things? about the safety of this server/).waitFor();
  await page.getByRole("link", { name: "see what to do" }).click();
  await at("/settings/security");
  const wall = page.getByRole("listitem").filter({ hasText: "Everybody may write" });
  await wall.getByText("Anyone on the network can create records of wall").waitFor();
  await page.getByText("Your sign-in is a password alone").waitFor();
  await judge(page, "what to look at");
  await wall.getByRole("link", { name: "Rules of wall" }).click();
  await at("/collections/wall/rules");
  await ask("/api/collections/wall", { createRule: null }, { method: "PATCH" });
  await open("/settings/security");
  await page.getByText("Your sign-in is a password alone").waitFor();
  assert.equal(await page.getByText("Everybody may write").count(), 0);
});

test("a page of the settings that does not exist is told", { skip }, async () => {
  await open("/settings/nothing");
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.match(await page.title(), /not found|nothing here/i);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|502)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
