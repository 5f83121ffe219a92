// The page that shows the OpenAPI document, without dependencies and under a strict policy: read by
// anybody and by a superuser, searched, and used to send a request.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SUPERUSER, startServer } from "../sdk/server.mjs";
import { judge, launch, openPage } from "./browser.mjs";

let server;
let browser;
let page;
let wrongs;
let session;

const api = async (method, path, body, token = session?.token) => {
  const headers = { "content-type": "application/json", ...(token && { authorization: token }) };
  const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
};
const screenshot = (name) =>
  process.env.SCREENSHOTS && page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });

before(async () => {
  server = await startServer(process.env.LUGE_BIN);
  const [identity, password] = SUPERUSER;
  const path = "/api/collections/_superusers/auth-with-password";
  session = await api("POST", path, { identity, password });
  const fields = [
    { name: "title", type: "text", required: true, max: 80 },
    { name: "state", type: "select", values: ["open", "closed"], maxSelect: 1 },
  ];
  const everyone = { listRule: "", createRule: "" };
  await api("POST", "/api/collections", { name: "notes", fields, ...everyone });
  await api("POST", "/api/collections", { name: "vault", fields });
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, server.url));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("anybody reads what everybody may", async () => {
  await page.goto(`${server.url}/api/docs`);
  const groups = page.getByRole("navigation", { name: "Groups" });
  await groups.getByRole("link", { name: "notes", exact: true }).waitFor();
  assert.equal(await groups.getByRole("link", { name: "vault" }).count(), 0);
  await judge(page, "the page");
  await screenshot("docs-guest");
});

test("a search leaves what has the words", async () => {
  await page.getByLabel("Find").fill("notes post");
  const operations = page.locator("details");
  await page.waitForFunction(() => document.querySelectorAll("details").length === 1);
  assert.match(await operations.first().innerText(), /\/api\/collections\/notes\/records/);
  await page.getByLabel("Find").fill("nothing-of-the-kind");
  await page.getByText("Nothing has these words.").waitFor();
});

test("an operation shows its shapes and snippets, and sends a request", async () => {
  await page.getByLabel("Find").fill("notes post");
  const operation = page.locator("#notes_createRecord");
  await operation.locator("summary").click();
  await operation.getByText("title", { exact: true }).first().waitFor();
  const curl = operation.locator("pre").first();
  assert.match(await curl.innerText(), /curl -X POST .*\/api\/collections\/notes\/records/);
  await judge(page, "an operation");
  const body = operation.getByLabel("Body");
  await body.fill('{"title": "it\'s tried"}');
  assert.match(await curl.innerText(), /it'\\''s tried/);
  await operation.getByRole("button", { name: "Try" }).click();
  await operation.getByText(/^200 in \d+ ms$/).waitFor();
  await screenshot("docs-tried");
  await body.fill("{}");
  await operation.getByRole("button", { name: "Try" }).click();
  await operation.getByText(/^400 in \d+ ms$/).waitFor();
  await operation.getByText(/validation_required/).last().waitFor();
  const { totalItems } = await api("GET", "/api/collections/notes/records");
  assert.equal(totalItems, 1);
});

test("the session of the dashboard shows everything, and is sent along", async () => {
  const kept = JSON.stringify(session);
  await page.evaluate((text) => localStorage.setItem("luge.session", text), kept);
  await page.reload();
  await page.getByRole("link", { name: "vault", exact: true }).waitFor();
  await page.getByLabel("Find").fill("vault get list");
  const operation = page.locator("#vault_listRecords");
  await operation.locator("summary").click();
  await operation.getByLabel("perPage").fill("5");
  await operation.getByRole("button", { name: "Try" }).click();
  await operation.getByText(/^200 in \d+ ms$/).waitFor();
  await operation.getByText('"perPage": 5').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await screenshot("docs-phone");
});

test("a token that is given by hand is used, and one that holds no more is a guest's", async () => {
  await page.evaluate(() => localStorage.clear());
  await page.goto(`${server.url}/api/docs`);
  await page.getByText(/as everybody sees them/).waitFor();
  await page.getByLabel("Token to ask with").fill(session.token);
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("link", { name: "vault", exact: true }).waitFor();
  await page.getByLabel("Token to ask with").fill("not.a.token");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("link", { name: "vault", exact: true }).waitFor({ state: "detached" });
});

test("the page did nothing that it must not", async () => {
  assert.deepEqual(wrongs, []);
  const { headers } = await fetch(`${server.url}/api/docs`);
  assert.match(headers.get("content-security-policy"), /default-src 'none'.*script-src 'self'/);
  assert.equal((await fetch(`${server.url}/api/docs/none.js`)).status, 404);
});
