// The todo example in plain HTML: from sign-up to sign-out, over a server that is killed and a page
// that is loaded anew without it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { judge, launch, openPage } from "./browser.mjs";
import { startSite, until } from "./site.mjs";

const FOLDER = fileURLToPath(new URL("../../sdk/examples/todo", import.meta.url));
const RECORDS = "/api/collections/todos/records";
const USER = { email: "ann@example.com", password: "quiet-sled-42" };

let site;
let browser;
let page;
let wrongs;

const list = async () => (await site.ask("GET", `${RECORDS}?perPage=100`)).items;
const served = async () => (await list()).map(({ title, done }) => title + (done ? "✓" : ""));
const shown = (on = page) =>
  on.locator("#todos li").evaluateAll((rows) =>
    rows.map((row) => row.textContent.replace("Delete", "") +
      (row.classList.contains("done") ? "✓" : "")));
const status = () => page.locator("#status").textContent();
const add = async (title, on = page) => {
  await on.fill("#add input", title);
  await on.press("#add input", "Enter");
  await until(async () => (await shown(on))[0] === title);
};
const box = (title, on = page) => on.locator("li", { hasText: title }).locator("input");
const signIn = async (button) => {
  await page.fill("[name=email]", USER.email);
  await page.fill("[name=password]", USER.password);
  await page.click(`[name=${button}]`);
  await until(async () => (await status()) === "Up to date");
};

before(async () => {
  site = await startSite({}, FOLDER);
  const collection = readFileSync(`${FOLDER}/collection.json`, "utf8");
  await site.ask("POST", "/api/collections", JSON.parse(collection));
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, site.url));
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test("sign-up, and a list that is the server's", async () => {
  await page.goto(site.url);
  await judge(page, "sign-in");
  await page.fill("[name=email]", USER.email);
  await page.fill("[name=password]", "wrong password");
  await page.click("[name=in]");
  await until(async () => (await page.locator("#problem").textContent()) !== "");
  await signIn("up");
  await add("Wax the runners");
  await add("Feed the dogs");
  await box("Feed the dogs").check();
  await until(async () => (await served()).join() === "Wax the runners,Feed the dogs✓");
  const { owner } = (await list())[0];
  await site.ask("POST", RECORDS, { title: "Of another device", owner });
  await until(async () => (await shown())[0] === "Of another device");
  await judge(page, "todos");
});

test("writes without a server outlast a reload and arrive once, in order", async () => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await site.restart(async () => {
    await add("First");
    await box("First").check();
    await add("Second");
    await box("Wax the runners").check();
    await page.reload();
    await until(async () => (await shown()).length === 5);
    assert.deepEqual((await shown()).slice(0, 2), ["Second", "First✓"]);
    assert.equal(await page.locator("li.pending").count(), 3);
    await page.getByRole("button", { name: "Delete Feed the dogs" }).click();
    await add("Third");
    await until(async () => (await status()) === "Without the server, 6 to send");
  });
  await until(async () => (await status()) === "Up to date");
  const expected = ["Wax the runners✓", "Of another device", "First✓", "Second", "Third"];
  assert.deepEqual(await served(), expected);
  assert.deepEqual(await shown(), [...expected].reverse());
  assert.equal(await page.locator("li.pending").count(), 0);
});

test("what another changed meanwhile is a conflict, and the person decides", async () => {
  const context = page.context();
  await site.restart(async () => {
    await box("Second").check();
    await box("Third").check();
    await context.setOffline(true);
  });
  for (const { id, title } of await list()) {
    if (/Second|Third/.test(title)) {
      await site.ask("PATCH", `${RECORDS}/${id}`, { title: `${title}!` });
    }
  }
  await context.setOffline(false);
  for (const [button, title] of [["Take theirs", "Second!"], ["Keep mine", "Third!"]]) {
    await page.locator("dialog", { hasText: title }).waitFor();
    await page.getByRole("button", { name: button }).click();
  }
  await until(async () => (await status()) === "Up to date");
  assert.deepEqual((await served()).slice(-2), ["Second!", "Third!✓"]);
  await until(async () => (await shown())[1] === "Second!");
});

test("two tabs show the same, and what one writes arrives once", async () => {
  const other = await page.context().newPage();
  await other.goto(site.url);
  await until(async () => (await shown(other)).length === 5);
  await site.restart(async () => {
    await add("In the other tab", other);
    await until(async () => (await shown())[0] === "In the other tab");
    await page.reload();
    await until(async () => (await shown())[0] === "In the other tab");
  });
  await until(async () => (await served()).at(-1) === "In the other tab");
  await until(async () => (await status()) === "Up to date");
  assert.equal((await served()).length, 6);
  await other.close();
});

test("signing out asks before writes are lost, and leaves nothing behind", async () => {
  const answers = [];
  page.on("dialog", (dialog) => (answers.shift() ? dialog.accept() : dialog.dismiss()));
  const kept = () => page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    const texts = await Promise.all(names.map((name) => new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target: { result } }) => {
        const stores = ["records", "outbox"].map((store) =>
          new Promise((done) => {
            const all = result.transaction(store).objectStore(store).getAll();
            all.onsuccess = () => done(JSON.stringify(all.result));
          }));
        resolve(Promise.all(stores));
      };
    })));
    return texts.flat().join() + JSON.stringify(localStorage);
  });
  await site.restart(async () => {
    await add("Never sent");
    answers.push(false);
    await page.click("#sign-out");
    assert.match(await kept(), /Never sent/);
    answers.push(true);
    await page.click("#sign-out");
    await page.locator("#sign-in").waitFor();
    assert.doesNotMatch(await kept(), /Never sent|Third|ann@example/);
  });
  assert.equal((await served()).length, 6);
  await signIn("in");
  await until(async () => (await shown()).length === 6);
  const unexpected = wrongs.filter((wrong) => !/serviceWorker|Failed to fetch/.test(wrong));
  assert.deepEqual(unexpected, []);
});
