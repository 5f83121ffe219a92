// What stories about the table of records do again and again.

/** Hands for a page that shows the table of a collection. */
export function handsOn(page, url, collection) {
  const cell = (row, field) => page.locator(`[data-index="${row}"] [data-field="${field}"]`);
  return {
    cell,
    open: (query = "", name = collection) =>
      page.goto(`${url}/_/collections/${name}/records${query}`),
    said: (text) => page.getByText(text).first().waitFor(),
    gone: (text) => page.getByText(text).first().waitFor({ state: "detached" }),
    button: (name, where = page) => where.getByRole("button", { name, exact: true }),
    grid: () => page.getByRole("grid"),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    shows: (row, field, text) => cell(row, field).getByText(text, { exact: true }).waitFor(),
    notes: () => page.getByRole("region", { name: "Notes" }),
    dialog: () => page.getByRole("dialog"),
  };
}
