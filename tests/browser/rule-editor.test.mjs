// The editor of rules and filters: what it offers, what it marks, how it is left.
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
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const editor = () => page.getByLabel("Expression: List and search", { exact: true });
const filter = () => page.getByLabel("Filter", { exact: true });
const offer = (name) => page.getByRole("option", { name });
const type = (text) => page.keyboard.type(text);
const focused = () =>
  page.evaluate(() => {
    const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return inner?.getAttribute("aria-label") ?? inner?.textContent?.trim();
  });
// What is offered takes the key that takes it only once it is shown for a moment.
const take = async (name, key) => {
  await offer(name).waitFor();
  await page.waitForFunction((label) => {
    const hosts = [...document.querySelectorAll(".code")].map(({ shadowRoot }) => shadowRoot);
    const shown = hosts.map((root) => root?.querySelector("[aria-selected]")).find(Boolean);
    return shown?.textContent.startsWith(label);
  }, name);
  await assert.doesNotReject(async () => {
    for (let tries = 0; tries < 20 && (await offer(name).count()) > 0; tries += 1) {
      await page.keyboard.press(key);
    }
  });
};

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const users = await ask("/api/collections/users");
  const one = (collection) => ({ type: "relation", collectionId: collection.id, maxSelect: 1 });
  const teams = await ask("/api/collections", {
    name: "teams",
    type: "base",
    fields: [{ name: "name", type: "text", help: "As it is on the door." }],
  });
  const posts = await ask("/api/collections", {
    name: "posts",
    type: "base",
    listRule: 'id != ""',
    fields: [
      { name: "title", type: "text" },
      { name: "state", type: "select", values: ["draft", "live"], maxSelect: 1 },
      { name: "author", ...one(users) },
      { name: "team", ...one(teams) },
    ],
  });
  const post = { name: "post", ...one(posts) };
  const fields = [{ name: "body", type: "text" }, post];
  await ask("/api/collections", { name: "comments", type: "base", fields });
  await ask("/api/collections/posts/records", { title: "First", state: "live" });
  await ask("/api/collections/posts/records", { title: "Second", state: "draft" });
});

after(async () => {
  await end?.();
});

test("E2: fields are offered across relations, with types and help", { skip }, async () => {
  await open("/collections/posts/rules");
  await editor().fill("");
  await type("tea");
  await offer("team").waitFor();
  await offer("team").getByText("→ teams").waitFor();
  await judge(page, "what is offered");
  await editor().focus();
  await page.keyboard.press("Escape");
  await editor().fill("team.");
  await editor().fill("");
  await type("team.");
  await offer("name").waitFor();
  await type("na");
  await said("As it is on the door.");
  await take("name", "Tab");
  assert.equal(await written(editor()), "team.name");
});

test("E2: operators, values, joins, the request and back relations", { skip }, async () => {
  for (const [text, word] of [
    ["title ", "!~"],
    ["state = ", '"live"'],
    ['state = "live" ', "&&"],
    ["author = ", "@request.auth.id"],
    ["comments_via_post.", "body"],
    ["@request.", "body"],
    ["@request.auth.", "collectionName"],
    ["@request.body.title:", "isset"],
    ["@collection.", "teams"],
    ["@tod", "@todayStart"],
  ]) {
    await editor().fill(text);
    await page.keyboard.press("Control+Space");
    await offer(word).first().waitFor();
    await page.keyboard.press("Escape");
  }
});

test("E2: a wrong name is underlined as one types, with what was meant", { skip }, async () => {
  await editor().fill("");
  await type("authr.verified = true && ");
  await said("posts has no field authr. Did you mean author?");
  const marks = page.locator('[data-rule="listRule"] .cm-lintRange-error');
  assert.equal(await marks.first().innerText(), "authr");
  await judge(page, "a wrong name");
  await button("Use author").press("Enter");
  await said("Here a field, a number or a quoted text is missing.");
  assert.equal(await written(editor()), "author.verified = true && ");
  await editor().fill("@request.auht.id != ''");
  await said("Did you mean auth?");
  await editor().fill("comments_via_pst.body = 'x'");
  await said("Did you mean comments_via_post?");
  await editor().fill("title:lowre = 'x'");
  await said("Did you mean lower?");
});

test("E6: a ready-made condition is added, so that both hold", { skip }, async () => {
  await editor().fill('title = "a" || title = "b"');
  await button("Add a condition: List and search").press("Enter");
  await page.getByRole("menuitem", { name: /Owner: author/ }).press("Enter");
  const both = '(title = "a" || title = "b")\n&& author = @request.auth.id';
  assert.equal(await written(editor()), both);
});

test("E7: a rule is said in plain words where it can be", { skip }, async () => {
  await editor().fill('@request.auth.id != "" && author.id = @request.auth.id');
  await said("Anyone who is signed in may list and search posts where author is whoever asks.");
  await editor().fill("@collection.teams.name = title");
  await page.locator('[data-rule="listRule"] [data-sentence]').waitFor({ state: "detached" });
});

test("the editor is left by Tab, and letters typed in it are no shortcuts", { skip }, async () => {
  await editor().fill("title = 'x'");
  await editor().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Add a condition: List and search");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(), "Expression: List and search");
  await editor().fill("");
  await type("n/?gj");
  assert.match(await written(editor()), /^n\/\?gj/);
  assert.match(page.url(), /posts\/rules$/);
});

test("the filter of records offers and marks the same", { skip }, async () => {
  await open("/collections/posts/records");
  await said("2 records");
  await filter().focus();
  await type("sta");
  await take("state", "Tab");
  await type(" = ");
  await page.keyboard.press("Control+Space");
  await offer('"live"').click();
  assert.equal(await written(filter()), 'state = "live"');
  await page.keyboard.press("Enter");
  await said("1 record");
  assert.equal(new URL(page.url()).searchParams.get("filter"), 'state = "live"');
  await filter().fill("staet = 'x'");
  await said("Did you mean state?");
  await judge(page, "a wrong name in a filter");
  await button("Use state").press("Enter");
  await button("Apply").press("Enter");
  await said("No record matches the filter");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
