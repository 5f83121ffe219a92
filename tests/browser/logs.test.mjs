// The log and API keys in the dashboard.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, written } from "./browser.mjs";
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
  const notes = { name: "notes", type: "base", fields: [{ name: "text", type: "text" }] };
  await ask("/api/collections", notes);
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
  await said("notes: list, view");
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
