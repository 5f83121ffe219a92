// Builds the page in all frameworks as for development, where they check themselves.

import { fileURLToPath } from "node:url";
import { compile } from "svelte/compiler";
import { build } from "vite";

const svelte = {
  name: "svelte-components",
  transform: (code, id) => {
    if (!id.endsWith(".svelte")) return null;
    const { js } = compile(code, { generate: "client", dev: true, filename: id });
    return { code: js.code, map: js.map };
  },
};

/** The script, as one text. */
export async function buildPage() {
  process.env.NODE_ENV = "development";
  const built = await build({
    configFile: false,
    logLevel: "error",
    mode: "development",
    plugins: [svelte],
    resolve: { conditions: ["browser", "development", "import", "module", "default"] },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: fileURLToPath(new URL("main.ts", import.meta.url)) },
    },
  });
  return built.output[0].code;
}
