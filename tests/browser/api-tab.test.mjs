// The API of a collection in the dashboard: what can be asked, written in many languages, and sent
// as a superuser, a user and a guest. The tests of this file are one story.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;
let token;
let ann;

const open = (path) => page.goto(`${server.url}/_${path}`);
const region = (name) => page.getByRole("region", { name, exact: true });
const field = (label, where = page) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const records = (name) => `/api/collections/${name}/records`;
const choose = (name) => page.getByRole("link", { name, exact: true }).click();
const language = (name) => page.getByRole("radio", { name, exact: true }).check({ force: true });
const screenshot = (name) =>
  process.env.SCREENSHOTS && page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });

// What fills the box replaces coloured text, for which the browser tries to keep the style of it:
// that is refused, and nothing a person or the page does.
async function write(text) {
  const before = wrongs.length;
  await field("Body").fill(text);
  await page.evaluate(() => undefined);
  const others = wrongs.splice(before).filter((wrong) => !/Applying inline style/.test(wrong));
  wrongs.push(...others);
}

/** What is written in a language, once it has something. */
async function snippet(name, part = "") {
  await language(name);
  const block = region(`${name} code`).filter({ hasText: part });
  await block.waitFor();
  return block.innerText();
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end, token } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/settings", { batch: { enabled: true } }, { method: "PATCH" });
  const account = { email: "ann@example.com", password: "12345678", passwordConfirm: "12345678" };
  ann = await ask(records("users"), account);
  const users = await ask("/api/collections/users");
  await ask("/api/collections", {
    name: "posts",
    type: "base",
    fields: [
      { name: "title", type: "text", required: true, max: 80, min: 3 },
      { name: "state", type: "select", values: ["draft", "live"], maxSelect: 1 },
      { name: "labels", type: "select", values: ["a b", "c"], maxSelect: 2 },
      { name: "stars", type: "number", min: 2, max: 5, onlyInt: true },
      { name: "author", type: "relation", collectionId: users.id, maxSelect: 1 },
      { name: "data", type: "json" },
      { name: "spot", type: "geoPoint" },
      { name: "cover", type: "file", maxSelect: 1, mimeTypes: ["image/png"] },
      { name: "created", type: "autodate", onCreate: true },
    ],
    listRule: "state = 'live' || (@request.auth.id != '' && author = @request.auth.id)",
    viewRule: "",
    createRule: "@request.auth.id != '' && stars > 1",
    search: { fields: { title: {}, state: { mode: "keyword", facet: true } } },
  });
  const title = "It's $HOME \"quoted\" `now` \\ done";
  await ask(records("posts"), { title, state: "live", stars: 3, author: ann.id });
  await ask(records("posts"), { title: "Hidden", state: "draft", stars: 3 });
});

after(async () => {
  await end?.();
});

test("H1: the tab tells what can be asked, with its own fields", { skip }, async () => {
  await open("/collections/posts/records");
  const tabs = page.getByRole("navigation", { name: "Views on the collection" });
  await tabs.getByRole("link", { name: "API" }).click();
  await page.waitForURL((url) => url.pathname.endsWith("/collections/posts/api"));
  await page.getByRole("heading", { name: "List", level: 2 }).waitFor();
  assert.equal(await field("filter").inputValue(), 'state = "draft"');
  assert.equal(await field("sort").inputValue(), "-created");
  const fields = await page.getByRole("table").innerText();
  for (const part of ["id of users", '"draft" | "live"', "from 2", "up to 5", "whole numbers"]) {
    assert.ok(fields.includes(part), `${part} in ${fields}`);
  }
  await said("Allowed where");
  await judge(page, "the API of a collection");
  await screenshot("api-list");
  await choose("Create");
  const answer = region("Answer");
  await answer.getByText(ann.id).waitFor();
  await page.getByText("Codes of refused fields").click();
  await said("validation_min_text_constraint");
  await judge(page, "a create");
  await screenshot("api-create");
});

test("H1: what a collection does not offer is not listed", { skip }, async () => {
  const list = page.getByRole("navigation", { name: "What can be asked" });
  assert.equal(await list.getByRole("link", { name: "With a password" }).count(), 0);
  assert.equal(await list.getByRole("link", { name: "Facets" }).count(), 1);
  await open("/collections/users/api");
  await list.getByRole("link", { name: "With a password" }).waitFor();
  assert.equal(await list.getByRole("link", { name: "Facets" }).count(), 0);
  assert.equal(await list.getByRole("link", { name: "Anonymously" }).count(), 0);
  await choose("With a passkey");
  assert.match(await snippet("TypeScript", "passkeys"), /passkeys\(db, "users"\)\.signIn\(\)/);
});

test("H2: languages write the chosen filter; the language is kept", { skip }, async () => {
  await open("/collections/posts/api?operation=list");
  await field("filter").fill(`title ~ "It's" && state = 'live'`);
  await field("fields").fill("id,title");
  assert.match(await snippet("TypeScript", "createClient"), /new Filter\("title ~ \\"It's\\"/);
  assert.match(await snippet("Dart", "pocketbase"), /getList\(\n/);
  assert.match(await snippet("Go", "package main"), /url\.Values\{/);
  assert.match(await snippet("Rust", "reqwest"), /\.query\(&\[\("filter", "title ~ /);
  assert.match(await snippet("Swift", "Foundation"), /filter=title%20~/);
  assert.match(await snippet("Kotlin", "OkHttp"), /addQueryParameter\("filter", /);
  await page.reload();
  assert.match(await snippet("Kotlin", "OkHttp"), /It's/);
  assert.equal(await page.getByRole("radio", { name: "Kotlin" }).isChecked(), true);
  await choose("View");
  assert.equal(await page.getByRole("radio", { name: "Kotlin" }).isChecked(), true);
  await page.goBack();
  assert.equal(await field("fields").inputValue(), "id,title");
});

test("H2: curl, Python, JavaScript and GraphQL do as they say", { skip }, async () => {
  await open("/collections/posts/api?operation=list");
  await field("filter").fill(`title ~ "It's" && state = 'live'`);
  const own = (text) => text.replaceAll("YOUR_TOKEN", token);
  const found = (text) => assert.match(text, /It\\?'s \$HOME/);
  found(execFileSync("bash", ["-c", own(await snippet("curl", "It"))], { encoding: "utf8" }));
  found(execFileSync("python3", ["-c", own(await snippet("Python", "It"))], { encoding: "utf8" }));
  const script = own(await snippet("JavaScript", "It"));
  const words = ["--input-type=module", "-e", script];
  found(execFileSync(process.execPath, words, { encoding: "utf8" }));
  const query = await snippet("GraphQL", "It");
  const { data, errors } = await ask("/api/graphql", { query });
  assert.equal(errors, undefined);
  assert.equal(data.posts.totalItems, 1);
});

test("H2: writes do what they say, in curl, Python, JavaScript and GraphQL", { skip }, async () => {
  await open("/collections/posts/api?operation=create");
  const title = "$(id) 'x' \"y\" `z` \\ ${a} @b";
  const body = { title, state: "draft", labels: ["a b"], stars: 4, data: { a: [1, null, true] } };
  await write(JSON.stringify(body, null, 2));
  const own = (text) => text.replaceAll("YOUR_TOKEN", token);
  const mark = "{a} @b";
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  execFileSync("bash", ["-c", own(await snippet("curl", mark))], options);
  execFileSync("python3", ["-c", own(await snippet("Python", mark))], options);
  const script = own(await snippet("JavaScript", mark));
  execFileSync(process.execPath, ["--input-type=module", "-e", script], options);
  const { errors } = await ask("/api/graphql", { query: await snippet("GraphQL", mark) });
  assert.equal(errors, undefined);
  const { items } = await ask(`${records("posts")}?filter=${encodeURIComponent("stars = 4")}`);
  assert.deepEqual(items.map((each) => each.title), [title, title, title, title]);
  assert.deepEqual(items[0].data, body.data);
});

test("H3: a list is sent as anybody, and the rule is told", { skip }, async () => {
  await open("/collections/posts/api?operation=list");
  await field("filter").fill("stars = 3");
  const part = region("Try it");
  await button("Send", part).click();
  await said(/^200 in [\d,]+ ms/);
  await said("A superuser asks: the rule decides nothing.");
  await region("What was answered").getByText('"totalItems": 2').waitFor();
  await page.getByRole("radio", { name: "As a guest" }).check({ force: true });
  await button("Send", part).click();
  await region("What was answered").getByText('"totalItems": 1').waitFor();
  await page.getByRole("radio", { name: "As a user" }).check({ force: true });
  assert.equal(await button("Send", part).isDisabled(), true, "nobody is chosen yet");
  await part.getByRole("button", { name: /ann@example\.com/ }).click();
  await button("Send", part).click();
  await said(/^The rule that decided/);
  const logged = region("What the log says of this request");
  await logged.getByRole("link", { name: "posts: List and search" }).waitFor();
  await logged.getByText("The rule chose what the list shows.").waitFor();
  await logged.getByText(/looked at \d+, showed \d+/).waitFor();
  await judge(page, "an answer");
  await screenshot("api-sent");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.equal(stored.includes(ann.id), false, "nothing of the user is stored");
});

test("H3: writes ask first, and a refusal is shown as it is", { skip }, async () => {
  await open("/collections/posts/api?operation=create");
  const part = region("Try it");
  await write("{");
  await said("This is not a JSON object, so it cannot be sent.");
  assert.equal(await button("Send", part).isDisabled(), true);
  await write('{"title": "x", "stars": 9}');
  await button("Send", part).click();
  await said("This changes what is stored");
  await judge(page, "a question before a write");
  await page.keyboard.press("Escape");
  await button("Send", part).click();
  await button("Send it").click();
  await said(/^400 in [\d,]+ ms/);
  await region("What was answered").getByText("validation_min_text_constraint").waitFor();
  await page.getByRole("radio", { name: "As a guest" }).check({ force: true });
  await write('{"title": "By a guest", "stars": 3}');
  await button("Send", part).click();
  await button("Send it").click();
  await said("Denied");
  const guests = encodeURIComponent("title ~ 'guest'");
  const { totalItems } = await ask(`${records("posts")}?filter=${guests}`);
  assert.equal(totalItems, 0);
});

test("H3: a record that is not there is a 404, and the tester says so too", { skip }, async () => {
  await open("/collections/posts/api?operation=view");
  await field("id").fill("nothing-like-it");
  const part = region("Try it");
  await button("Send", part).click();
  await said(/^404 in [\d,]+ ms/);
});

test("H2: examples are taken as they stand, also by GraphQL and in a batch", { skip }, async () => {
  for (const operation of ["create", "update", "batch", "aggregate", "view", "search", "facets"]) {
    await open(`/collections/posts/api?operation=${operation}`);
    const text = (await snippet("curl", "curl ")).replaceAll("YOUR_TOKEN", token);
    const failing = text.replace("curl ", "curl --fail-with-body -s ");
    execFileSync("bash", ["-c", failing], { encoding: "utf8" });
    if (operation === "batch") continue;
    const query = await snippet("GraphQL", "{");
    const { errors } = await ask("/api/graphql", { query });
    assert.equal(errors, undefined, `${operation}: ${query} ${JSON.stringify(errors)}`);
  }
});

test("H2: signing in works as it is written", { skip }, async () => {
  await open("/collections/users/api?operation=password");
  await write('{"identity": "ann@example.com", "password": "12345678"}');
  const query = await snippet("GraphQL", "12345678");
  const { data, errors } = await ask("/api/graphql", { query });
  assert.equal(errors, undefined);
  assert.equal(data.sign_in_users.record.id, ann.id);
  const text = await snippet("curl", "12345678");
  assert.match(execFileSync("bash", ["-c", text], { encoding: "utf8" }), /"token":"ey/);
});

test("H1: a view says that it cannot be asked, and shows its fields", { skip }, async () => {
  const viewQuery = "SELECT id, title FROM posts";
  await ask("/api/collections", { name: "titles", type: "view", viewQuery });
  await open("/collections/titles/api");
  await said("The records of views cannot be read by requests yet.");
  await judge(page, "the API of a view");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|403|404)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
