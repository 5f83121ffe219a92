// Webhooks in the dashboard, with a server that hears them.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;
let secret;
let status = 200;
const heard = [];
const hearer = createServer((request, answer) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    heard.push({ headers: request.headers, body });
    answer.writeHead(status).end();
  });
});

const open = (path) => page.goto(`${server.url}/_${path}`);
const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();

async function until(there) {
  for (let tries = 0; tries < 200 && !(await there()); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

before(async () => {
  if (skip) return;
  await new Promise((resolve) => hearer.listen(0, "127.0.0.1", resolve));
  process.env.LUGE_OUTBOUND_ALLOW = `127.0.0.1:${hearer.address().port}`;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const fields = [{ name: "text", type: "text" }];
  await ask("/api/collections", { name: "notes", type: "base", fields });
});

after(async () => {
  await end?.();
  hearer.close();
});

test("mistakes are told at their places", { skip }, async () => {
  await open("/settings/webhooks");
  await said("No webhooks yet");
  await judge(page, "no webhooks");
  await button("Add a webhook").click();
  await field("Address").fill("http://10.0.0.1/hook");
  await field("Collection").selectOption("notes");
  await button("Make the webhook").click();
  await page.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await field("Address").getAttribute("aria-invalid"), "true");
  await judge(page, "a wrong webhook");
  assert.equal((await ask("/api/webhooks")).totalItems, 0);
});

test("a webhook is made, and its secret shown once", { skip }, async () => {
  await field("Name").fill("hearer");
  await field("Address").fill(`http://127.0.0.1:${hearer.address().port}/hook`);
  await field("Deleted records").uncheck();
  await field("Only records that match").fill('text != "quiet"');
  await button("Make the webhook").click();
  await said("hearer has been made.");
  secret = (await page.locator("pre").innerText()).trim();
  assert.match(secret, /^whsec_/);
  await said("notes: New records, Changed records");
  await judge(page, "a webhook");
  await page.reload();
  await said("notes: New records, Changed records");
  assert.equal(await page.getByText(secret).count(), 0);
});

test("L8: it is tried out, and hears what it was made for", { skip }, async () => {
  await button("Try hearer").click();
  await said(/It was taken with status 200/);
  await ask("/api/collections/notes/records", { text: "quiet" });
  await ask("/api/collections/notes/records", { text: "loud" });
  await until(() => heard.length === 2);
  const [, { headers, body }] = heard;
  assert.equal(JSON.parse(body).data.record.text, "loud");
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(signed).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${expected}`);
});

test("a message is sent again, with the same id", { skip }, async () => {
  await until(async () => {
    const [{ id }] = (await ask("/api/webhooks")).items;
    const { items } = await ask(`/api/webhooks/${id}/deliveries?state=delivered`);
    return items.length === 1;
  });
  await button("Messages of hearer").click();
  await said("delivered");
  await judge(page, "messages of a webhook");
  await page.getByRole("button", { name: /^Send again: record\.created/ }).click();
  await until(() => heard.length === 3);
  assert.equal(heard[2].headers["webhook-id"], heard[1].headers["webhook-id"]);
});

test("one that fails says why, and one that is off is told nothing", { skip }, async () => {
  status = 500;
  await button("Try hearer").click();
  await said(/It was not taken: /);
  await button("Switch off hearer").click();
  await said("hearer is off.");
  assert.equal((await ask("/api/webhooks")).items[0].enabled, false);
  const before = heard.length;
  await ask("/api/collections/notes/records", { text: "unheard" });
  await new Promise((resolve) => setTimeout(resolve, 800));
  assert.equal(heard.length, before);
});

test("it is edited, given another secret, and deleted after a question", { skip }, async () => {
  await button("Edit hearer").click();
  await field("Name").fill("listener");
  assert.equal(await field("Collection").isDisabled(), true);
  await button("Save").click();
  await said("listener has been saved.");
  await button("New secret for listener").click();
  await page.locator("pre").waitFor();
  assert.notEqual((await page.locator("pre").innerText()).trim(), secret);
  await button("Delete listener").click();
  assert.equal((await ask("/api/webhooks")).totalItems, 1);
  await button("Delete listener for good").click();
  await said("listener has been deleted.");
  assert.equal((await ask("/api/webhooks")).totalItems, 0);
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
