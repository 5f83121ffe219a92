// A server of one's own whose dashboard a superuser is signed in to, where many stories begin.

import assert from "node:assert/strict";
import { launch, openPage } from "./browser.mjs";
import { startServer } from "./server.mjs";

const ADA = "ada@example.com";
const PASSWORD = "quiet-sled-42";

/** The server, the page on its first screen, and `ask`, which speaks to the API as she does. */
export async function signedIn(program) {
  const server = await startServer(program);
  const body = { code: server.code, email: ADA, password: PASSWORD, passwordConfirm: PASSWORD };
  let token;
  async function ask(path, body, { method = body ? "POST" : "GET", as = token } = {}) {
    const answer = await fetch(server.url + path, {
      method,
      headers: { "content-type": "application/json", ...(as && { authorization: as }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    assert.equal(answer.ok, true, `${path}: ${answer.status}`);
    return answer.status === 204 ? undefined : answer.json();
  }
  ({ token } = await ask("/api/setup", body));
  const browser = await launch();
  const { page, wrongs } = await openPage(browser, server.url);
  await page.goto(`${server.url}/_/sign-in`);
  await page.getByLabel("E-mail address", { exact: true }).fill(ADA);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/_/");
  const end = async () => {
    await browser.close();
    await server.stop();
  };
  return { server, page, wrongs, token, ask, end };
}
