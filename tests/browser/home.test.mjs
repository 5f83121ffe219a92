// What is stored, on the first page.
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

const region = () => page.getByRole("region", { name: "Storage", exact: true });
const bars = () => region().getByRole("list", { name: "The largest collections" });
const measured = () => region().getByText(/^As measured/).waitFor();

// Has it measured again, and waits until that is shown.
async function measure() {
  const before = await ask("/api/storage");
  await region().getByRole("button", { name: "Measure again" }).click();
  for (let told = before; told.surveying || told.taken === before.taken;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    told = await ask("/api/storage");
  }
  await region().getByText("Measuring…").waitFor({ state: "detached" });
}

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end } = await signedIn(process.env.LUGE_BIN));
  for (const name of ["small", "large"]) {
    const fields = [{ name: "title", type: "text" }];
    await ask("/api/collections", { name, type: "base", fields });
  }
  for (let number = 0; number < 5; number += 1) {
    await ask("/api/collections/large/records", { title: "x".repeat(3000) });
  }
  await ask("/api/collections/small/records", { title: "x" });
});

after(async () => {
  await end?.();
});

test("J4: what each collection takes is shown, the largest first", { skip }, async () => {
  await page.goto(`${server.url}/_/`);
  await measured();
  await measure();
  const first = bars().getByRole("listitem").first();
  await first.filter({ hasText: /^large\s*5 records · \d+(\.\d)? kB/ }).waitFor();
  await bars().getByRole("listitem").filter({ hasText: "small" }).waitFor();
  await region().getByText("Database on the disk").waitFor();
  await region().getByText("Free on the disk").waitFor();
  await judge(page, "home with what is stored");
});

test("J4: a table has the numbers", { skip }, async () => {
  await region().getByText("All collections as a table").click();
  const told = await ask("/api/storage");
  const large = told.collections.find(({ name }) => name === "large");
  assert.ok(large.recordBytes > 15_000 && large.indexBytes > 0, JSON.stringify(large));
  const row = region().getByRole("row").filter({ hasText: "large" });
  assert.equal(await row.getByRole("cell").first().innerText(), "5");
  await judge(page, "what is stored as a table");
});

test("J4: what is dropped is counted no longer, and nothing is made up", { skip }, async () => {
  await ask("/api/collections/large", undefined, { method: "DELETE" });
  await ask("/api/collections", { name: "fresh", type: "base", fields: [] });
  await page.reload();
  await bars().getByRole("listitem").filter({ hasText: "small" }).waitFor();
  assert.equal(await bars().getByText("large", { exact: true }).count(), 0);
  await region().getByText("All collections as a table").click();
  const row = region().getByRole("row").filter({ hasText: "fresh" });
  await row.getByText("not known").first().waitFor();
  await measure();
  await row.getByText("0 bytes").first().waitFor();
});

test("J4: a server that does not tell says so", { skip }, async () => {
  await page.route("**/api/storage", (route) =>
    route.fulfill({ status: 503, json: { status: 503, message: "Not now.", data: {} } }),
  );
  await page.reload();
  await region().getByRole("alert").filter({ hasText: "Not now." }).waitFor();
  await page.unroute("**/api/storage");
});

test("nothing went wrong in the page meanwhile", { skip }, () => {
  const expected = /status of 503/;
  assert.deepEqual(wrongs.filter((wrong) => !expected.test(wrong)), []);
});
