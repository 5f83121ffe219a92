// Packs the package, installs it into an empty project, and uses every entry point from there: as
// ESM, as CommonJS and from TypeScript. Those of frameworks are tried without any framework, which
// nobody else must need, and then with the ones that the tests use.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { name, exports, peerDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const all = Object.keys(exports)
  .filter((entry) => entry !== "./package.json")
  .map((entry) => name + entry.slice(1));
const FRAMEWORKS = ["react", "solid", "svelte", "vue"].map((entry) => `${name}/${entry}`);
const plain = all.filter((entry) => !FRAMEWORKS.includes(entry));
if (plain.length + FRAMEWORKS.length !== all.length) throw new Error("a framework has no entry");

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

  for (const entry of FRAMEWORKS) {
    write("without.mjs", `await import("${entry}").then(() => process.exit(3), () => {});`);
    run("node", "without.mjs");
  }
  use(plain, { skipLibCheck: false });
  // Also what the frameworks' types are made of.
  for (const dependency of [...Object.keys(peerDependencies), "@types", "@vue", "csstype"]) {
    const link = join(folder, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", dependency), link);
  }
  use(all, { skipLibCheck: true });
  console.log(`${packed.filename}: ${packed.size} bytes, ${all.length} entry points as ESM, ` +
    "CommonJS and TypeScript");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Uses these entry points, the core first, in every way that there is. */
function use(entries, options) {
  const used =
    "if (typeof core.createClient('http://x').from('posts').page !== 'function') throw 1;";
  const empty = "if (all.some((entry) => Object.keys(entry).length === 0)) throw 'empty';";
  write("esm.mjs", [
    ...entries.map((entry, at) => `import * as entry${at} from "${entry}";`),
    `const all = [${entries.map((_, at) => `entry${at}`).join()}];`,
    empty,
    "const core = entry0;",
    used,
  ].join("\n"));
  run("node", "esm.mjs");
  write("cjs.cjs", [
    `const all = ${JSON.stringify(entries)}.map((entry) => require(entry));`,
    empty,
    "const core = all[0];",
    used,
  ].join("\n"));
  run("node", "cjs.cjs");
  compile(entries, options);
}

function compile(entries, options) {
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
      module: module === "bundler" ? "esnext" : module, ...options };
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: [file] }));
    run("node", compiler);
  }
}
