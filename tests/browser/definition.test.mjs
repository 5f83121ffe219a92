// What a collection is: made by keyboard, changed after a look at what the change does.
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
const at = (path) => page.waitForURL((url) => url.pathname + url.search === `/_${path}`);
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text, where = page) => where.getByText(text).first().waitFor();
const saved = () => page.getByText("Saved.", { exact: true }).waitFor();
const picker = () => page.getByRole("combobox", { name: "Search field types" });
const dialog = () => page.getByRole("dialog");
const collection = (name) => ask(`/api/collections/${name}`);
const fieldOf = async (name, wanted) =>
  (await collection(name)).fields.find((each) => each.name === wanted);
const focused = (selector) =>
  page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const pick = async (type) => {
  await button("Add field").press("Enter");
  await picker().waitFor();
  await page.keyboard.type(type);
  await press("Enter");
  await focused("[data-name]");
};
// As somebody pastes it: what a browser puts in the place of many lines by itself has styles.
const write = async (editor, text) => {
  await editor.press("Control+a");
  await press("Delete");
  await page.keyboard.insertText(text);
};
const save = async () => {
  await button("Review and save").click();
  await dialog().waitFor();
};

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
});

after(async () => {
  await end?.();
});

test("D1: a name, a type and three fields by keyboard alone", { skip }, async () => {
  await open("/collections/new");
  await focused("form input");
  await page.keyboard.type("posts");
  await press("Tab", "Tab", "Enter");
  await picker().waitFor();
  await press("Enter");
  await focused("[data-name]");
  await page.keyboard.type("title");
  await press("Enter");
  await page.keyboard.type("summary");
  await press("Enter");
  await page.keyboard.type("place");
  await judge(page, "a new collection");
  await button("Create collection").press("Enter");
  await at("/collections/posts/records");
  const names = (await collection("posts")).fields.map(({ name }) => name);
  assert.deepEqual(names, ["id", "title", "summary", "place", "created", "updated"]);
});

test("D2: the picker filters, explains, and says what can be searched", { skip }, async () => {
  await page.getByRole("link", { name: "Fields", exact: true }).press("Enter");
  await at("/collections/posts/fields");
  await button("Add field").press("Enter");
  const options = page.getByRole("option");
  assert.equal(await options.count(), 14);
  await said("Ada Lovelace");
  await judge(page, "the types of fields");
  await page.keyboard.type("geo");
  assert.equal(await options.count(), 1);
  assert.match(await options.first().innerText(), /longitude[\s\S]*geo$/);
  await picker().fill("searchable");
  assert.equal(await options.filter({ hasText: "Password" }).count(), 0);
  assert.ok((await options.count()) > 5);
  await picker().fill("no such type");
  await said("No such type.");
  await press("Escape");
});

test("D3: every option of a type, a default, and unique as a toggle", { skip }, async () => {
  await button("Options of title").click();
  await field("Longest, in characters").fill("80");
  await field("Fill empty ones from (pattern)").fill("[a-z]{8}");
  await field("Help text, shown where it is filled in").fill("As on the page");
  await field("Starts with").fill("Untitled");
  await field("Unique").check();
  await field("Shown as the label of a record").check();
  await pick("number");
  await page.keyboard.type("views");
  await button("Options of views").click();
  await judge(page, "options of fields");
  await save();
  await said("views is added (number)", dialog());
  await said("New index", dialog());
  await judge(page, "the plan of a change");
  await press("Enter");
  await saved();
  const title = await fieldOf("posts", "title");
  assert.equal(title.max, 80);
  assert.equal(title.autogeneratePattern, "[a-z]{8}");
  assert.equal(title.help, "As on the page");
  assert.equal(title.default, "Untitled");
  assert.equal(title.presentable, true);
  const { indexes } = await collection("posts");
  const text = "CREATE UNIQUE INDEX `idx_posts_title` ON `posts` (`title`) WHERE `title` != ''";
  assert.deepEqual(indexes, [text]);
});

test("D3: fields are moved, duplicated, removed and put back by keyboard", { skip }, async () => {
  await button("Duplicate views").press("Enter");
  await focused("[data-name]");
  await page.keyboard.type("likes");
  await press("Alt+ArrowUp");
  const grip = page.getByRole("button", { name: /^Move likes:/ });
  await grip.press("ArrowUp");
  await grip.press("Home");
  await said(/likes is now at place 1 of/);
  await button("Remove summary").press("Enter");
  await said("summary will be removed.");
  await judge(page, "a removed field");
  await button("Put summary back").press("Enter");
  await focused("[data-name]");
  await button("Remove place").press("Enter");
  await save();
  await said("place is removed (text)", dialog());
  assert.equal(await field("Type posts to lose this for good").count(), 0, "no record has it");
  await button("Save these changes").click();
  await saved();
  const own = (await collection("posts")).fields.filter(({ system }) => !system);
  const names = own.map(({ name }) => name);
  assert.deepEqual(names, ["likes", "title", "summary", "created", "updated", "views"]);
});

test("D4: the values of a select are chips with an order", { skip }, async () => {
  await pick("select");
  await page.keyboard.type("state");
  const adder = field("Add a value");
  await adder.fill("live");
  await press("Enter");
  await page.keyboard.type("draft,");
  await field("Value 2").waitFor();
  await adder.fill("draft");
  await press("Enter");
  await said("draft is there already.");
  await page.getByRole("button", { name: /^Move draft:/ }).press("ArrowLeft");
  await field("Value 2").fill("public");
  await press("Tab");
  await judge(page, "values of a select");
  await save();
  await press("Enter");
  await saved();
  assert.deepEqual((await fieldOf("posts", "state")).values, ["draft", "public"]);
});

test("D4: each value tells how many records use it", { skip }, async () => {
  const path = "/api/collections/posts/records";
  const { id } = await ask(path, { title: "One", state: "public" });
  await page.reload();
  await page.getByRole("button", { name: "Options of state" }).press("Enter");
  await page.getByText("Used by 1 record", { exact: true }).waitFor();
  await page.getByText("Used by 0 records", { exact: true }).waitFor();
  await ask(`${path}/${id}`, undefined, { method: "DELETE" });
});

test("D5: what a rename rewrites is shown, and rewritten", { skip }, async () => {
  const listRule = "state = 'public' && title != ''";
  await ask("/api/collections/posts", { listRule }, { method: "PATCH" });
  for (const [title, state] of [["One", "draft"], ["Two", "public"]]) {
    await ask("/api/collections/posts/records", { title, state, summary: "Short" });
  }
  await page.reload();
  await field("Name of field 2").fill("headline");
  await save();
  await said("title becomes headline", dialog());
  await said("rewritten", dialog());
  await said("The collection has 2 records.", dialog());
  await judge(page, "a plan that rewrites");
  await field("Rewrite the rules, indexes and searches that mention what is renamed").uncheck();
  await said("This cannot be saved:", dialog());
  assert.equal(await button("Save these changes").isDisabled(), true);
  await judge(page, "a plan that is refused");
  await field("Rewrite the rules, indexes and searches that mention what is renamed").check();
  await button("Save these changes").and(page.locator(":enabled")).click();
  await saved();
  const after = await collection("posts");
  assert.equal(after.listRule, "state = 'public' && headline != ''");
  assert.match(after.indexes[0], /`headline`/);
});

test("A12, D5: what loses records is marked, and takes its name", { skip }, async () => {
  await button("Remove summary").click();
  await button("Options of state").click();
  await button("Remove draft").click();
  await save();
  await said("summary: 2 records lose what they hold.", dialog());
  await said("state: 1 record has draft, which is no value any more.", dialog());
  const confirm = button("Save these changes");
  assert.equal(await confirm.isDisabled(), true);
  await field("Type posts to lose this for good").fill("post");
  assert.equal(await confirm.isDisabled(), true);
  await judge(page, "a plan that loses records");
  await button("Back").click();
  assert.ok(await fieldOf("posts", "summary"), "nothing was done");
  await save();
  await field("Type posts to lose this for good").fill("posts");
  await press("Enter");
  await saved();
  assert.equal(await fieldOf("posts", "summary"), undefined);
});

test("D7: what is refused lands on its field, with a count on the tab", { skip }, async () => {
  await button("Options of headline").click();
  await field("Pattern (regular expression)").fill("[a-");
  await button("Options of headline").click();
  await button("Add field").press("Enter");
  await page.keyboard.type("plain");
  await press("Enter");
  await page.keyboard.type("not a name");
  await button("Review and save").click();
  await said("2 things need your attention.");
  await focused('[aria-invalid="true"]');
  const wrong = await page.evaluate(() => document.activeElement.labels[0].textContent);
  assert.equal(wrong, "Pattern (regular expression)", "its options are open again");
  const tab = page.getByRole("link", { name: /^Fields/ });
  assert.match(await tab.innerText(), /2/);
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 2);
  await judge(page, "refused fields");
});

test("leaving with unsaved changes asks, also by Back", { skip }, async () => {
  await page.getByRole("link", { name: "Records", exact: true }).click();
  await said("Leave without saving?", dialog());
  await judge(page, "the question before leaving");
  await button("Stay here").click();
  await at("/collections/posts/fields");
  await page.goBack();
  await said("Leave without saving?", dialog());
  await press("Escape");
  await at("/collections/posts/fields");
  assert.equal(await field("Pattern (regular expression)").inputValue(), "[a-", "nothing is lost");
  await button("Undo all").click();
  await page.getByRole("link", { name: "Records", exact: true }).click();
  await at("/collections/posts/records");
});

test("a definition that someone else changed is not overwritten", { skip }, async () => {
  await open("/collections/posts/fields");
  await field("Name of field 1").fill("hearts");
  await ask("/api/collections/posts", { viewRule: "" }, { method: "PATCH" });
  await button("Review and save").click();
  await said("Someone else has changed posts meanwhile", dialog());
  await said("Changed by them: viewRule.", dialog());
  await judge(page, "a conflict in another part");
  await button("Go on with mine on top").click();
  await said("likes becomes hearts", dialog());
  const { fields } = await collection("posts");
  const hidden = fields.map((each) => (each.name === "views" ? { ...each, hidden: true } : each));
  await ask("/api/collections/posts", { fields: hidden }, { method: "PATCH" });
  await button("Save these changes").click();
  await said("You both changed: fields.", dialog());
  await judge(page, "a conflict in the same part");
  assert.equal(await button("Go on with mine on top").count(), 0);
  assert.ok(await fieldOf("posts", "likes"), "nothing was overwritten");
  await button("Start from theirs").click();
  await button("Review and save").and(page.locator(":disabled")).waitFor();
  assert.equal(await field("Name of field 1").inputValue(), "likes");
});

test("a collection that is renamed keeps its address and its rules", { skip }, async () => {
  await field("Name").fill("articles");
  await save();
  await said("The collection posts becomes articles", dialog());
  await button("Save these changes").click();
  await at("/collections/articles/fields");
  await saved();
  const { indexes } = await collection("articles");
  assert.match(indexes[0], /ON `articles`/);
});

test("system fields have options, and neither name nor place", { skip }, async () => {
  await open("/collections/users/fields");
  await button("Show system fields").click();
  const system = page.getByRole("list", { name: "System fields" });
  await button("Options of password", system).click();
  await field("Shortest, in characters", system).fill("10");
  await judge(page, "system fields");
  assert.equal(await button("Remove password").count(), 0);
  await save();
  await press("Enter");
  await saved();
  assert.equal((await fieldOf("users", "password")).min, 10);
});

test("a view shows its query, and no fields that nobody could change", { skip }, async () => {
  const viewQuery = "select id, headline from articles";
  await ask("/api/collections", { name: "headlines", type: "view", viewQuery });
  await open("/collections/headlines/fields");
  await field("Query").fill(`${viewQuery} limit 5`);
  await judge(page, "a view");
  assert.equal(await button("Add field").count(), 0);
  await save();
  await button("Save these changes").click();
  await saved();
  assert.equal((await collection("headlines")).viewQuery, `${viewQuery} limit 5`);
});

test("D9: the definition is edited as JSON, and reviewed like any change", { skip }, async () => {
  await open("/collections/articles/code");
  const editor = field("Definition as JSON");
  await editor.waitFor();
  await judge(page, "the definition as JSON");
  assert.match(await written(editor), /"name": "articles"/);
  const definition = await collection("articles");
  await write(editor, '{"name": "articles",');
  await button("Review and save").click();
  await said(/this is no JSON/);
  await write(editor, JSON.stringify({ ...definition, listRule: "nothing = 1" }));
  await button("Review and save").click();
  await said("listRule");
  const fields = definition.fields.map((each) =>
    each.name === "views" ? { ...each, name: "visits" } : each,
  );
  await write(editor, JSON.stringify({ ...definition, fields }));
  await save();
  await said("views becomes visits", dialog());
  await button("Save these changes").click();
  await saved();
  assert.ok(await fieldOf("articles", "visits"));
});

test("D9: keys and types are completed where they can stand", { skip }, async () => {
  const editor = field("Definition as JSON");
  await write(editor, '{"fields": [{"type": ');
  await editor.press("Control+End");
  await page.keyboard.type('"geo');
  await page.getByRole("option", { name: /geoPoint/ }).waitFor();
  await press("Escape");
  await button("Undo all").click();
});

test("D9: the types of the saved collection are live", { skip }, async () => {
  await page.getByText("TypeScript", { exact: true }).click();
  await at("/collections/articles/code?as=ts");
  const code = field("TypeScript").and(page.locator("[contenteditable]"));
  await code.waitFor();
  const text = await written(code);
  assert.match(text, /export interface ArticlesRecord/);
  assert.doesNotMatch(text, /UsersRecord/);
  await judge(page, "the types of a collection");
  await field("All collections").check();
  await said("export interface", code);
  await said(/Schema/, code);
});

test("A12: all records are deleted after count, consequences and the name", { skip }, async () => {
  const { id } = await collection("articles");
  const link = { name: "article", type: "relation", collectionId: id, cascadeDelete: true };
  await ask("/api/collections", { name: "remarks", type: "base", fields: [link] });
  await open("/collections/articles/records");
  await button("More about articles").press("Enter");
  await page.getByRole("menuitem", { name: "Delete all records…" }).press("Enter");
  await said("Deletes 2 records for good.", dialog());
  await said("Records of remarks that are linked by article are deleted with them.", dialog());
  await judge(page, "deleting all records");
  const confirm = button("Delete all records", dialog());
  await field("Type articles to confirm").fill("article");
  assert.equal(await confirm.isDisabled(), true);
  await field("Type articles to confirm").fill("articles");
  await confirm.click();
  await said("No records yet");
});

test("A12: a collection is dropped by its name, unless others point at it", { skip }, async () => {
  await button("More about articles").click();
  await page.getByRole("menuitem", { name: "Delete the collection…" }).click();
  await said("remarks has article, which points at it: remove that field first.", dialog());
  assert.equal(await field("Type articles to confirm").count(), 0);
  await judge(page, "a collection that others point at");
  await button("Cancel", dialog()).click();
  await open("/collections/remarks/records");
  await button("More about remarks").click();
  await page.getByRole("menuitem", { name: "Delete the collection…" }).click();
  await said("It has no records.", dialog());
  await field("Type remarks to confirm").fill("remarks");
  await press("Enter");
  await at("/");
  const { items } = await ask("/api/collections");
  assert.equal(items.some(({ name }) => name === "remarks"), false);
});

test("a collection is duplicated, and exported as JSON", { skip }, async () => {
  await open("/collections/articles/fields");
  await button("More about articles").click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export as JSON" }).click();
  assert.equal((await download).suggestedFilename(), "articles.json");
  await button("More about articles").click();
  await page.getByRole("menuitem", { name: "Duplicate…" }).click();
  await at("/collections/new?like=articles");
  await button("Make it public").click();
  await button("Create collection").click();
  await at("/collections/articles_copy/records");
  const copy = await collection("articles_copy");
  assert.equal(copy.fields.length, (await collection("articles")).fields.length);
  assert.match(copy.indexes[0], /ON `articles_copy`/);
});

test("the page did nothing wrong", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
