// The log and API keys in the dashboard.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { judge, written } from "./browser.mjs";
import { fill } from "./fill.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const open = (path) => page.goto(`${server.url}/_${path}`);
const at = (path) => page.waitForURL((url) => url.pathname === `/_${path}`);
const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const rows = () => page.getByRole("list", { name: "Logs" }).locator("li > button");
// What was asked is in the log a moment later.
async function shown(text) {
  for (let tries = 0; tries < 40 && (await row(text).count()) === 0; tries += 1) {
    await page.getByRole("button", { name: "Load again", exact: true }).click();
    await page.waitForTimeout(250);
  }
  await row(text).waitFor();
}
const row = (text) => rows().filter({ hasText: text }).first();

// What is asked as whoever it is, good or not.
async function answerOf(path, { body, as } = {}) {
  return fetch(server.url + path, {
    method: body ? "POST" : "GET",
    headers: { "content-type": "application/json", ...(as && { authorization: as }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const fields = ["text", "author"].map((name) => ({ name, type: "text" }));
  await ask("/api/collections", { name: "notes", type: "base", fields });
  const rules = { listRule: "", viewRule: 'author = "eve"' };
  await ask("/api/collections", { name: "letters", type: "base", fields, ...rules });
});

after(async () => {
  await end?.();
});

test("what was asked is shown, newest first, with all that is known of it", { skip }, async () => {
  await answerOf("/api/first-that-is-not-there");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await page.getByRole("link", { name: "Logs" }).press("Enter");
  await at("/logs");
  await row("first-that-is-not-there").press("Enter");
  await said("File not found.");
  await judge(page, "log");
});

test("a value of an entry narrows the log, and the address says so", { skip }, async () => {
  await button("status 404").click();
  await page.waitForURL((url) => url.searchParams.get("filter") === "data.status = 404");
  await row("first-that-is-not-there").waitFor();
  assert.equal(await rows().filter({ hasText: "auth-with-password" }).count(), 0);
  await page.reload();
  await row("first-that-is-not-there").waitFor();
  assert.equal(await written(field("Filter")), "data.status = 404");
});

test("a filter that makes no sense says where", { skip }, async () => {
  await field("Filter").fill("data.status = ");
  await page.keyboard.press("Enter");
  await said("Invalid filter format");
  await judge(page, "a wrong filter of the log");
  await page.goBack();
  await row("first-that-is-not-there").waitFor();
});

test("a log that is followed grows by itself, by what its filter selects", { skip }, async () => {
  await button("Follow").click();
  await page.waitForURL((url) => url.searchParams.get("live") === "1");
  await page.waitForTimeout(500);
  await answerOf("/api/health");
  await answerOf("/api/second-that-is-not-there");
  await row("second-that-is-not-there").waitFor();
  assert.equal(await rows().filter({ hasText: "/api/health" }).count(), 0);
  await button("Pause").click();
});

test("J6: requests of the dashboard are left out unless asked for", { skip }, async () => {
  await open("/logs");
  await row("second-that-is-not-there").waitFor();
  assert.equal(await rows().filter({ hasText: "/api/settings" }).count(), 0);
  await field("Requests of the dashboard too").check();
  await page.waitForURL((url) => url.searchParams.get("own") === "1");
  await row("/api/settings").waitFor();
});

test("J1: a value that occurs narrows the log by one click", { skip }, async () => {
  await open("/logs");
  const statuses = page.getByRole("region", { name: "Status", exact: true });
  await statuses.getByRole("button", { name: /^404/ }).press("Enter");
  await page.waitForURL((url) => url.searchParams.get("filter") === "data.status = 404");
  await row("second-that-is-not-there").waitFor();
  await page.waitForFunction(
    () => document.querySelectorAll('[aria-label="Status"] button').length === 1,
  );
});

test("J1, J2: a part of the chart, or a row of its table, sets the range", { skip }, async () => {
  await page.getByText("As a table").click();
  await button("Only this part").first().press("Enter");
  await page.waitForURL((url) => url.searchParams.has("from") && url.searchParams.has("to"));
  await row("not-there").waitFor();
  await button("Do not keep to this part").press("Enter");
  await page.waitForURL((url) => !url.searchParams.has("from"));
  await row("not-there").waitFor();
  const chart = await page.getByRole("img", { name: "Entries over time" }).boundingBox();
  const across = chart.y + chart.height / 2;
  await page.mouse.move(chart.x + chart.width * 0.1, across);
  await page.mouse.down();
  await page.mouse.move(chart.x + chart.width * 0.4, across, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL((url) => url.searchParams.has("from"));
  await said("Nothing was logged");
  await page.goBack();
  await row("not-there").waitFor();
  await judge(page, "log with its chart");
});

test("J3: an entry is an address, and leads to the ones beside it", { skip }, async () => {
  await rows().first().press("Enter");
  await page.waitForURL((url) => url.searchParams.has("entry"));
  const first = new URL(page.url()).searchParams.get("entry");
  await said("curl -X GET");
  await button("Entry below").press("Enter");
  await page.waitForURL((url) => url.searchParams.get("entry") !== first);
  await button("Entry above").press("Enter");
  await page.waitForURL((url) => url.searchParams.get("entry") === first);
  await page.reload();
  await button("Entry below").waitFor();
});

test("J3: an entry tells the rule that denied what seems to be missing", { skip }, async () => {
  const { id } = await ask("/api/collections/letters/records", { text: "x", author: "ann" });
  const records = "/api/collections/letters/records";
  const denied = await answerOf(`${records}/${id}?mark=denied`);
  const missing = await answerOf(`${records}/${id.replaceAll(/./g, "0")}?mark=missing`);
  assert.equal(denied.status, 404);
  assert.equal(await denied.text(), await missing.text(), "the answer does not tell them apart");
  await open(`/logs?filter=${encodeURIComponent('data.url ~ "mark="')}`);
  await shown("mark=missing");
  await button("Denied by a rule").press("Enter");
  await page.waitForURL((url) => url.searchParams.get("filter").includes("data.rule.verdict"));
  await row("mark=missing").waitFor({ state: "detached" });
  await shown("mark=denied");
  assert.equal(await rows().count(), 1);
  await row("mark=denied").press("Enter");
  await said("denied by the rule");
  await said('author = "eve"');
  await said("The rule did not hold, so the answer says that there is no such record.");
  await judge(page, "an entry with its rule");
  await page.getByRole("link", { name: "letters: View one" }).press("Enter");
  await page.waitForURL((url) => url.searchParams.get("action") === "view");
});

test("J3: a write tells how long it took until it was on the disk", { skip }, async () => {
  await ask("/api/collections/letters/records?mark=written", { text: "y" });
  await open(`/logs?filter=${encodeURIComponent('data.url ~ "mark=written"')}`);
  await shown("mark=written");
  await row("mark=written").press("Enter");
  await said(/ms until it was on the disk/);
  await said("No rule judges superusers.");
});

test("J5: a query that looks at much tells the index that it misses", { skip }, async () => {
  await fill(ask, "letters", 600, (number) => ({ author: `a${number % 100}`, text: "t" }));
  const url = "/api/collections/letters/records";
  const filter = (value) => encodeURIComponent(`author = "${value}"`);
  for (const value of ["a1", "a2"]) await answerOf(`${url}?filter=${filter(value)}`);
  await open(`/logs?filter=${encodeURIComponent('data.url ~ "author"')}`);
  await shown("a2");
  const slow = page.getByRole("region", { name: "Queries that look at much", exact: true });
  await slow.getByText("author = ?").waitFor();
  await slow.getByText(/looked at 60\d, showed 6 · 2 requests/).waitFor();
  await judge(page, "slow queries");
  await slow.getByRole("link", { name: "Make this index" }).press("Enter");
  await said("CREATE INDEX `idx_letters_author` ON `letters` (`author`)");
  assert.deepEqual((await ask("/api/collections/letters")).indexes, [], "nothing is saved yet");
  await judge(page, "a proposed index");
  await button("Review and save").click();
  await button("Save these changes").click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  // What it was proposed for is served by it, and an address does not propose it again.
  const { explain } = await ask(`${url}?explain=1&filter=${filter("a1")}`);
  assert.equal(explain.source.index, "idx_letters_author");
  await page.reload();
  await said("CREATE INDEX `idx_letters_author`");
  assert.equal(await page.getByText("CREATE INDEX `idx_letters_author").count(), 1);
});

test("J5: what superusers changed is told with who, and saved as files", { skip }, async () => {
  await ask("/api/settings", { smtp: { password: "hush-hush" } }, { method: "PATCH" });
  await open("/logs");
  await button("What superusers changed").press("Enter");
  await page.waitForURL((url) => url.searchParams.get("own") === "1");
  await rows().filter({ hasText: "GET /api/" }).first().waitFor({ state: "detached" });
  await shown("settings.update: smtp.password");
  await shown("collections.update letters: indexes");
  await row("settings.update: smtp.password").press("Enter");
  await said("PATCH /api/settings");
  await judge(page, "the audit log");
  for (const [name, kind] of [["Save as CSV", "csv"], ["Save as JSON", "json"]]) {
    const downloading = page.waitForEvent("download");
    await button(name).press("Enter");
    const download = await downloading;
    assert.equal(download.suggestedFilename(), `log.${kind}`);
    const text = await readFile(await download.path(), "utf8");
    assert.match(text, /settings\.update/);
    assert.match(text, /_superusers\/\w{15}/);
    assert.equal(text.includes("hush-hush"), false, "no value is told");
  }
});

test("J4, J5: home tells of backups, slow routes and where metrics are", { skip }, async () => {
  await open("/");
  await said("There is no backup yet.");
  await page.getByRole("region", { name: "Slowest routes" }).getByRole("link").first().waitFor();
  await said(`${server.url}/metrics`);
  await judge(page, "home with its facts");
});

test("a key is made after a fresh sign-in, shown once, and works", { skip }, async () => {
  await open("/account");
  await button("Add a key").click();
  await field("Name").fill("nightly");
  assert.equal(await button("Make the key").isDisabled(), true, "it may do nothing yet");
  await field("notes").check();
  await judge(page, "a new key");
  await button("Make the key").click();
  await said("This is the key.");
  const region = page.getByRole("region", { name: "API keys" });
  const key = (await region.locator("pre").innerText()).trim();
  assert.match(key, /^luge_\w{70}$/);
  assert.equal((await answerOf("/api/collections/notes/records", { as: key })).status, 200);
  const body = { text: "x" };
  assert.equal((await answerOf("/api/collections/notes/records", { as: key, body })).status, 403);
  await judge(page, "a key that was made");
  await page.reload();
  await said("notes: List, View");
  assert.equal(await page.getByText(key).count(), 0);

  await button("Revoke nightly").click();
  assert.equal((await answerOf("/api/collections/notes/records", { as: key })).status, 200);
  await button("Revoke nightly for good").click();
  await said("nightly has been revoked.");
  assert.equal((await answerOf("/api/collections/notes/records", { as: key })).status, 403);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|404)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
