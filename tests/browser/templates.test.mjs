// Templates: collections with rules and records by one click, and gone again by another.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
const PASSWORD = "quiet-sled-44";

let server;
let page;
let wrongs;
let ask;
let end;

const dialog = () => page.getByRole("dialog");
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const names = async () => {
  const { items } = await ask("/api/collections?perPage=200&sort=name");
  return items.filter(({ system }) => !system).map(({ name }) => name);
};
const records = (name, as, query = "") =>
  ask(`/api/collections/${name}/records?perPage=100${query}`, undefined, { as });

// One of the accounts of a template, with a password that is known.
async function signIn(collection, id) {
  const path = `/api/collections/${collection}`;
  const secret = { password: PASSWORD, passwordConfirm: PASSWORD };
  const { email } = await ask(`${path}/records/${id}`, secret, { method: "PATCH" });
  const signIn = { identity: email, password: PASSWORD };
  return (await ask(`${path}/auth-with-password`, signIn, { as: "" })).token;
}

async function load(name) {
  await button(`Load ${name}`, dialog()).click();
  await said(`${name} is loaded.`);
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
});

after(async () => {
  await end?.();
});

test("B4: four templates are offered on the home page", { skip }, async () => {
  await button("Templates").press("Enter");
  await dialog().waitFor();
  assert.equal(await dialog().getByRole("listitem").count(), 4);
  await judge(page, "templates");
});

test("B4: a to-do list is loaded by one click, each sees what is theirs", { skip }, async () => {
  await load("To-do list");
  await judge(page, "a loaded template");
  assert.deepEqual(await names(), ["todo_lists", "todo_people", "todo_tasks", "users"]);
  assert.equal((await records("todo_tasks")).totalItems, 20);
  const token = await signIn("todo_people", "todoperson00001");
  const own = await records("todo_tasks", token, "&expand=list");
  assert.ok(own.totalItems > 0 && own.totalItems < 20, `${own.totalItems} tasks`);
  const owners = new Set(own.items.map(({ expand }) => expand.list.owner));
  assert.deepEqual([...owners], ["todoperson00001"]);
  assert.equal((await records("todo_tasks", "")).totalItems, 0);
  const { items } = await records("todo_lists");
  const foreign = items.find(({ owner }) => owner !== "todoperson00001").id;
  for (const [path, method, body] of [
    ["", "POST", { title: "x", list: foreign }],
    [`/${own.items[0].id}`, "PATCH", { list: foreign }],
  ]) {
    const answer = await fetch(`${server.url}/api/collections/todo_tasks/records${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: token },
      body: JSON.stringify(body),
    });
    assert.ok([400, 404].includes(answer.status), `${method}: ${answer.status}`);
  }
});

test("B4: no account of a template has a password that is known", { skip }, async () => {
  for (const password of ["password", "12345678", "todo_people"]) {
    const answer = await fetch(`${server.url}/api/collections/todo_people/auth-with-password`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ identity: "bao@todo.example", password }),
    });
    assert.equal(answer.status, 400);
  }
});

test("B4: the blog, the chat and the shop are loaded with their rules", { skip }, async () => {
  for (const name of ["Blog", "Chat", "Shop"]) await load(name);
  const guest = await records("blog_posts", "");
  assert.equal(guest.totalItems, 16);
  assert.equal(guest.items.some(({ status }) => status === "draft"), false);
  assert.equal((await records("blog_posts")).totalItems, 20);
  const token = await signIn("chat_people", "chatperson00004");
  const rooms = await records("chat_rooms", token);
  assert.deepEqual(rooms.items.map(({ name }) => name), ["General"]);
  const heard = await records("chat_messages", token);
  assert.deepEqual([...new Set(heard.items.map(({ room }) => room))], [rooms.items[0].id]);
  assert.equal((await records("shop_products", "")).totalItems, 18);
  assert.equal((await records("shop_orders", "")).totalItems, 0);
});

test("B4: one is removed after a question that counts what goes", { skip }, async () => {
  await button("Remove Blog", dialog()).click();
  await said("blog_posts: 20 records");
  await judge(page, "a question about a template");
  await button("Cancel", dialog()).click();
  assert.ok((await names()).includes("blog_posts"));
  await button("Remove Blog", dialog()).click();
  await button("Remove them", dialog()).click();
  await said("Blog has been removed.");
  assert.equal((await names()).some((name) => name.startsWith("blog_")), false);
  assert.ok((await names()).includes("shop_orders"), "the others stay");
});

test("B4: one that others refer to stays", { skip }, async () => {
  const { id } = await ask("/api/collections/shop_products");
  const fields = [{ name: "product", type: "relation", collectionId: id, maxSelect: 1 }];
  await ask("/api/collections", { name: "reviews", type: "base", fields });
  await button("Remove Shop", dialog()).click();
  await said(/Shop stays: other collections refer to it \(reviews\)/);
  assert.ok((await names()).includes("shop_orders"));
});

test("B4: nothing is left of one that fails, and none overwrites what is there", { skip },
  async () => {
    await page.route("**/api/collections/blog_comments/records**", (route) => route.abort());
    await button("Load Blog", dialog()).click();
    await dialog().getByRole("alert").waitFor();
    assert.equal((await names()).some((name) => name.startsWith("blog_")), false);
    await page.unroute("**/api/collections/blog_comments/records**");
    await ask("/api/collections", { name: "blog_posts", type: "base", fields: [] });
    await page.reload();
    await button("Templates").click();
    await said("There are collections of these names already: blog_posts.");
    assert.equal(await button("Load Blog", dialog()).isDisabled(), true);
  });

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
