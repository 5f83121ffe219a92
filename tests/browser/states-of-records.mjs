// States of the table of records, of a record, and of an import; as in `states.mjs`.

const TABLE = "/collections/things/records";
const IMPORT = "/collections/things/import";
const RECORD = "/collections/things/records/:thing";
const FILE = [
  "title;amount;due;kind;owner", "One;1;2026-01-01;plain;", "Two;x;;fancy;", "Three;3;;none;\n",
].join("\n");
const FILTER = encodeURIComponent('title ~ "a" && (amount > 10 || open = true)');

const named = (page, name) => page.getByRole("button", { name }).first();
const dialog = (page) => page.getByRole("dialog").waitFor();

/** Presses what opens a panel below the head of the table. */
const panel = (name) => async (page) => {
  await named(page, name).click();
  await page.locator(".tool-panel").waitFor();
};

async function chooseAll(page) {
  await page.locator("main input[type=checkbox]").first().click();
  await named(page, "Choose none").waitFor();
}

async function chooseFile(page) {
  await page.locator("main input[type=file]").setInputFiles({
    name: "things.csv", mimeType: "text/csv", buffer: Buffer.from(FILE),
  });
  await page.getByText("things.csv").first().waitFor();
}

/** Copies cells as a spreadsheet would, and pastes them. */
async function paste(page) {
  await page.evaluate(() => {
    const sheet = document.createElement("textarea");
    sheet.value = "One\t12\nTwo\tx\n";
    document.body.append(sheet);
    sheet.select();
  });
  await page.keyboard.press("Control+c");
  await page.evaluate(() => document.querySelector("body > textarea").remove());
  await page.getByText("Another sled").first().click();
  await page.getByRole("grid").focus();
  await page.keyboard.press("Control+v");
  await dialog(page);
}

export const STATES_OF_RECORDS = [
  ["records, views", TABLE, panel(/^Views/)],
  ["records, columns", TABLE, panel(/^Columns/)],
  ["records, view as", TABLE, panel(/^View as/)],
  ["records, export", TABLE, async (page) => {
    await named(page, /^Export/).click();
    await dialog(page);
  }],
  ["records, builder", `${TABLE}?filter=${FILTER}`, async (page) => {
    await named(page, "Build the filter").click();
    await page.getByLabel("Filter builder").or(page.locator("main select")).first().waitFor();
  }],
  ["records, chosen", TABLE, chooseAll],
  ["records, set", TABLE, async (page) => {
    await chooseAll(page);
    await named(page, "Set fields").click();
    await dialog(page);
  }],
  ["records, delete", TABLE, async (page) => {
    await chooseAll(page);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await dialog(page);
  }],
  ["records, paste", `${TABLE}?columns=id.172.p,title.200,amount.100`, paste],
  ["records, as a guest", `${TABLE}?as=guest`, async () => undefined],
  ["record, refused", RECORD, async (page) => {
    await page.locator("[data-field=mail] input").fill("no mail");
    await named(page, "Save").click();
    await page.locator('[aria-invalid="true"]').first().waitFor();
  }],
  ["record, code", RECORD, async (page) => {
    await page.getByRole("tab", { name: "Code" }).click();
  }],
  ["record, tab of the account", "/collections/people/records/:person", async (page) => {
    await page.getByRole("tab", { name: "Account" }).click();
    await page.getByRole("region", { name: "Act as this account" }).waitFor();
  }],
  ["import, columns", IMPORT, chooseFile],
  ["import, check", IMPORT, async (page) => {
    await chooseFile(page);
    await named(page, "Check all rows").click();
    await page.getByText(/can be imported/).first().waitFor();
  }],
  ["collection from a file, fields", "/collections/import", chooseFile],
];
