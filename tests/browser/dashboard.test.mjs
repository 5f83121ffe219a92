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
const column = (number) =>
  page.locator(`tbody tr > :nth-child(${number})`).allInnerTexts();

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

test("a fresh server asks for its setup, and only the printed code will do", async (context) => {
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

test("a collection is created by keyboard alone", async () => {
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

test("records are paged, sorted and filtered, and every view is an address", async () => {
  for (let metres = 1; metres <= RECORDS; metres += 1) {
    const body = { title: `Track ${String(metres).padStart(2, "0")}`, metres };
    assert.equal(await api("POST", `/api/collections/${COLLECTION}/records`, body), 200);
  }
  await button("Load again").click();
  await page.getByText("1–50 of 60").waitFor();
  assert.equal((await column(2)).length, 50);
  await judge(page, "records");

  await page.getByRole("columnheader", { name: "metres" }).getByRole("button").press("Enter");
  await at(`/collections/${COLLECTION}/records?sort=metres`);
  await page.getByRole("columnheader", { name: "metres" }).getByRole("button").press("Enter");
  await at(`/collections/${COLLECTION}/records?sort=-metres`);
  await page.locator("tbody tr:first-child >> text=Track 60").waitFor();
  await button("Next page").press("Enter");
  await at(`/collections/${COLLECTION}/records?sort=-metres&page=2`);
  await page.getByText("51–60 of 60").waitFor();
  const last = Array.from({ length: 10 }, (_, below) => String(10 - below));
  assert.deepEqual(await column(3), last);

  await page.reload();
  await page.getByText("51–60 of 60").waitFor();
  assert.deepEqual(await column(3), last);

  await field("Filter").fill("metres > 57 && title != 'Track 59'");
  await press("Enter");
  await page.getByText("2 records").waitFor();
  assert.deepEqual(await column(2), ["Track 60", "Track 58"]);
  await page.goBack();
  await page.getByText("51–60 of 60").waitFor();
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

test("a rule is tried out as a guest and as a member, and every part of it answers", async () => {
  const view = { action: "view", record: RIDER.id };
  const body = {
    name: RIDERS,
    type: "auth",
    viewRule: 'id = @request.auth.id || email = "nobody@example.com"',
    ruleTests: [
      { ...view, name: "guests see nobody", expect: "deny" },
      { ...view, name: "guests see riders", expect: "allow" },
    ],
  };
  assert.equal(await api("POST", "/api/collections", body), 200);
  const rider = { ...RIDER, passwordConfirm: RIDER.password };
  assert.equal(await api("POST", `/api/collections/${RIDERS}/records`, rider), 200);

  await open(`/collections/${RIDERS}/records`);
  await page.getByRole("link", { name: "Rules", exact: true }).press("Enter");
  await at(`/collections/${RIDERS}/rules`);
  await field("Action").selectOption("view");
  await at(`/collections/${RIDERS}/rules?action=view`);
  assert.equal(await page.locator('[aria-current="true"] .name').innerText(), RIDERS);
  assert.equal(await field("Expression: View one").inputValue(), body.viewRule);
  await field("Id of the record that is asked for").fill(RIDER.id);
  await button("Try it").press("Enter");
  await answer().getByText("Denied", { exact: true }).waitFor();
  await answer().getByText("0 records can be seen").waitFor();
  const mine = ["id = @request.auth.id", `"${RIDER.id}"`];
  const other = ['email = "nobody@example.com"', `"${RIDER.email}"`, '"nobody@example.com"'];
  const shown = (...values) => [body.viewRule, ...mine, ...values, ...other];
  assert.deepEqual(await answer().locator("code").allInnerTexts(), shown("null"));
  assert.deepEqual(await answer().locator(".mark").allInnerTexts(), ["No", "No", "No"]);
  await judge(page, "denied by a rule");

  await page.getByRole("group", { name: "Who asks" }).getByLabel("A record").press("Space");
  await answer().getByText("Something has changed since.").waitFor();
  await button("Try it").press("Enter");
  await page.getByText("Name the record that asks by its id").waitFor();
  await field("Find by e-mail address").fill("no such rider");
  await page.getByText("No record has such an e-mail address.").waitFor();
  await field("Find by e-mail address").fill("RIDER@");
  await page.getByRole("button", { name: RIDER.email }).press("Enter");
  assert.equal(await field("Id of who asks").inputValue(), RIDER.id);
  await button("Try it").press("Enter");
  await answer().getByText("Allowed", { exact: true }).waitFor();
  await answer().getByText("1 record can be seen").waitFor();
  assert.deepEqual(await answer().locator(".mark").allInnerTexts(), ["Yes", "Yes", "No"]);
  const seen = await answer().locator("code").allInnerTexts();
  assert.deepEqual(seen, [...shown(`"${RIDER.id}"`), RIDER.id]);
  await judge(page, "allowed by a rule");
});

test("a rule that makes no sense is marked where it goes wrong, and none is saved", async () => {
  const rule = field("Expression: View one");
  const saved = await rule.inputValue();
  const wrong = 'id != "🛷" && nothing = 1';
  await rule.fill(wrong);
  await button("Try it").press("Enter");
  const place = [...wrong.slice(0, wrong.indexOf("nothing"))].length + 1;
  await page.locator(`[data-column="${place}"]`).waitFor();
  assert.equal(await page.locator("mark").innerText(), "n");
  assert.equal(await rule.getAttribute("aria-invalid"), "true");
  assert.equal(await focused(), "Expression: View one");
  await judge(page, "refused rule");
  await field("Body").fill("[]");
  await button("Try it").press("Enter");
  await page.getByText("This is not a JSON object.").waitFor();
  await button("Back to the saved rule").press("Enter");
  assert.equal(await rule.inputValue(), saved);

  await page.reload();
  assert.equal(await rule.inputValue(), saved);
  const lets = page.getByRole("group", { name: "Rule" });
  await lets.getByLabel("Superusers only").press("Space");
  await button("Try it").press("Enter");
  await answer().getByText("The rule is locked").waitFor();
  await lets.getByLabel("Everyone").press("Space");
  await button("Try it").press("Enter");
  await answer().getByText("1 record can be seen").waitFor();
  await field("Action").selectOption("create");
  await lets.getByLabel("Expression").press("Space");
  await button("Try it").press("Enter");
  await page.getByText("Write an expression, or choose").waitFor();
  await field("Expression: Create").fill("@request.body.name = 'Lyra'");
  await field("Body").fill('{"name": "Lyra"}');
  await button("Try it").press("Enter");
  await answer().getByText("Allowed", { exact: true }).waitFor();
  await field("Action").selectOption("update");
  await button("Try it").press("Enter");
  await page.locator('input.mono[aria-invalid="true"]').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('input[aria-invalid="true"]'));
  await judge(page, "a record is needed");
  await field("Action").selectOption("view");
  await page.reload();
  assert.equal(await rule.inputValue(), saved);
});

test("the saved tests of rules are run, and what failed says why", async () => {
  await button("Run 2 saved tests").press("Enter");
  await page.getByText("1 passed, 1 failed").waitFor();
  await page.getByText("It is denied.").waitFor();
  await judge(page, "saved tests of rules");
  assert.equal(await api("DELETE", `/api/collections/${RIDERS}`), 204);
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
  await page.getByText("1–50 of 60").waitFor();
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
  await open(`/collections/${COLLECTION}/records?sort=metres&page=2`);
  await signIn("a wrong password");
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  await judge(page, "refused sign-in");
  await signIn(server.superuser.password);
  await at(`/collections/${COLLECTION}/records?sort=metres&page=2`);
  await page.getByText("51–60 of 60").waitFor();
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
