// States of screens that an address alone does not lead to: what is open, refused, empty or long.
// Each is a name, an address below `/_`, and what is done there; `:item` is the id of a record.

import { STATES_OF_RECORDS } from "./states-of-records.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true }).first();
const dialog = (page) => page.getByRole("dialog").waitFor();
const menu = (page) => page.getByRole("menu").first().waitFor();
const LONG = "a_collection_whose_name_is_as_long_as_names_of_collections_may_sensibly_be";

export const STATES = [
  ["home, templates", "/", async (page) => {
    await button(page, "Templates").click();
    await dialog(page);
  }],
  ["home, inviting", "/", async (page) => {
    await button(page, "Invite an admin").click();
    await dialog(page);
  }],
  ["palette", "/map", async (page) => {
    await page.keyboard.press("Control+k");
    await dialog(page);
  }],
  ["shortcuts", "/logs", async (page) => {
    await page.keyboard.press("?");
    await dialog(page);
  }],
  ["drawer or menu of the user", "/", async (page) => {
    if (page.viewportSize().width < 760) await page.locator(".bar-button").first().click();
    await page.locator("button:visible", { hasText: "ada@example.com" }).first().click();
    await menu(page);
  }],
  ["account, key", "/account", async (page) => {
    await button(page, "Add a key").click();
    await page.getByLabel("Name", { exact: true }).first().waitFor();
  }],
  ["new collection, refused", "/collections/new", async (page) => {
    await page.getByRole("button", { name: "Create collection" }).click();
    await page.locator('[aria-invalid="true"]').first().waitFor();
  }],
  ["new collection, types", "/collections/new", async (page) => {
    await button(page, "Add field").click();
    await page.getByRole("listbox").waitFor();
  }],
  ["fields, options", "/collections/things/fields", async (page) => {
    for (const name of ["title", "kind", "owner"]) {
      await button(page, `Options of ${name}`).click();
    }
  }],
  ["fields, review", "/collections/things/fields", async (page) => {
    await page.locator('input[data-name]').first().fill("heading");
    await button(page, "Remove amount").click();
    await button(page, "Review and save").click();
    await dialog(page);
  }],
  ["fields, index", "/collections/things/fields", async (page) => {
    await button(page, "Add index").click();
    await page.getByLabel("Add a field to index 1").selectOption({ label: "title" });
  }],
  ["fields, renamed", "/collections/things/fields", async (page) => {
    await page.locator("input[data-name]").nth(3).fill("public");
    await button(page, "Review and save").click();
    await dialog(page);
  }],
  ["code, JSON that is none", "/collections/things/code", async (page) => {
    await page.getByLabel("Definition as JSON").fill("{ oops");
    await button(page, "Review and save").click();
    await page.getByRole("alert").filter({ hasText: "JSON" }).waitFor();
  }],
  ["search settings, tried", "/collections/things/search", async (page) => {
    await page.getByLabel("Search for").fill("sled");
    await page.keyboard.press("Enter");
    await page.locator("mark").first().waitFor();
  }],
  ["collection, menu", "/collections/things/records", async (page) => {
    await button(page, "More about things").click();
    await menu(page);
  }],
  ["collection, delete", "/collections/things/records", async (page) => {
    await button(page, "More about things").click();
    await page.getByRole("menuitem", { name: "Delete the collection…" }).click();
    await dialog(page);
  }],
  ...STATES_OF_RECORDS,
  ["rules, everyone and wrong", "/collections/things/rules", async (page) => {
    await page.locator('[data-rule="listRule"]').getByText("Superusers only").click();
    await page.locator('[data-rule="listRule"]').getByText("Everyone", { exact: true }).click();
    await page.locator('[data-rule="createRule"]').getByText("Expression").click();
    await page.getByLabel("Expression: Create").fill("onwer = @request.auth.id");
    await page.getByLabel("Expression: Create").blur();
    await page.getByRole("alert").filter({ hasText: "onwer" }).waitFor();
  }],
  ["rules, completed", "/collections/things/rules", async (page) => {
    await page.getByLabel("Expression: View one").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" && ow");
    await page.getByRole("option", { name: /^owner/ }).waitFor();
  }],
  ["rules, compared", "/collections/things/rules", async (page) => {
    await page.getByLabel("Expression: View one").fill("open = false");
    await page.getByLabel("Expression: View one").blur();
    await button(page, "Compare with saved").click();
    await page.getByText("What would change").waitFor();
  }],
  ["rules, tried", "/collections/things/rules", async (page) => {
    await button(page, "Try it").click();
    await page.getByRole("region", { name: "Answer" }).waitFor();
  }],
  ["all rules, edited", "/rules", async (page) => {
    await page.getByRole("table").getByRole("button").nth(2).press("Enter");
    await dialog(page);
  }],
  ["logs, entry", "/logs?own=1", async (page) => {
    await page.locator("main ul[aria-label] > li button").first().click();
  }],
  ["logs, none", "/logs?filter=data.status%20%3D%20418", async () => undefined],
  ["logs, refused", "/logs?filter=nope%20%3D", async () => undefined],
  ["map, list", "/map?view=list", async () => undefined],
  ["map, found", "/map?search=kind", async () => undefined],
  ["map, one and its neighbours", "/map?focus=people", async () => undefined],
  ["settings, refused", "/settings/application", async (page) => {
    await page.getByLabel("Colour", { exact: true }).fill("red");
    await button(page, "Save").click();
    await page.locator('[aria-invalid="true"]').first().waitFor();
  }],
  ["settings, channel", "/settings/channels", async (page) => {
    await button(page, "Add a channel").click();
    await page.getByRole("group", { name: "Who may join" }).getByText("Everyone").click();
  }],
  ["settings, limits tried", "/settings/access", async (page) => {
    await button(page, "Try on the last hour").click();
    await page.getByText(/Would have refused/).waitFor();
  }],
  ["settings, webhook", "/settings/webhooks", async (page) => {
    await button(page, "Add a webhook").click();
    await page.getByLabel("Address", { exact: true }).first().waitFor();
  }],
  ["settings, restore", "/settings/backups", async (page) => {
    await page.getByRole("button", { name: /^Restore/ }).first().click();
    await dialog(page);
  }],
  ["providers, choosing", "/collections/people/sign-in?part=providers", async (page) => {
    await page.locator("main").getByRole("button", { name: /^Add/ }).first().click();
    await dialog(page);
  }],
  ["providers, filled in", "/collections/people/sign-in?part=providers", async (page) => {
    await page.locator("main").getByRole("button", { name: /^Add/ }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "GitHub" }).click();
    await page.getByLabel("Client id").waitFor();
  }],
  ["sign-in, mail changed", "/collections/people/sign-in?part=mails", async (page) => {
    await page.getByLabel("Body, in HTML").fill("<p>Hello</p>");
  }],
  ["import, pasted", "/collections/things/import", async (page) => {
    await button(page, "Paste rows").click();
    await page.getByLabel("Rows of a spreadsheet or a file").fill("title,amount\nOne,1\nTwo,x");
    await button(page, "Use these rows").click();
    await button(page, "Check all rows").waitFor();
  }],
  ["GraphQL, answered",
    `/graphql?query=${encodeURIComponent("query { things { items { title } } }")}`,
    async (page) => {
      await button(page, "Run").click();
      await page.getByText("A sled").first().waitFor();
    }],
  ["API, sent", "/collections/things/api", async (page) => {
    await button(page, "Send").click();
    await page.getByText(/200/).first().waitFor();
  }],
  ["realtime, listening", "/realtime", async (page) => {
    await button(page, "Listen").click();
    await page.getByRole("region", { name: "Listening" }).waitFor();
  }],
  ["long, records", `/collections/${LONG}/records`, async () => undefined],
  ["long, fields", `/collections/${LONG}/fields`, async () => undefined],
  ["long, rules", `/collections/${LONG}/rules`, async () => undefined],
  ["long, map", "/map?view=list&search=long", async () => undefined],
];

/** A collection with names and texts as long as they get. */
export async function furnishLong(ask, { person }) {
  const people = await ask("/api/collections/people");
  await ask("/api/collections", {
    name: LONG, type: "base", listRule: "", viewRule: "",
    fields: [
      { name: "a_field_whose_name_is_rather_long_as_well", type: "text" },
      { name: "kind", type: "select", values: ["a value of several words that is long", "short"] },
      { name: "responsible_person", type: "relation", collectionId: people.id, maxSelect: 1 },
    ],
  });
  await ask(`/api/collections/${LONG}/records`, {
    a_field_whose_name_is_rather_long_as_well: "Donaudampfschifffahrtsgesellschaft ".repeat(20),
    kind: "a value of several words that is long", responsible_person: person,
  });
}
