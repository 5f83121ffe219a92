// The document says what is: its schemas take the answers that the server gives, and refuse others.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { fill, startWorld } from "./world.mjs";

const program = resolve(process.env.LUGE_BIN ?? "../../target/fast/luge");
const personas = ["guest", "user", "superuser"];

let world;
const documents = {};
let ids;

before(async () => {
  world = await startWorld(program);
  ids = await fill(world);
  for (const persona of personas) documents[persona] = await read(persona);
});
after(() => world.stop());

const read = (persona) => world.as(persona)("GET", "/api/openapi.json");

/** Judges a value by a schema of a document: what is wrong, or nothing. */
function judge(persona, name, value, strict = false) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv, { mode: "fast" });
  ajv.addSchema(documents[persona], "api");
  const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` });
  const errors = validate(value) ? [] : validate.errors;
  const wrongs = errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  if (strict) {
    const known = Object.keys(documents[persona].components.schemas[name].properties);
    const unknown = Object.keys(value).filter((key) => !known.includes(key));
    wrongs.push(...unknown.map((key) => `${key} is unknown`));
  }
  return wrongs;
}

test("records and lists with fields of every type are as they are described", async () => {
  for (const persona of personas) {
    const ask = world.as(persona);
    const path = "/api/collections/things/records";
    const list = await ask("GET", `${path}?perPage=50&expand=parent,others`);
    assert.equal(list.items.length, ids.length);
    assert.deepEqual(judge(persona, "things_List", list), [], persona);
    for (const record of list.items) {
      assert.deepEqual(judge(persona, "things_Record", record, true), [], persona);
    }
    const viewed = await ask("GET", `${path}/${ids[1]}`);
    assert.deepEqual(judge(persona, "things_Record", viewed, true), []);
    const body = { title: "Made", price: 3, state: "open" };
    assert.deepEqual(judge(persona, "things_Create", body), []);
    const made = await ask("POST", path, body);
    assert.deepEqual(judge(persona, "things_Record", made, true), [], persona);
    const changes = { title: "Changed", "count+": 2, "tags+": ["a"], data: null };
    assert.deepEqual(judge(persona, "things_Update", changes), []);
    const changed = await ask("PATCH", `${path}/${made.id}`, changes);
    assert.deepEqual(judge(persona, "things_Record", changed, true), [], persona);
    await ask("DELETE", `${path}/${made.id}`);
  }
});

test("what is searched and cursors are part of a list", async () => {
  const path = "/api/collections/things/records?search=full&wait=1&highlight=*&sort=title&cursor=";
  const list = await world.as("guest")("GET", path);
  assert.equal(list.items.length, 1);
  assert.deepEqual(judge("guest", "things_List", list), []);
  assert.deepEqual(judge("guest", "things_Record", list.items[0], true), []);
});

test("the example of a body is one that the server accepts", async () => {
  const { things_Create: create, things_Update: update } = documents.superuser.components.schemas;
  const own = ["parent", "others"];
  const without = ({ examples: [example] }) =>
    Object.fromEntries(Object.entries(example).filter(([key]) => !own.includes(key)));
  const path = "/api/collections/things/records";
  const made = await world.superuser("POST", path, without(create));
  await world.superuser("PATCH", `${path}/${made.id}`, without(update));
  await world.superuser("DELETE", `${path}/${made.id}`);
  for (const schema of [create, update]) {
    const name = schema === create ? "things_Create" : "things_Update";
    assert.deepEqual(judge("superuser", name, schema.examples[0]), []);
  }
});

// A body that the schema refuses is refused by the server, or cast to something else.
const REFUSED = [
  { title: "x" },
  { title: "x".repeat(61) },
  { price: 0 },
  { price: 0.25 },
  { state: "" },
  { state: "elsewhere" },
  { tags: ["a", "b", "c"] },
  { tags: ["z"] },
  { count: 501 },
  { count: 1.5 },
  { contact: "nobody" },
  { slug: "No!" },
  { secret: "ab" },
  { place: { lon: 181, lat: 0 } },
];

test("a body that is beyond a bound is refused by the schema and by the server", async () => {
  const good = { title: "Good", price: 1, state: "open" };
  assert.deepEqual(judge("guest", "things_Create", good), []);
  for (const bad of REFUSED) {
    const body = { ...good, ...bad };
    assert.notDeepEqual(judge("guest", "things_Create", body), [], JSON.stringify(bad));
    const created = world.as("guest")("POST", "/api/collections/things/records", body);
    await assert.rejects(created, / 400 /, JSON.stringify(bad));
  }
  for (const missing of ["title", "price", "state"]) {
    const { [missing]: _, ...body } = good;
    assert.notDeepEqual(judge("guest", "things_Create", body), [], missing);
  }
});

test("a schema of an answer refuses what is none", () => {
  for (const wrong of [{}, { id: 7 }, { id: "x", collectionId: "y", collectionName: "z" }]) {
    assert.notDeepEqual(judge("guest", "things_Record", wrong), []);
  }
  assert.notDeepEqual(judge("guest", "things_List", { items: [{}] }), []);
});

test("failures are as they are described", async () => {
  const body = JSON.stringify({ title: "" });
  const headers = { "Content-Type": "application/json" };
  const url = `${world.url}/api/collections/things/records`;
  const answer = await fetch(url, { method: "POST", headers, body });
  const failure = await answer.json();
  assert.equal(answer.status, 400);
  assert.deepEqual(judge("guest", "Error", failure), []);
  assert.notDeepEqual(judge("guest", "Error", { ...failure, data: { title: "no" } }), []);
});

test("everybody is shown what they may see", async () => {
  const whole = JSON.stringify(documents.superuser);
  for (const persona of ["guest", "user"]) {
    const text = JSON.stringify(documents[persona]);
    for (const secret of ["vault", "memoranda", "tokenKey", "@request.auth.id"]) {
      assert.ok(!text.includes(secret), `${persona} is shown ${secret}`);
      assert.ok(whole.includes(secret), secret);
    }
    assert.ok(documents[persona].paths["/api/collections/things/records"].post, persona);
  }
});

test("the document follows the definitions, and every reference leads somewhere", async () => {
  await world.superuser("POST", "/api/collections", { name: "later", listRule: "" });
  const { paths } = await read("guest");
  assert.ok(paths["/api/collections/later/records"].get);
  await world.superuser("DELETE", "/api/collections/later");
  const document = await read("guest");
  assert.equal(document.paths["/api/collections/later/records"], undefined);
  assert.equal(document.openapi.slice(0, 4), "3.1.");
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
  for (const [, path] of references) {
    const found = path.split("/").reduce((place, key) => place?.[key], document);
    assert.ok(found, path);
  }
});

test("`luge openapi` writes what a superuser is shown, `--public` what everybody is", async () => {
  const written = (...more) => {
    const words = ["openapi", "--dir", world.folder, ...more];
    return JSON.parse(execFileSync(program, words, { maxBuffer: 1e8 }));
  };
  assert.deepEqual(written(), await read("superuser"));
  assert.deepEqual(written("--public"), await read("guest"));
});

test("every route is for whom the document says", async () => {
  for (const [path, item] of Object.entries(documents.superuser.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (typeof operation !== "object" || method === "options") continue;
      const needed = operation.security.every((one) => Object.keys(one).length > 0);
      assert.equal(operation["x-luge-access"] !== "anyone", needed, `${method} ${path}`);
    }
  }
});
