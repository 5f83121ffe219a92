import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const CORE_BYTES = 8_000;
/** An entry point of a framework, beside the core, `live` and the framework. */
const FRAMEWORK_BYTES = 2_700;
const OFFLINE_BYTES = 12_000;
/** What the server gives to pages. */
const SERVED_BYTES = 30_000;
const FRAMEWORKS = ["react", "solid", "svelte", "vue"];

const source = fileURLToPath(new URL("../src", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${source}/../package.json`, "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => entry !== "." && entry !== "./package.json")
  .map((entry) => entry.slice("./".length));

/** What an application downloads of a file, as one that is built: without white space. */
async function compressed(entry: string, external: (id: string) => boolean): Promise<number> {
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: {
        input: `${source}/${entry}`,
        preserveEntrySignatures: "strict",
        external: (id, importer) => {
          if (importer === undefined) return false;
          return external(id.startsWith(".") ? resolve(dirname(importer), id) : id);
        },
      },
    },
  })) as Rolldown.RolldownOutput;
  const { code } = built.output[0];
  expect(code).toContain("export");
  return gzipSync(code, { level: 9 }).length;
}

test("the core, minified and compressed, stays small", async () => {
  const size = await compressed("index.ts", () => false);
  console.info(`core: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(CORE_BYTES);
});

test("so do the entry points, of which each is measured without the core and `live`", async () => {
  // The files of the core lie in the folder itself.
  const others = (id: string) =>
    !id.startsWith(source) || dirname(id) === source || id === `${source}/live/index.js`;
  const sizes = new Map<string, number>();
  for (const name of entries) sizes.set(name, await compressed(`${name}/index.ts`, others));
  for (const [name, size] of sizes) console.info(`${name}: ${size} bytes compressed`);
  for (const name of FRAMEWORKS) {
    expect(sizes.get(name), name).toBeLessThanOrEqual(FRAMEWORK_BYTES);
  }
  expect(sizes.get("offline")).toBeLessThanOrEqual(OFFLINE_BYTES);
});

test("and what the server gives to pages", async () => {
  const size = await compressed("../served/luge.ts", () => false);
  console.info(`/sdk/luge.js: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(SERVED_BYTES);
});
