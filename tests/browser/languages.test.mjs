// Languages, the theme at the first paint, and what is said when something goes wrong.
// The tests of this file are one story; each goes on where the one before ended.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judge } from "./browser.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";

let server;
let page;
let wrongs;
let ask;
let end;

const heading = (name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const lang = () => page.evaluate(() => document.documentElement.lang);

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  await ask("/api/collections", { name: "notes", type: "base", fields: [] });
  await page.goto(`${server.url}/_/`);
  await heading("Collections");
});

after(async () => {
  await end?.();
});

test("A11: a language is chosen in the menu, and kept", { skip }, async () => {
  assert.equal(await lang(), "en");
  await page.locator(".user-trigger").press("Enter");
  await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
  await heading("Sammlungen");
  assert.equal(await lang(), "de");
  await page.reload();
  await heading("Sammlungen");
  await judge(page, "home in German");
});

test("A11: what a language lacks is shown in English", { skip }, async () => {
  await page.goto(`${server.url}/_/settings/jobs`);
  await page.getByText("Einstellungen").first().waitFor();
  await heading("Jobs");
});

test("A11: dates follow the language, with UTC behind them", { skip }, async () => {
  await page.goto(`${server.url}/_/logs?own=1`);
  const time = page.getByRole("list", { name: "Protokoll" }).locator("time").first();
  await time.waitFor();
  assert.match(await time.getAttribute("title"), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  assert.match(await time.innerText(), /^\d{1,2}\. \p{L}+\.?, \d{1,2}:\d\d:\d\d$/u);
});

test("A5: the chosen theme is there before anything is drawn", { skip }, async () => {
  await page.evaluate(() => localStorage.setItem("luge.theme", "dark"));
  await page.emulateMedia({ colorScheme: "light" });
  // Nothing of the dashboard itself has come yet.
  await page.route("**/assets/*.js", () => undefined);
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => document.body !== null);
  const first = await page.evaluate(() => [
    document.documentElement.dataset.theme,
    getComputedStyle(document.documentElement).colorScheme,
  ]);
  assert.equal(first[0], "dark");
  await page.unroute("**/assets/*.js");
  await page.evaluate(() => localStorage.removeItem("luge.theme"));
});

test("A5: without a choice a change of the system is followed at once", { skip }, async () => {
  await page.goto(`${server.url}/_/`);
  await heading("Sammlungen");
  const becomes = (colour) =>
    page.waitForFunction(
      (colour) => getComputedStyle(document.documentElement).backgroundColor === colour,
      colour,
    );
  await page.emulateMedia({ colorScheme: "light" });
  await becomes("rgb(255, 255, 255)");
  await page.emulateMedia({ colorScheme: "dark" });
  await becomes("rgb(15, 20, 25)");
  await page.emulateMedia({ colorScheme: "light" });
});

test("A10: a problem names its request, and leads to its line in the log", { skip }, async () => {
  await page.goto(`${server.url}/_/logs?filter=nothing%20%3D%201`);
  const link = page.getByRole("link", { name: /^Anfrage / });
  const id = (await link.innerText()).replace("Anfrage ", "");
  // It is written within a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await link.press("Enter");
  await page.waitForURL((url) => url.pathname === "/_/logs");
  const row = page.getByRole("list", { name: "Protokoll" }).locator("li > button");
  await row.first().waitFor();
  assert.equal(await row.count(), 1);
  await row.first().press("Enter");
  await page.locator("main pre").getByText(id).first().waitFor();
});

test("A9: a server that is gone is counted down for; what was typed stays", { skip }, async () => {
  await page.goto(`${server.url}/_/collections/new`);
  const name = page.locator("form input").first();
  await name.fill("half_written");
  await page.route("**/api/**", (route) => route.abort("connectionrefused"));
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("abcdefghijklmno");
  await page.getByText("Der Server antwortet nicht.").waitFor();
  await page.getByText(/Nächster Versuch in \d+ s\./).waitFor();
  await page.keyboard.press("Escape");
  await page.unroute("**/api/**");
  await page.getByText("Der Server antwortet nicht.").waitFor({ state: "detached" });
  assert.equal(await name.inputValue(), "half_written");
});

test("A11: the sign-in page has its language too", { skip }, async () => {
  await page.evaluate(() => localStorage.removeItem("luge.session"));
  await page.goto(`${server.url}/_/sign-in`);
  await heading("Anmelden");
  for (const [code, title] of [["es", "Iniciar sesión"], ["zh", "登录"], ["en", "Sign in"]]) {
    await page.locator("select").selectOption(code);
    await heading(title);
    await judge(page, `sign-in in ${code}`);
  }
});

test("A11: nobody knows of another language than there is", { skip }, async () => {
  await page.evaluate(() => localStorage.setItem("luge.language", "klingon"));
  await page.reload();
  await heading("Sign in");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  assert.deepEqual(wrongs, []);
});
