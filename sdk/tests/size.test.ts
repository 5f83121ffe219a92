import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

test.each([
  ["core", "../src/index.ts", "createClient", 8_000],
  ["with offline", "../src/offline/index.ts", "$pending", 16_000],
  ["with optimistic", "../src/optimistic/index.ts", "$pending", 10_000],
  ["/sdk/luge.js", "../served/luge.ts", "createClient", 28_000],
])("%s, minified and compressed, stays small", async (name, file, word, limit) => {
  const entry = fileURLToPath(new URL(file, import.meta.url));
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
  expect(code).toContain(word);
  const size = gzipSync(code, { level: 9 }).length;
  console.info(`${name}: ${size} bytes compressed`);
  expect(size).toBeLessThanOrEqual(limit);
});
