// Types of `GET /api/types/{language}` for 50 random schemas of hostile names, judged by the
// compilers of their languages: TypeScript against the SDK's own sources, Python (MYPY_BIN, when
// set, checks more), Rust where `rustc` is. Dart is not compiled. And what JSON Schema says of
// records and bodies, compared with what the server answers and refuses. TYPES_SEED repeats a run.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import Ajv from "ajv/dist/2020.js";
import { generator } from "./generator/random.mjs";
import { startServer, SUPERUSER } from "./server.mjs";
import { bodies, kinds } from "./types/bodies.mjs";
import { schema } from "./types/schemas.mjs";
import { uses } from "./types/uses.mjs";

const binary = resolve(process.env.LUGE_BIN ?? "../../target/fast/luge");
const run = promisify(execFile);
const sdk = new URL("../../sdk/", import.meta.url).pathname;
const SCHEMAS = 50;
const ENDINGS = { ts: "ts", python: "py", rust: "rs", dart: "dart", "json-schema": "json" };

let server, token, folder;

const send = async (method, path, body) => {
  const headers = { authorization: token ?? "", "content-type": "application/json" };
  const request = { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}${path}`, request);
  const said = await answer.text();
  return { status: answer.status, said, json: said.startsWith("{") ? JSON.parse(said) : undefined };
};
const done = async (...words) => {
  const { status, said, json } = await send(...words);
  assert.ok(status < 300, `${words[1]}: ${said}`);
  return json ?? said;
};

/** Removes all collections first: one of the same id cannot become one of another type. */
async function replace(collections) {
  for (const all of [[{ id: "types_nothing", name: "nothing", type: "base" }], collections]) {
    await done("PUT", "/api/collections/import", { collections: all, deleteMissing: true });
  }
}

before(async () => {
  server = await startServer(binary);
  folder = mkdtempSync(join(tmpdir(), "luge-types-"));
  const [identity, password] = SUPERUSER;
  const place = "/api/collections/_superusers/auth-with-password";
  ({ token } = await done("POST", place, { identity, password }));
});
after(async () => {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Runs a program, which is to end well; meanwhile it is noticed when the server hangs up. */
async function ended(program, words, options = {}) {
  const said = await run(program, words, options).then(() => "", (error) =>
    `${error.message}\n${error.stdout}\n${error.stderr}`);
  assert.equal(said.slice(0, 6_000), "");
}

describe("50 random schemas", () => {
  before(async () => {
    const seed = Number(process.env.TYPES_SEED ?? Math.floor(Math.random() * 1e9));
    console.log(`TYPES_SEED=${seed}`);
    const random = generator(seed);
    for (const language of Object.keys(ENDINGS)) mkdirSync(join(folder, language));
    for (let at = 0; at < SCHEMAS; at += 1) {
      await replace(schema(random));
      for (const [language, ending] of Object.entries(ENDINGS)) {
        const types = await done("GET", `/api/types/${language}`);
        const written = typeof types === "string" ? types : JSON.stringify(types);
        writeFileSync(join(folder, language, `s${at}.${ending}`), written);
      }
      const { items } = await done("GET", "/api/collections?perPage=200");
      const listed = items.filter(({ system, type }) => !system && type !== "view");
      writeFileSync(join(folder, "ts", `uses${at}.ts`), uses(listed, `./s${at}.js`));
    }
  });

  test("TypeScript compiles, and refuses what is wrong", async () => {
    const options = { target: "ES2022", module: "ESNext", moduleResolution: "bundler",
      lib: ["ES2023", "DOM", "DOM.Iterable"], types: [], strict: true, noEmit: true,
      exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true,
      paths: { "@luge/client": [`${sdk}src/index.ts`] } };
    const project = { compilerOptions: options, include: ["ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    await ended("node", [`${sdk}node_modules/typescript/bin/tsc`, "-p", folder]);
  });

  test("Python compiles", async () => {
    const files = Array.from({ length: SCHEMAS }, (_, at) => join(folder, "python", `s${at}.py`));
    await ended("python3", ["-W", "error", "-m", "py_compile", ...files]);
    if (process.env.MYPY_BIN) {
      const words = ["--strict", "--python-version", "3.11", ...files];
      await ended(process.env.MYPY_BIN, words, { cwd: folder });
    }
  });

  test("Rust compiles", async (context) => {
    if (spawnSync("rustc", ["--version"]).error) return context.skip("there is no rustc");
    // Only names and syntax are judged here; serde itself works in the tests of the workspace.
    const stub = async (name, kind, text) => {
      writeFileSync(join(folder, `${name}.rs`), text);
      await ended("rustc", ["--edition", "2024", "--crate-type", kind, "--crate-name", name,
        "--out-dir", folder, join(folder, `${name}.rs`)]);
    };
    const derive = (name) => `#[proc_macro_derive(${name}, attributes(serde))]
      pub fn ${name.toLowerCase()}(_: TokenStream) -> TokenStream { TokenStream::new() }`;
    await stub("serde", "proc-macro", `extern crate proc_macro; use proc_macro::TokenStream;
      ${derive("Serialize")} ${derive("Deserialize")}`);
    await stub("serde_json", "lib", "#[derive(Clone, Debug, PartialEq)] pub enum Value { Null }");
    const modules = Array.from({ length: SCHEMAS }, (_, at) => `pub mod s${at};`);
    writeFileSync(join(folder, "rust", "all.rs"), modules.join("\n"));
    await ended("rustc", ["--edition", "2024", "--crate-type", "lib", "--emit", "metadata",
      "-L", folder, "-D", "warnings", "--extern", `serde=${folder}/libserde.so`,
      "--extern", "serde_json", join(folder, "rust", "all.rs")], { cwd: folder });
  });

  test("JSON Schema compiles", () => {
    for (let at = 0; at < SCHEMAS; at += 1) {
      const path = join(folder, "json-schema", `s${at}.json`);
      const document = JSON.parse(readFileSync(path, "utf8"));
      const ajv = judge(document);
      for (const name of Object.keys(document.$defs)) ajv.getSchema(`types#/$defs/${name}`);
    }
  });
});

function judge(document) {
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false,
    allErrors: true, formats: { email: true } });
  return ajv.addSchema({ ...document, $id: "types" });
}

describe("JSON Schema says what the server does", () => {
  let ajv, target;

  before(async () => {
    const [targets, things] = kinds;
    await replace([targets, things]);
    target = await done("POST", "/api/collections/targets/records", {});
    ajv = judge(JSON.parse((await send("GET", "/api/types/json-schema")).said));
  });

  test("of bodies and answers of every field type", async () => {
    const create = ajv.getSchema("types#/$defs/ThingsCreate");
    const update = ajv.getSchema("types#/$defs/ThingsUpdate");
    const record = ajv.getSchema("types#/$defs/ThingsRecord");
    const place = "/api/collections/things/records";
    const differences = [];
    const counts = { accepted: 0, refused: 0 };
    for (const change of bodies(target.id)) {
      const full = { needed: "abc", ...change };
      const { status, said, json } = await send("POST", place, full);
      const says = create(full);
      counts[says ? "accepted" : "refused"] += 1;
      if (says !== status < 300) differences.push([full, status, says, said, create.errors]);
      if (status >= 300) continue;
      assert.ok(record(json), JSON.stringify([json, record.errors]));
      const keys = Object.keys(json).filter((key) => !(key in record.schema.properties));
      assert.deepEqual(keys, [], "every key is known");
      // An id cannot be changed, and what is added again is another amount.
      if (/^id$|^\+|[+-]$/.test(Object.keys(change)[0])) continue;
      const changed = await send("PATCH", `${place}/${json.id}`, change);
      assert.equal(changed.status, 200, changed.said);
      assert.ok(update(change), JSON.stringify([change, update.errors]));
    }
    assert.deepEqual(differences, []);
    assert.ok(counts.accepted > 30 && counts.refused > 30, JSON.stringify(counts));
    const { status } = await send("POST", place, {});
    assert.equal(status, 400, "a needed field");
    assert.equal(create({}), false);
  });
});
