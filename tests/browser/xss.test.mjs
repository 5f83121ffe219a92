// T-XSS-2: nothing that anybody wrote runs in the dashboard, wherever it is shown.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { FIELDS, furnish, openScreen, SCREENS } from "./screens.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { signedIn } from "./signed-in.mjs";

const skip = process.env.LUGE_BIN ? false : "these tests start their own server: name LUGE_BIN";
/** So many records hold all of them, some in each of a record's fields. */
const RECORDS = 100;

let server, page, wrongs, ask, end, token;
let ids;

before(async () => {
  if (skip) return;
  ({ server, page, wrongs, ask, end, token } = await signedIn(process.env.LUGE_BIN));
  await page.addInitScript(() => {
    globalThis.ran = (number) => console.error(`RAN ${number}`);
  });
  page.on("console", (message) => {
    if (message.text().startsWith("RAN")) wrongs.push(message.text());
  });
  page.on("dialog", (dialog) => {
    wrongs.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  ids = await furnish(ask);
});
after(async () => {
  await end?.();
});

test("there are 200 payloads, and a page that is not careful runs them", { skip }, async () => {
  assert.ok(PAYLOADS.length >= 200, `${PAYLOADS.length}`);
  assert.equal(new Set(PAYLOADS).size, PAYLOADS.length);
  const careless = await page.context().browser().newPage();
  const ran = new Set();
  await careless.exposeFunction("ran", (number) => ran.add(number));
  await careless.setContent(`<!doctype html><title>x</title>${PAYLOADS.slice(0, 120).join("\n")}`);
  await careless.evaluate((payloads) => {
    for (const payload of payloads) {
      document.body.append(document.createElement("p"));
      document.body.lastChild.innerHTML = payload;
    }
  }, PAYLOADS);
  for (let attempt = 0; attempt < 200 && ran.size < 20; attempt += 1) {
    await new Promise((done) => setTimeout(done, 25));
  }
  await careless.close();
  assert.ok(ran.size >= 20, `only ${ran.size} ran`);
});

test("the payloads are written wherever somebody can write", { skip }, async () => {
  await writeRecords();
  await writeDefinitions();
  await writeElsewhere();
});

for (const [name, path] of SCREENS) {
  test(`nothing runs in ${name}`, { skip }, async () => {
    await openScreen(page, server, path.replace(/:(\w+)/, (_, what) => ids[what]));
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    assert.deepEqual(wrongs.splice(0), []);
  });
}

test("nothing runs in what an address carries", { skip }, async () => {
  for (const payload of PAYLOADS.filter((_, at) => at % 25 === 0)) {
    const text = encodeURIComponent(payload);
    for (const path of [
      `/collections/things/records?filter=${text}&sort=${text}`, `/collections/${text}/records`,
      `/settings/${text}`, `/logs?filter=${text}`, `/sign-in?next=${text}`,
    ]) {
      const answer = await page.goto(`${server.url}/_${path}`);
      // What looks like the name of a file is none of the dashboard's.
      if (answer.status() === 404) continue;
      await page.locator("h1").first().waitFor();
    }
    assert.deepEqual(wrongs.splice(0), [], payload);
  }
});

/** Every payload in every field that takes it, with a file of its name. */
async function writeRecords() {
  const taking = { text: String, editor: String, json: (text) => ({ [text]: text }) };
  for (let record = 0; record < RECORDS; record += 1) {
    const form = new FormData();
    const of = (at) => PAYLOADS[(record * 3 + at) % PAYLOADS.length];
    const values = FIELDS.filter(({ type }) => taking[type])
      .map(({ type, name }, at) => [name, taking[type](of(at))]);
    form.set("@jsonPayload", JSON.stringify({
      ...Object.fromEntries(values), owner: ids.person, open: true,
    }));
    form.append("papers", new Blob(["x"]), of(3).replaceAll(/[\r\n\0]/g, " "));
    const answer = await fetch(`${server.url}/api/collections/things/records`, {
      method: "POST", headers: { authorization: token }, body: form,
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  const path = `/api/collections/people/records/${ids.person}`;
  await ask(path, { nick: PAYLOADS[0] }, { method: "PATCH" });
}

/** In what superusers define: rules, options, texts of help, templates, names. */
async function writeDefinitions() {
  const things = await ask("/api/collections/things");
  const [first, second, third] = [PAYLOADS[38], PAYLOADS[0], PAYLOADS[80]];
  const fields = things.fields.map((one) => ({
    ...one, help: first, ...(one.type === "select" && { values: [...one.values, second, third] }),
  }));
  const rule = `title != ${JSON.stringify(first)}`;
  const body = { fields, listRule: rule, updateRule: rule };
  await ask("/api/collections/things", body, { method: "PATCH" });
  const meta = { appName: first, senderName: second };
  await ask("/api/settings", { meta }, { method: "PATCH" });
  const template = { subject: first, body: `<p>${PAYLOADS.join("</p>\n<p>")}{ACTION_URL}</p>` };
  await ask("/api/collections/people", { verificationTemplate: template }, { method: "PATCH" });
}

/** In the log, the mails and what devices say of themselves. */
async function writeElsewhere() {
  for (const [at, payload] of PAYLOADS.entries()) {
    const path = `/api/${encodeURIComponent(payload)}?x=${encodeURIComponent(payload)}`;
    const printable = payload.replaceAll(/[^\x20-\x7e]/g, "?");
    const headers = { "user-agent": printable, referer: printable };
    await new Promise((done, fail) => {
      const asked = request(server.url + path, { headers }, (answer) => {
        answer.resume();
        answer.on("end", done);
      });
      asked.once("error", fail);
      asked.end();
    });
    if (at % 10 === 0) {
      await fetch(`${server.url}/api/collections/_superusers/auth-with-password`, {
        method: "POST", headers: { "content-type": "application/json", "user-agent": printable },
        body: JSON.stringify({ identity: payload, password: payload }),
      });
    }
  }
  await ask("/api/collections/people/request-verification", { email: "bea@example.com" });
}
