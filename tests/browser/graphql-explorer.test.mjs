// The pages of the whole API in the dashboard: GraphQL tried out, the OpenAPI document searched,
// and the plain description. The tests of this file are one story.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const open = (path) => page.goto(`${server.url}/_${path}`);
const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const who = (name) => page.getByRole("radio", { name }).check({ force: true });
const records = (name) => `/api/collections/${name}/records`;
const answered = (text) => region("What was answered").getByText(text).waitFor();
const screenshot = (name) =>
  process.env.SCREENSHOTS && page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });

// What fills the box replaces coloured text, for which the browser tries to keep the style of it:
// that is refused, and nothing a person or the page does.
async function write(text, label = "Document") {
  const before = wrongs.length;
  await field(label).fill(text);
  await page.evaluate(() => undefined);
  const others = wrongs.splice(before).filter((wrong) => !/Applying inline style/.test(wrong));
  wrongs.push(...others);
}

/** What is saved by a button. */
async function saved(name) {
  const download = page.waitForEvent("download");
  await button(name).click();
  return readFileSync(await (await download).path(), "utf8");
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const fields = [{ name: "title", type: "text", required: true }];
  const rules = { listRule: "title ~ 'open'", createRule: "" };
  await ask("/api/collections", { name: "notes", type: "base", fields, ...rules });
  for (const title of ["open", "secret"]) await ask(records("notes"), { title });
});

after(async () => {
  await end?.();
});

test("H4: operations are searched, and the document is saved", { skip }, async () => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "API" }).click();
  await page.waitForURL((url) => url.pathname === "/_/api");
  await button("Download OpenAPI").waitFor();
  await page.locator("summary", { hasText: "Server operation" }).click();
  await judge(page, "the document");
  await screenshot("openapi");
  await field("Search operations").fill("notes delete");
  await page.locator("code", { hasText: "/api/collections/notes/records/{id}" }).first().click();
  await said("204, 400");
  await judge(page, "an operation");
  await page.reload();
  assert.equal(await field("Search operations").inputValue(), "notes delete");
  await field("Search operations").fill("nothing of the kind");
  await said("No operation has these words.");
  const document = JSON.parse(await saved("Download OpenAPI"));
  assert.match(document.openapi, /^3\.1/);
  const docs = page.getByRole("link", { name: "Open the documentation" });
  assert.equal(await docs.getAttribute("href"), "/api/docs");
});

test("H5: the plain description has collections, rules and operations", { skip }, async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const text = await saved("Download llms.txt");
  assert.match(text, /^# Luge API\n/);
  assert.match(text, /### notes \(base\)\n\n[^]*- `title`: text, required/);
  const rules = ["list: `title ~ 'open'`", "view: superusers only", "create: everyone"];
  assert.ok(text.includes(rules.map((rule) => `  - ${rule}`).join("\n")));
  assert.match(text, /`POST \/api\/batch`/);
  await button("Copy it").click();
  await said("Copied.");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
  await page.getByText("Show it", { exact: true }).click();
  await judge(page, "the plain description");
});

test("H4: a query is completed, sent as anybody, and kept", { skip }, async () => {
  await page.getByRole("link", { name: "GraphQL", exact: true }).click();
  await page.waitForURL((url) => url.pathname === "/_/graphql");
  await field("Document").waitFor();
  await write("query { not");
  await page.keyboard.press("Control+Space");
  await page.getByRole("option", { name: "notes_aggregate" }).waitFor();
  await page.keyboard.press("Escape");
  await write("query ($n: Int) { notes(perPage: $n) { totalItems items { title } } }");
  await write("[", "Variables");
  await said("This is not a JSON object.");
  assert.equal(await button("Run").isDisabled(), true);
  await write('{"n": 5}', "Variables");
  await field("Document").press("ControlOrMeta+Enter");
  await answered('"totalItems": 2');
  await judge(page, "an answer of GraphQL");
  await screenshot("graphql");
  await who("As a guest");
  await button("Run").click();
  await answered('"totalItems": 1');
  await page.reload();
  await button("Run").click();
  await answered('"totalItems": 2');
  await write("query { nothing }");
  await button("Run").click();
  await answered('"message": ');
  await field("Sent before").selectOption({ index: 2 });
  await button("Run").click();
  await answered('"totalItems": 2');
});

test("H4: a mutation asks first", { skip }, async () => {
  await write('mutation { create_notes(data: {title: "made"}) { id } }');
  await button("Run").click();
  await said("Send the mutation?");
  await page.keyboard.press("Escape");
  assert.equal((await ask(records("notes"))).totalItems, 2);
  await button("Run").click();
  await button("Send it").click();
  await answered('"create_notes"');
  assert.equal((await ask(records("notes"))).totalItems, 3);
  await write("query A { notes { totalItems } } query B { notes { totalItems } }");
  await button("Run").click();
  await said("The document has several operations. Leave one.");
});

test("A6: the document and its variables are in the address as they are typed", { skip },
  async () => {
    await write("query Q($t: Float) { notes { totalItems } }");
    await write('{"t": 1}', "Variables");
    await page.waitForURL((url) => url.searchParams.get("variables") === '{"t": 1}');
    await page.reload();
    await page.getByText("query Q($t: Float)").first().waitFor();
    assert.equal(new URL(page.url()).searchParams.get("variables"), '{"t": 1}');
    await write("", "Variables");
  });

test("H4: a subscription tells as it comes, until it is stopped", { skip }, async () => {
  await write("subscription { notes { action record { title } } }");
  await write("", "Variables");
  await button("Run").click();
  await said("Listening. Answers appear as they come.");
  // It is open once the answer has begun, which is not seen: what is made again and again is told.
  const told = region("What was told").getByText('"title": "heard"').first();
  for (let tries = 0; tries < 50 && (await told.count()) === 0; tries += 1) {
    await ask(records("notes"), { title: "heard" });
  }
  await told.waitFor();
  await judge(page, "a subscription");
  await button("Stop").click();
  await said("The subscription has ended.");
});

test("H4: the schema is saved; switched off, that is said", { skip }, async () => {
  assert.match(await saved("Download the schema"), /type Notes \{/);
  await ask("/api/settings", { graphql: { enabled: false } }, { method: "PATCH" });
  await page.reload();
  await said("GraphQL is switched off in the settings.");
  await judge(page, "GraphQL that is off");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|403|404)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
