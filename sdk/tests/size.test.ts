import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const LIMIT_BYTES = 8_000;

test("the core, minified and compressed, stays small", async () => {
  const entry = fileURLToPath(new URL("../src/index.ts", import.meta.url));
  // As an application does it: a build of a library would keep the white space.
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict" },
    },
  })) as Rolldown.RolldownOutput;
  const code = built.output[0].code;
  expect(code).toContain("createClient");
  const size = gzipSync(code, { level: 9 }).length;
  console.info(`core: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(LIMIT_BYTES);
});
