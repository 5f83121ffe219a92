// The live suite as one script, for a server at an address.

import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function bundle({ url, email, password }) {
  const built = await build({
    configFile: false,
    root: here("../.."),
    logLevel: "warn",
    resolve: { alias: [{ find: /^vitest$/, replacement: here("vitest.ts") }] },
    define: {
      "process.env.LUGE_URL": JSON.stringify(url),
      "process.env.LUGE_SUPERUSER_EMAIL": JSON.stringify(email),
      "process.env.LUGE_SUPERUSER_PASSWORD": JSON.stringify(password),
    },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: here("suite.ts"),
        output: { format: "iife" },
        // A test file is imported for what it does.
        treeshake: false,
      },
    },
  });
  return built.output[0].code;
}
