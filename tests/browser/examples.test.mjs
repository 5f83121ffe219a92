// The examples of the client, as people meet them: a chat in two browsers, pages made on a server,
// and a script. `npm ci` in each of their folders, and a built client, come first.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SUPERUSER, freePort, startServer } from "../sdk/server.mjs";
import { judge, launch, openPage } from "./browser.mjs";
import { becomes, superuserOf } from "./superuser.mjs";

const client = fileURLToPath(new URL("../../sdk/", import.meta.url));
const example = (name) => join(client, "examples", name);
const run = promisify(execFile);
const [email, password] = SUPERUSER;

let luge;
let browser;
let api;
const temporary = mkdtempSync(join(tmpdir(), "luge-examples-"));

const environment = () => ({
  ...process.env,
  LUGE_URL: luge.url,
  LUGE_SUPERUSER_EMAIL: email,
  LUGE_SUPERUSER_PASSWORD: password,
});
const node = (folder, ...words) => run("node", words, { cwd: folder, env: environment() });
const listed = (page, name) =>
  page.getByRole("list", { name }).getByRole("listitem").allInnerTexts();

before(async () => {
  luge = await startServer(process.env.LUGE_BIN);
  api = await superuserOf(luge);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await luge?.stop();
  rmSync(temporary, { recursive: true, force: true });
});

test("a chat shows messages, who is there and who types, in two browsers", async () => {
  const folder = example("chat");
  const built = join(luge.folder, "..", "luge_public");
  await run("npx", ["tsc"], { cwd: folder });
  const vite = ["vite", "build", "--outDir", built, "--emptyOutDir", "--logLevel", "error"];
  await run("npx", vite, { cwd: folder, env: { ...process.env, NODE_ENV: "production" } });
  await node(folder, "setup.mjs");
  await luge.restart();

  const enter = async (name) => {
    const { page, wrongs } = await openPage(browser, luge.url);
    await page.goto(luge.url);
    await page.getByLabel("Name, for a new account").fill(name);
    await page.getByLabel("E-mail address").fill(`${name.toLowerCase()}@example.com`);
    await page.getByLabel("Password").fill("quiet-sled-42");
    await page.getByRole("button", { name: "Come in" }).click();
    await page.getByLabel("Message", { exact: true }).waitFor();
    return { page, wrongs };
  };
  const ann = await enter("Ann");
  await becomes(() => listed(ann.page, "Who is here"), ["Ann"]);
  const bob = await enter("Bob");
  for (const { page } of [ann, bob]) {
    await becomes(async () => (await listed(page, "Who is here")).sort(), ["Ann", "Bob"]);
  }
  const say = async ({ page }, text) => {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  };
  await bob.page.getByLabel("Message", { exact: true }).pressSequentially("Hel");
  await becomes(() => ann.page.locator("#typing").innerText(), "Bob is typing");
  await say(bob, "Hello <b>Ann</b>");
  await say(ann, "Hi");
  for (const { page } of [ann, bob]) {
    await becomes(() => listed(page, "Messages"), ["Bob Hello <b>Ann</b>", "Ann Hi"]);
  }
  await becomes(() => ann.page.locator("#typing").innerText(), "");
  await judge(ann.page, "chat");
  await bob.page.getByRole("button", { name: "Leave" }).click();
  await bob.page.getByRole("button", { name: "Come in" }).waitFor();
  await becomes(() => listed(ann.page, "Who is here"), ["Ann"]);
  // A sign-in that is refused says why, and a reload stays signed in.
  await bob.page.getByLabel("E-mail address").fill("bob@example.com");
  await bob.page.getByLabel("Password").fill("wrong");
  await bob.page.getByRole("button", { name: "Come in" }).click();
  await bob.page.getByRole("alert").waitFor();
  await ann.page.reload();
  await becomes(() => listed(ann.page, "Messages"), ["Bob Hello <b>Ann</b>", "Ann Hi"]);
  assert.deepEqual([...ann.wrongs, ...bob.wrongs], []);
  await ann.page.context().close();
  await bob.page.context().close();
});

describe("pages made on a server", () => {
  let server;
  let origin;
  const USER = { email: "cy@example.com", password: "quiet-sled-42" };

  before(async () => {
    const folder = example("pages");
    await node(folder, "setup.mjs");
    await api("POST", "/api/collections/users/records", {
      ...USER,
      passwordConfirm: USER.password,
    });
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const env = { ...environment(), PORT: `${port}` };
    server = spawn("node", ["server.mjs"], { cwd: folder, env, stdio: ["ignore", "pipe", 2] });
    await new Promise((done) => server.stdout.once("data", done));
  });
  after(() => server?.kill("SIGKILL"));

  test("are whole without scripts, go on live with them, and hide their cookie", async () => {
    const { page, wrongs } = await openPage(browser, origin);
    await page.goto(origin);
    const fill = async (secret) => {
      await page.getByLabel("E-mail address").fill(USER.email);
      await page.getByLabel("Password").fill(secret);
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await fill("wrong");
    await page.getByRole("alert").waitFor();
    await fill(USER.password);
    await page.getByRole("heading", { name: `Notes of ${USER.email}` }).waitFor();
    assert.equal(await page.evaluate(() => document.cookie), "");
    const [cookie] = await page.context().cookies();
    assert.deepEqual(
      [cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite],
      ["__Host-luge_session", true, true, "Lax"],
    );
    const items = () => page.locator("#notes li").allInnerTexts();
    await page.getByLabel("Note").fill("by a form <i>");
    await page.getByRole("button", { name: "Add" }).click();
    await becomes(items, ["by a form <i>"]);
    await becomes(() => page.locator("#notes").getAttribute("data-state"), "open");
    const { items: users } = await api("GET", "/api/collections/users/records?filter=email~'cy@'");
    const NOTES = "/api/collections/notes/records";
    await api("POST", NOTES, { text: "by somebody else", owner: users[0].id });
    await becomes(items, ["by a form <i>", "by somebody else"]);

    const headers = { cookie: `${cookie.name}=${cookie.value}` };
    const plain = await (await fetch(origin, { headers })).text();
    assert.match(plain, /<li>by a form &lt;i&gt;<\/li><li>by somebody else<\/li>/);
    assert.ok(!(await (await fetch(origin)).text()).includes("by a form"));
    await judge(page, "pages");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    assert.deepEqual(await page.context().cookies(), []);
    assert.ok(!(await (await fetch(origin, { headers })).text()).includes("by a form"));
    assert.deepEqual(wrongs, []);
    await page.context().close();
  });

  test("do nothing for pages of elsewhere", async () => {
    const form = new URLSearchParams(USER);
    for (const [headers, status] of [
      [{ "sec-fetch-site": "cross-site" }, 403],
      [{ "sec-fetch-site": "same-site", origin: "http://localhost:1" }, 403],
      [{}, 403],
      [{ "sec-fetch-site": "same-origin" }, 303],
      [{ origin }, 303],
    ]) {
      const options = { method: "POST", body: form, headers, redirect: "manual" };
      const answer = await fetch(`${origin}/sign-in`, options);
      assert.equal(answer.status, status, JSON.stringify(headers));
    }
    for (const path of ["/client/../server.mjs", "/client/..%2fserver.mjs", "/client/none.js"]) {
      assert.equal((await fetch(origin + path)).status, 404, path);
    }
  });
});

test("a script brings a file once, however often it runs, and reports", async () => {
  const source = example("script");
  const orders = join(temporary, "orders.csv");
  copyFileSync(join(source, "orders.csv"), orders);
  const report = [
    "2026-01: 2 orders, 125.50",
    "2026-02: 3 orders, 102.00",
    "large: 1002 of Bob, 100.00",
    "large: 1004 of Eve, 80.00",
  ];
  const lines = async () => (await node(source, "orders.mjs", orders)).stdout.trim().split("\n");
  assert.deepEqual(await lines(), ["5 created, 0 changed, 0 unchanged", ...report]);
  assert.deepEqual(await lines(), ["0 created, 0 changed, 5 unchanged", ...report]);
  const changed = readFileSync(orders, "utf8").replace("Eve,2026-02-11,80", "Eve,2026-02-11,8");
  writeFileSync(orders, `${changed}1006,Bob,2026-03-01,1\n`);
  assert.deepEqual(await lines(), [
    "1 created, 1 changed, 4 unchanged",
    report[0],
    "2026-02: 3 orders, 30.00",
    "2026-03: 1 orders, 1.00",
    report[2],
  ]);
  writeFileSync(orders, `${changed}1007,,2026-03-01,-1\n`);
  await assert.rejects(lines, ({ code, stderr }) => {
    assert.equal(code, 1);
    assert.match(stderr, /\n {2}customer: .*\n {2}total: .*\(request \w+\)/);
    return true;
  });
});
