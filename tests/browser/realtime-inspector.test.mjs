// The realtime page of the dashboard: listening as anybody to changes, searches and channels, and
// sending to a channel. The tests of this file are one story.

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
let ann;

const region = (name) => page.getByRole("region", { name, exact: true });
const form = () => page.getByRole("form", { name: "Listen to" });
const field = (label, where) => where.getByLabel(label, { exact: true });
const button = (name, where = page) => where.getByRole("button", { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const who = (name, where = form()) => where.getByRole("radio", { name }).check({ force: true });
const listening = () => region("Listening").getByText("connected", { exact: true });
const records = (name) => `/api/collections/${name}/records`;
const screenshot = (name) =>
  process.env.SCREENSHOTS && page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });

/** Waits until so many listeners are connected. */
const connected = (amount) => listening().nth(amount - 1).waitFor();
const events = () => region("Events").locator("summary");

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  const account = { email: "ann@example.com", password: "12345678", passwordConfirm: "12345678" };
  ann = await ask(records("users"), account);
  const fields = [
    { name: "title", type: "text" },
    { name: "created", type: "autodate", onCreate: true },
    { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
  ];
  const rules = { listRule: "title ~ 'open'", viewRule: "title ~ 'open'" };
  const search = { fields: { title: {} } };
  await ask("/api/collections", { name: "notes", type: "base", fields, search, ...rules });
  const signed = "@request.auth.id != ''";
  const channel = { name: "room-{id}", joinRule: "", sendRule: signed, presence: true };
  await ask("/api/settings", { channels: [channel] }, { method: "PATCH" });
});

after(async () => {
  await end?.();
});

test("H6: changes are heard as guest, user and superuser, each what it may", { skip }, async () => {
  await page.getByRole("link", { name: "Realtime" }).click();
  await page.waitForURL((url) => url.pathname === "/_/realtime");
  await said("Nothing yet");
  await judge(page, "realtime without anything");
  await field("Collection", form()).selectOption("notes");
  await who("As you");
  await button("Listen", form()).click();
  await connected(1);
  await who("As a guest");
  await button("Listen", form()).click();
  await connected(2);
  await who("As a user");
  assert.equal(await button("Listen", form()).isDisabled(), true, "nobody is chosen yet");
  await form().getByRole("button", { name: /ann@example\.com/ }).click();
  await button("Listen", form()).click();
  await connected(3);
  await ask(records("notes"), { title: "an open one" });
  await events().nth(2).waitFor();
  await ask(records("notes"), { title: "secret" });
  await events().nth(3).waitFor();
  assert.match(await events().first().innerText(), /create[^]*notes\/\*[^]*as you/);
  assert.match(await events().first().innerText(), /\d ms after the change/);
  await events().first().click();
  await region("Events").getByText('"title": "secret"').waitFor();
  await judge(page, "realtime with events");
  await screenshot("realtime");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.equal(stored.includes(ann.id), false, "nothing of the user is stored");
});

test("H6: what happens in a pause waits, and words find events", { skip }, async () => {
  await button("Pause").click();
  await ask(records("notes"), { title: "while paused" });
  await said("1 event is held back");
  assert.equal(await events().count(), 4);
  await button("Go on").click();
  await events().nth(4).waitFor();
  await field("Search events", page).fill("PAUSED");
  await events().nth(1).waitFor({ state: "detached" });
  await field("Search events", page).fill("nothing like it");
  await said("No event matches.");
  await field("Search events", page).fill("");
  await button("Clear").click();
  await said("Nothing has happened since.");
});

test("H6: filters and searches narrow, and nonsense is told", { skip }, async () => {
  for (const stop of await page.getByRole("button", { name: "Stop: notes/*" }).all()) {
    await stop.or(page.getByRole("button", { name: "Stop: notes/*" })).first().click();
  }
  await region("Listening").waitFor({ state: "detached" });
  await who("As you");
  await field("Only where", form()).fill("title ~ 'cat'");
  await button("Listen", form()).click();
  await connected(1);
  await field("Only where", form()).fill("");
  await field("Only with the words", form()).fill("dog");
  await button("Listen", form()).click();
  await connected(2);
  await field("Only with the words", form()).fill("");
  for (const title of ["a bird", "a cat", "a dog"]) await ask(records("notes"), { title });
  await events().nth(1).waitFor();
  assert.equal(await events().count(), 2);
  await field("Only with the words", form()).fill("long ".repeat(500));
  await button("Listen", form()).click();
  await region("Listening").getByText(/^refused: /).waitFor();
  await judge(page, "a refused listener");
  await field("Only with the words", form()).fill("");
});

test("A6: who listens to what is a part of the address, without any token", { skip }, async () => {
  const asked = new URL(page.url()).searchParams.get("listen");
  assert.equal(JSON.parse(asked).length, 2, "the refused one was too long for an address");
  assert.doesNotMatch(page.url(), /eyJ/, "no token");
  await page.reload();
  await connected(2);
  await region("Listening").getByText("title ~ 'cat'").waitFor();
  await page.getByRole("button", { name: "Stop: notes/*" }).first().click();
  await region("Listening").getByText("title ~ 'cat'").waitFor({ state: "detached" });
  await page.goBack();
  await connected(2);
});

test("H6: a channel is joined and sent to; who may not is refused", { skip }, async () => {
  await button("Clear").click();
  await form().getByRole("radio", { name: "A channel" }).check({ force: true });
  await button("Listen", form()).click();
  await said("Name the channel.");
  await field("Name of the channel", form()).fill("room-7");
  await field("Announce yourself with", form()).fill('{"name": "Ada"}');
  await button("Listen", form()).click();
  await region("Events").locator("summary b", { hasText: "joined" }).waitFor();
  const send = region("Send to a channel");
  await button("Send", send).click();
  await send.getByText("Name the event.").waitFor();
  await field("Name of the channel", send).fill("room-7");
  await field("Event", send).fill("wave");
  await field("Payload", send).fill("{hi");
  await send.getByText("This is not JSON.").waitFor();
  await field("Payload", send).fill('{"hi": 5}');
  await button("Send", send).click();
  await send.getByText("Sent to room-7.").waitFor();
  await region("Events").locator("summary b", { hasText: "wave" }).waitFor();
  await who("As a guest", send);
  await button("Send", send).click();
  await send.getByRole("alert").waitFor();
  await judge(page, "a channel");
  await screenshot("realtime-channel");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const refused = /status of (400|401|403|404)/;
  assert.deepEqual(wrongs.filter((wrong) => !refused.test(wrong)), []);
});
