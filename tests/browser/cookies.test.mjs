// Sign-in by cookie in a real browser: it outlasts the page, scripts never see it, and pages of
// elsewhere can do nothing by it.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SUPERUSER, startServer } from "../sdk/server.mjs";
import { launch } from "./browser.mjs";

const USER = { email: "ann@example.com", password: "quiet-sled-42" };

let server;
let stranger;
let browser;
let page;

const api = async (token, method, path, body) => {
  const headers = { authorization: token ?? "", "content-type": "application/json" };
  const options = { method, headers, body: body && JSON.stringify(body) };
  const answer = await fetch(server.url + path, options);
  return { status: answer.status, body: await answer.json() };
};
// The same by the page, whose browser adds what it adds.
const ask = (method, path, body) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    },
    { method, path, body },
  );
const NOTES = "/api/collections/notes/records";
let root;
const notes = async () => (await api(root, "GET", NOTES)).body.totalItems;

before(async () => {
  server = await startServer(process.env.LUGE_BIN);
  const site = join(server.folder, "..", "luge_public");
  mkdirSync(site, { recursive: true });
  writeFileSync(join(site, "index.html"), "<!doctype html><title>app</title>");
  const [identity, password] = SUPERUSER;
  const signIn = "/api/collections/_superusers/auth-with-password";
  root = (await api(null, "POST", signIn, { identity, password })).body.token;
  const cookie = { enabled: true };
  assert.equal((await api(root, "PATCH", "/api/collections/users", { cookie })).status, 200);
  const user = { ...USER, passwordConfirm: USER.password };
  assert.equal((await api(root, "POST", "/api/collections/users/records", user)).status, 200);
  const rule = "@request.auth.id != ''";
  const collection = { name: "notes", type: "base", createRule: rule, listRule: rule };
  assert.equal((await api(root, "POST", "/api/collections", collection)).status, 200);
  // A page that posts a form as soon as it is opened.
  stranger = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><form method="post" action="${server.url}${NOTES}"></form>
      <script>document.forms[0].submit()</script>`);
  });
  await new Promise((done) => stranger.listen(0, done));
  browser = await launch();
  page = await (await browser.newContext()).newPage();
});

after(async () => {
  await browser?.close();
  stranger?.close();
  await server?.stop();
});

test("a sign-in outlasts the page, and no script sees its token", async () => {
  await page.goto(`${server.url}/`);
  assert.notEqual((await ask("POST", NOTES, {})).status, 200);
  const { email: identity, password } = USER;
  const path = "/api/collections/users/auth-with-password?cookie=1";
  const signedIn = await ask("POST", path, { identity, password });
  assert.equal(signedIn.status, 200);
  assert.deepEqual(Object.keys(signedIn.body), ["record"]);
  assert.equal(await page.evaluate(() => document.cookie), "");
  await page.reload();
  assert.equal((await ask("POST", NOTES, {})).status, 200);
  assert.equal((await ask("POST", "/api/collections/users/auth-refresh", {})).status, 200);
  assert.equal(await notes(), 1);
});

// A port is another origin, but the same site: the browser sends the cookie along.
for (const [where, host, status] of [
  ["of another port", "127.0.0.1", 403],
  ["of another site", "localhost", 400],
]) {
  test(`a form on a page ${where} does nothing`, async () => {
    const answered = page.waitForResponse((response) => response.url().endsWith(NOTES));
    await page.goto(`http://${host}:${stranger.address().port}/`);
    assert.equal((await answered).status(), status);
    assert.equal(await notes(), 1);
  });
}

test("signing out has the browser forget it", async () => {
  await page.goto(`${server.url}/`);
  assert.equal((await ask("POST", NOTES, {})).status, 200);
  assert.equal((await ask("POST", "/api/collections/users/auth-logout", {})).status, 204);
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal((await ask("POST", NOTES, {})).status, 400);
});
