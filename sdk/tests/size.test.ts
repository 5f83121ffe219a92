import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const LIMIT_BYTES = 8_000;

test("the core, minified and compressed, stays small", async () => {
  const entry = fileURLToPath(new URL("../src/index.ts", import.meta.url));
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: true, lib: { entry, formats: ["es"] } },
  })) as Rolldown.RolldownOutput[];
  const code = built[0]?.output[0].code ?? "";
  expect(code).toContain("createClient");
  const size = gzipSync(code, { level: 9 }).length;
  console.info(`core: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(LIMIT_BYTES);
});
