// JSON that is checked against a schema, and texts as Markdown. The tests of this file are one
// story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, written } from "./browser.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const sleds = "/api/collections/sleds/records";

let server;
let page;
let wrongs;
let ask;
let end;
let sled;
let empty;

const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const row = (name) => page.locator(`[data-field="${name}"]`);
const region = (name) => page.getByRole("region", { name, exact: true });
const dialog = () => page.getByRole("dialog", { name: "Schema of parts" });
const said = (text, where = page) => where.getByText(text, { exact: false }).first().waitFor();
const preferences = () => ask("/api/superusers/preferences");
const open = (id) => page.goto(`${server.url}/_/collections/sleds/records/${id}`);

async function save() {
  await page.keyboard.press("Control+s");
  await page.getByRole("status").filter({ hasText: /^Saved\.$/ }).waitFor();
}

async function retype(editor, text) {
  await editor.press("Control+a");
  await editor.press("Delete");
  await editor.fill(text);
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", {
    name: "sleds",
    type: "base",
    fields: [
      { name: "parts", type: "json" },
      { name: "spare", type: "json" },
      { name: "story", type: "text" },
      { name: "code", type: "text", max: 20 },
    ],
  });
  sled = await ask(sleds, { parts: { runners: [1.5, 1.5], owner: { name: "Ann" } }, story: "x" });
  empty = await ask(sleds, {});
  await open(sled.id);
  await row("parts").waitFor();
});

after(async () => {
  await end?.();
});

test("G1: a schema that is none is refused where it is wrong", { skip }, async () => {
  await button("Add a schema", row("parts")).click();
  await said("the server does not enforce it", dialog());
  const editor = field("Schema of parts", dialog()).and(page.getByRole("textbox"));
  for (const [text, reason] of [
    ['{"type": }', "Line 1, column 10: a value was expected here."],
    ["[1]", "A schema is a JSON object."],
    ["", "A schema is a JSON object."],
  ]) {
    await retype(editor, text);
    await button("Keep", dialog()).click();
    await said(reason, dialog());
  }
  await judge(page, "a schema that is none");
  assert.equal((await preferences())?.jsonSchemas, undefined);
});

test("G1: a schema is inferred from the records by one click, and kept", { skip }, async () => {
  await button("Infer from records", dialog()).click();
  await said("Inferred from 1 record.", dialog());
  const text = await written(dialog().getByRole("textbox"));
  const { runners } = JSON.parse(text).properties;
  assert.deepEqual(runners, { type: "array", items: { type: "number" } });
  await judge(page, "a schema that was inferred");
  await button("Keep", dialog()).click();
  await dialog().waitFor({ state: "detached" });
  await said("It fits the schema.", row("parts"));
  const [kept] = Object.values((await preferences()).jsonSchemas);
  assert.equal(Object.values(kept)[0].type, "object");
});

test("G1: what does not fit is told at its place, and can be saved", { skip }, async () => {
  const editor = page.getByRole("textbox", { name: "parts", exact: true });
  await retype(editor, '{\n  "runners": [1, "two"],\n  "owner": {}\n}');
  await said("2 things do not fit the schema.", row("parts"));
  await said("Line 2, column 18: this must be of the type number.", row("parts"));
  await said("Line 3, column 12: “name” is missing here.", row("parts"));
  await button("Show as a tree", row("parts")).click();
  await said("this must be of the type number.", region("parts as a tree"));
  await said("“name” is missing here.", region("parts as a tree"));
  await judge(page, "JSON that does not fit");
  await button("Line 2, column 18: this must be of the type number.").click();
  await page.keyboard.type("2");
  await said("1 thing does not fit the schema.", row("parts"));
  await save();
  assert.deepEqual((await ask(`${sleds}/${sled.id}`)).parts, { runners: [1, 2], owner: {} });
  await retype(editor, '{"runners": [');
  await said("Line 1, column 14: a value was expected here.", row("parts"));
  await button("Discard").click();
});

test("G1: a schema is there again after a reload, and is taken away", { skip }, async () => {
  await page.reload();
  await said("1 thing does not fit the schema.", row("parts"));
  await button("Schema", row("parts")).click();
  const editor = dialog().getByRole("textbox");
  await retype(editor, '{"$ref": "https://example.com/schema.json"}');
  await button("Keep", dialog()).click();
  await said("The schema cannot be used:", row("parts"));
  await button("Schema", row("parts")).click();
  await page.route("**/api/superusers/preferences", (route) =>
    route.fulfill({ status: 400, json: { status: 400, message: "Too much.", data: {} } }),
  );
  await button("Remove the schema", dialog()).click();
  await said("Too much.", dialog());
  await page.unroute("**/api/superusers/preferences");
  await button("Remove the schema", dialog()).click();
  await dialog().waitFor({ state: "detached" });
  await button("Add a schema", row("parts")).waitFor();
  assert.deepEqual((await preferences()).jsonSchemas, {});
  await button("Add a schema", row("spare")).click();
  const spare = page.getByRole("dialog", { name: "Schema of spare" });
  await button("Infer from records", spare).click();
  await said("No record has a value here yet.", spare);
  await button("Cancel", spare).click();
});

test("G1: a text is edited plain, or as Markdown with a preview", { skip }, async () => {
  assert.equal(await row("code").getByRole("button").count(), 0, "a short text is a line");
  const story = field("story");
  await button("As Markdown, with a preview", row("story")).click();
  const preview = region("story as it is read");
  await story.fill("# Sleds\n\nThey are *fast* & **cold** &amp; [old](https://example.com/old).\n");
  await preview.getByRole("heading", { name: "Sleds" }).waitFor();
  await preview.locator("em", { hasText: "fast" }).waitFor();
  assert.equal(await preview.locator("p").textContent(), "They are fast & cold & old.");
  const link = preview.getByRole("link", { name: "old" });
  assert.equal(await link.getAttribute("href"), "https://example.com/old");
  assert.match(await link.getAttribute("rel"), /noopener/);
  const table = "| a | b |\n|--|--|\n| 1 | 2 |";
  await story.fill(`${table}\n\n- [x] done\n- ~~not~~\n\n3. three\n\n\`\`\`\n<b>\n\`\`\``);
  await preview.getByRole("cell", { name: "2" }).waitFor();
  await preview.locator("ol[start='3']").waitFor();
  assert.equal(await preview.locator("pre").textContent(), "<b>\n".trim());
  await judge(page, "a text as Markdown");
  await save();
  assert.match((await ask(`${sleds}/${sled.id}`)).story, /^\| a/, "it stays the text it is");
});

test("G1: the choice is kept for the field, and taken back", { skip }, async () => {
  await open(empty.id);
  await said("Nothing to show yet.", region("story as it is read"));
  await button("As Markdown, with a preview", row("story")).click();
  await region("story as it is read").waitFor({ state: "detached" });
  await page.reload();
  await button("As Markdown, with a preview", row("story")).waitFor();
  assert.equal(await region("story as it is read").count(), 0);
});

test("G1: no text runs as Markdown, none loads a picture, none is too deep", { skip }, async () => {
  await page.evaluate(() => {
    window.runs = [];
    window.ran = (number) => window.runs.push(number);
  });
  page.on("dialog", (dialog) => {
    wrongs.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await button("As Markdown, with a preview", row("story")).click();
  const preview = region("story as it is read");
  const all = PAYLOADS.map((payload) => (typeof payload === "string" ? payload : payload(0)));
  const linked = all.flatMap((each) => [`[press](${each})`, `![see](<${each}>)`, `<${each}>`]);
  const images = "![far](https://elsewhere.example/x.png)\n\n[r]\n\n[r]: javascript:ran(1)";
  for (const text of [all.join("\n\n"), linked.join("\n\n"), images]) {
    await field("story").fill(text);
    await preview.getByText("ran(0)").or(preview.getByText("far")).first().waitFor();
    const odd = await preview.evaluate((element) => {
      const words = "a p em strong del code pre ul ol li blockquote hr br h3 h4 h5 h6";
      const known = new Set(`${words} table thead tbody tr th td`.split(" "));
      const all = [...element.querySelectorAll("*")];
      for (const each of all) each.dispatchEvent(new Event("error"));
      return all
        .filter((each) => {
          const attributes = [...each.attributes].filter(({ name }) => name.startsWith("on"));
          const bad = each.localName === "a" && !/^(https?|mailto|tel):/.test(each.href);
          return bad || !known.has(each.localName) || attributes.length > 0;
        })
        .map((each) => each.outerHTML);
    });
    assert.deepEqual(odd, []);
  }
  assert.deepEqual(await page.evaluate(() => window.runs), []);
  await field("story").fill(`${"> ".repeat(3_000)}deep`);
  await preview.getByText("deep").or(preview.getByText("nested too deeply")).first().waitFor();
  await field("story").fill(`${"*a **b ".repeat(300)}`);
  await field("story").fill(`${"word ".repeat(25_000)}`);
  await said("Only the first 100,000 characters are shown here.", preview);
  await button("Discard").click();
});

test("nothing on the way broke the policy or asked elsewhere", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
