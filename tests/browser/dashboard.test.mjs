// The dashboard in a real browser: from an empty server to records on the screen, and out again.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge, launch, openPage, written } from "./browser.mjs";
import { findServer } from "./server.mjs";

const COLLECTION = "browser_tracks";
const RECORDS = 60;
const RIDERS = "browser_riders";
const RIDER = { id: "browserrider001", email: "rider@example.com", password: "quiet-sled-42" };

let server;
let browser;
let page;
let wrongs;

const open = (path) => page.goto(`${server.url}/_${path}`);
const at = (path) => page.waitForURL((url) => url.pathname + url.search === `/_${path}`);
const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const answer = () => page.getByRole("region", { name: "Answer" });
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const focused = () =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
const cells = (field) => page.locator(`[data-index] [data-field="${field}"]`).allInnerTexts();
const shows = (row, text) =>
  page.locator(`[data-index="${row}"]`).getByText(text, { exact: true }).waitFor();

// The API as whoever is signed in.
const api = (method, path, body) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const { token } = JSON.parse(localStorage.getItem("luge.session"));
      const headers = { Authorization: token, "Content-Type": "application/json" };
      const answer = await fetch(path, { method, headers, body: JSON.stringify(body) });
      return answer.status;
    },
    { method, path, body },
  );

async function signIn(password) {
  await field("E-mail address").fill(server.superuser.email);
  await field("Password").fill(password);
  await press("Enter");
}

before(async () => {
  server = await findServer();
  browser = await launch();
  ({ page, wrongs } = await openPage(browser, new URL(server.url).origin));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("B1: a fresh server asks for its setup, by the printed code only", async (context) => {
  if (!server.code) {
    await open("/");
    await signIn(server.superuser.password);
    await at("/");
    await api("DELETE", `/api/collections/${COLLECTION}`);
    await api("DELETE", `/api/collections/${RIDERS}`);
    return context.skip("the server has been set up before");
  }
  await open("/collections/anything/records");
  await at("/setup");
  await judge(page, "setup");
  await field("Setup code").fill("0".repeat(server.code.length));
  await field("E-mail address").fill(server.superuser.email);
  await field("Password").fill(server.superuser.password);
  await press("Enter");
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("luge.session")), null);

  await open(`/setup?code=${server.code}`);
  assert.equal(await field("Setup code").inputValue(), server.code);
  await field("E-mail address").fill(server.superuser.email);
  await field("Password").fill("short");
  await press("Enter");
  await page.locator('input[autocomplete="new-password"][aria-invalid="true"]').waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("luge.session")), null);

  await field("Password").fill(server.superuser.password);
  await press("Enter");
  await at("/");
  await open("/setup");
  await at("/");
});

test("home lists the collections", async () => {
  await open("/");
  await page.getByRole("heading", { name: "Collections", level: 1 }).waitFor();
  await page.getByText("First steps").waitFor();
  await judge(page, "home");
});

test("A2, D1: a collection is created by keyboard alone", async () => {
  await open("/collections/new");
  await page.waitForFunction(() => document.activeElement?.matches("form input"));
  await page.keyboard.type("not a name");
  await press("Tab", "Tab", "Enter");
  await page.getByRole("combobox").waitFor();
  await judge(page, "field types");
  await page.keyboard.type("plain");
  await press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("[data-name]"));
  await page.keyboard.type("title");
  await press("Enter");
  assert.equal(await focused(), "Name of field 2");
  await page.keyboard.type("title");
  await press("Enter");
  await judge(page, "new collection");
  await button("Remove field 3").press("Enter");
  assert.equal(await focused(), "Name of field 2");
});

test("what is refused is shown where it was typed", async () => {
  await button("Create collection").press("Enter");
  await page.locator('[data-name][aria-invalid="true"]').waitFor();
  assert.equal(await focused(), "Name of field 2");
  await button("Remove title").nth(1).press("Enter");
  await button("Create collection").press("Enter");
  await page.getByText("Failed to create collection.").waitFor();
  await page.waitForFunction(() => document.activeElement?.labels?.[0]?.textContent === "Name");
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 1);
  await judge(page, "refused collection");
  await field("Name").fill(COLLECTION);
  await button("Add field").press("Enter");
  await page.keyboard.type("number");
  await press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("[data-name]"));
  await page.keyboard.type("metres");
});

test("no rule becomes public by one click", async () => {
  const everyone = page.getByRole("group", { name: "List and search" }).getByLabel("Everyone");
  await everyone.press("Space");
  await button("Create collection").press("Enter");
  await page.getByText("Confirm or change the rules").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Make it public");
  assert.equal(await api("GET", `/api/collections/${COLLECTION}`), 404);
  await judge(page, "unconfirmed rule");
  await page
    .getByRole("group", { name: "List and search" })
    .getByLabel("Superusers only")
    .press("Space");
  await button("Create collection").press("Enter");
  await at(`/collections/${COLLECTION}/records`);
  await page.getByText("No records yet").waitFor();
  await judge(page, "empty table");
});

test("A6: records are sorted and filtered, and every view is an address", async () => {
  for (let metres = 1; metres <= RECORDS; metres += 1) {
    const body = { title: `Track ${String(metres).padStart(2, "0")}`, metres };
    assert.equal(await api("POST", `/api/collections/${COLLECTION}/records`, body), 200);
  }
  await button("Load again").click();
  await page.getByText("60 records").waitFor();
  await shows(0, "Track 60");
  await judge(page, "records");

  await page.getByRole("columnheader", { name: "metres" }).getByRole("button").press("Enter");
  await at(`/collections/${COLLECTION}/records?sort=metres`);
  await shows(0, "Track 01");
  await page.getByRole("columnheader", { name: "metres" }).getByRole("button").press("Enter");
  await at(`/collections/${COLLECTION}/records?sort=-metres`);
  await shows(0, "Track 60");
  await page.getByRole("grid").press("Control+End");
  await shows(RECORDS - 1, "Track 01");

  await page.reload();
  await shows(0, "Track 60");

  await field("Filter").fill("metres > 57 && title != 'Track 59'");
  await press("Enter");
  await page.getByText("2 records").waitFor();
  await shows(1, "Track 58");
  assert.deepEqual(await cells("title"), ["Track 60", "Track 58"]);
  await page.goBack();
  await page.getByText("60 records").waitFor();
  assert.equal(await written(field("Filter")), "");
});

test("a filter that cannot be used says so beside it", async () => {
  await field("Filter").fill("metres >> 3");
  await press("Enter");
  await page.locator('form[role="search"] [role="alert"]').waitFor();
  assert.equal(await field("Filter").getAttribute("aria-invalid"), "true");
  await judge(page, "refused filter");
  await field("Filter").fill("title = 'no such track'");
  await press("Enter");
  await page.getByText("No record matches the filter").waitFor();
  await judge(page, "no match");
});

test("an address that leads nowhere says so", async () => {
  await open("/nowhere/at/all");
  await page.getByRole("heading", { name: "Nothing here", level: 1 }).waitFor();
  await judge(page, "not found");
  await open("/collections/no_such_collection/records");
  await page.getByText("There is no collection named no_such_collection.").waitFor();
});

test("a server that is gone is announced, and the view loads again on its return", async () => {
  await open(`/collections/${COLLECTION}/records`);
  await page.getByText("60 records").waitFor();
  await page.route("**/api/**", (route) => route.abort("connectionrefused"));
  await field("Filter").fill("metres = 7");
  await press("Enter");
  await page.getByText("The server does not answer.").waitFor();
  await judge(page, "server gone");
  assert.equal(await written(field("Filter")), "metres = 7");
  await page.unroute("**/api/**");
  await page.getByText("1 record", { exact: true }).waitFor();
  assert.equal(await page.getByText("The server does not answer.").count(), 0);
});

test("the theme is chosen in the menu and kept", async () => {
  await page.locator(".user-trigger").press("Enter");
  await page.getByRole("menuitemradio", { name: "Dark" }).waitFor();
  await judge(page, "menu");
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => document.body !== null);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
});

test("signing out shuts the door; signing in leads to where one wanted to go", async () => {
  await page.locator(".user-trigger").press("Enter");
  await page.getByRole("menuitem", { name: "Sign out" }).press("Enter");
  await at("/sign-in");
  assert.equal(await page.evaluate(() => localStorage.getItem("luge.session")), null);
  await judge(page, "sign-in");
  await open(`/collections/${COLLECTION}/records?sort=metres`);
  await signIn("a wrong password");
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  await judge(page, "refused sign-in");
  await signIn(server.superuser.password);
  await at(`/collections/${COLLECTION}/records?sort=metres`);
  await page.getByText("60 records").waitFor();
});

test("an address from elsewhere cannot lead out of the dashboard", async () => {
  await open("/sign-in?next=//evil.example/_/");
  await at("/");
});

test("a session that the server no longer accepts ends, and says so", async () => {
  assert.equal(await api("DELETE", `/api/collections/${COLLECTION}`), 204);
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem("luge.session"));
    const [head, claims] = session.token.split(".");
    session.token = `${head}.${claims}.forged`;
    localStorage.setItem("luge.session", JSON.stringify(session));
  });
  await open("/");
  await page.getByText("Your session has ended.").waitFor();
});

test("through all of this the page kept to its rules", () => {
  assert.deepEqual(wrongs, []);
});
