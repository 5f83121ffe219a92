// Reads the document as a guest, a user and a superuser; lints it, and has schemathesis send random
// requests that follow from it.
//
// usage: node main.mjs [--examples N] [--seed N] [--persona NAME] [--operation ID]

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { LEFT_OUT } from "./left-out.mjs";
import { fill, startWorld } from "./world.mjs";

const { values: options } = parseArgs({
  options: {
    examples: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    persona: { type: "string", default: "guest,user,superuser" },
    operation: { type: "string" },
  },
});
const program = resolve(process.env.LUGE_BIN ?? "../../target/fast/luge");
const schemathesis = resolve(
  process.env.SCHEMATHESIS_BIN ?? "../../target/tools/schemathesis/bin/schemathesis",
);

// What a run is judged by: no 5xx, and no answer that the document does not foresee.
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
].join(",");

function run(name, command, words, { cwd, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, words, {
      stdio: ["ignore", "pipe", "pipe"],
      cwd,
      env: { ...process.env, ...env },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    child.once("error", (error) => resolve({ name, said: error.message, ok: false }));
    child.once("close", (code) => resolve({ name, said, ok: code === 0 }));
  });
}

async function lint(folder, persona, file) {
  for (const name of ["redocly.yaml", ".redocly.lint-ignore.yaml"]) {
    copyFileSync(name, join(folder, name));
  }
  const words = ["lint", file, "--config", join(folder, "redocly.yaml"), "--format", "json"];
  const { name, said } = await run(`lint as ${persona}`, "node_modules/.bin/redocly", words);
  // Notes of the program stand around its JSON. A warning counts like an error.
  const json = said.slice(said.indexOf("{\n"), said.lastIndexOf("\n}") + 2);
  const { totals, problems } = JSON.parse(json || '{"totals":{"errors":1}}');
  const ok = totals.errors + totals.warnings === 0;
  const place = ({ location }) => location[0]?.pointer;
  const told = (problems ?? []).map((one) => `${one.ruleId}: ${one.message} ${place(one)}`);
  return { name, ok, said: ok ? `clean, ${totals.ignored} exceptions` : told.join("\n") || said };
}

function tried(world, persona, file, ids) {
  const collections = ["things", "people", "vault"];
  const prefixes = ["", ...collections.map((name) => `${name}_`)];
  const leftOut = Object.keys(LEFT_OUT).flatMap((id) => prefixes.map((prefix) => prefix + id));
  const words = [
    "run", file, "--url", world.url, "--phases", "examples,fuzzing", "--checks", CHECKS,
    // Threads that compile code at the same time are too much for Python 3.11.
    "--max-examples", options.examples, "--seed", options.seed, "--workers", "1",
    // What holds for one collection of the server's own holds for all of them.
    "--exclude-path-regex", "^/api/collections/_",
    "--continue-on-failure", "--no-shrink", "--warnings", "off", "--request-timeout", "20",
    "--suppress-health-check", "all", "--max-redirects", "0",
    ...leftOut.flatMap((id) => ["--exclude-operation-id", id]),
    ...(options.operation ? ["--include-operation-id", options.operation] : []),
    ...(world.tokens[persona] ? ["--header", `Authorization:${world.tokens[persona]}`] : []),
  ];
  const env = {
    SCHEMATHESIS_HOOKS: "hooks",
    PYTHONPATH: import.meta.dirname,
    LUGE_TEST_IDS: JSON.stringify(ids),
  };
  // It keeps notes where it runs.
  return run(`requests as ${persona}`, schemathesis, words, { cwd: dirname(file), env });
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "luge-openapi-"));
  const world = await startWorld(program);
  const [outcomes, runs] = [[], []];
  try {
    const ids = await fill(world);
    for (const persona of options.persona.split(",")) {
      const document = await world.as(persona)("GET", "/api/openapi.json");
      mkdirSync(join(folder, persona));
      const file = join(folder, "openapi.json");
      writeFileSync(file, JSON.stringify(document));
      // One after the other: each lints in two seconds, and the runs share the processors.
      outcomes.push(await lint(folder, persona, file));
      const own = join(folder, persona, "openapi.json");
      copyFileSync(file, own);
      runs.push(tried(world, persona, own, ids));
    }
    outcomes.push(...(await Promise.all(runs)));
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const { name, said, ok } of outcomes) {
    const ending = said.trim().split("\n").slice(-12).join("\n");
    console.log(`\n--- ${name}: ${ok ? "good" : "NOT GOOD"}\n${ok ? ending : said}`);
  }
  return outcomes.every(({ ok }) => ok);
}

process.exitCode = (await main()) ? 0 : 1;
