// Packs the package, installs it into an empty project, and uses every entry point from there: as
// ESM, as CommonJS and from TypeScript.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => entry !== "./package.json")
  .map((entry) => name + entry.slice(1));

const folder = mkdtempSync(join(tmpdir(), "luge-pack-"));
const write = (file, text) => writeFileSync(join(folder, file), text);
const run = (program, ...words) =>
  execFileSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });

try {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
      cwd: root,
      encoding: "utf8",
    }),
  );
  write("package.json", JSON.stringify({ name: "empty", private: true }));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`);

  const used =
    "if (typeof core.createClient('http://x').from('posts').page !== 'function') throw 1;";
  write("esm.mjs", [
    ...entries.map((entry, at) => `import * as entry${at} from "${entry}";`),
    `const all = [${entries.map((_, at) => `entry${at}`).join()}];`,
    "if (all.some((entry) => Object.keys(entry).length === 0)) throw new Error('empty');",
    "const core = entry0;",
    used,
  ].join("\n"));
  run("node", "esm.mjs");
  write("cjs.cjs", [
    `const all = ${JSON.stringify(entries)}.map((entry) => require(entry));`,
    "if (all.some((entry) => Object.keys(entry).length === 0)) throw new Error('empty');",
    "const core = all[0];",
    used,
  ].join("\n"));
  run("node", "cjs.cjs");

  const typed = [
    ...entries.map((entry, at) => `import * as entry${at} from "${entry}";`),
    `export const all = [${entries.map((_, at) => `entry${at}`).join()}];`,
    "interface Schema { posts: { record: { title: string; views: number } } }",
    'const db = entry0.createClient<Schema>("http://x");',
    'export const title = async (): Promise<string> => (await db.from("posts").get("1")).title;',
    "// @ts-expect-error: not a collection",
    'db.from("missing");',
  ].join("\n");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const modules = { "a.mts": "nodenext", "a.cts": "nodenext", "a.ts": "bundler" };
  for (const [file, module] of Object.entries(modules)) {
    write(file, typed);
    const compilerOptions = { noEmit: true, strict: true, target: "es2022", types: [],
      lib: ["es2023", "dom", "dom.iterable"], moduleResolution: module,
      module: module === "bundler" ? "esnext" : module };
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: [file] }));
    run("node", compiler);
  }
  console.log(`${packed.filename}: ${packed.size} bytes, ${entries.length} entry points as ESM, ` +
    "CommonJS and TypeScript");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
