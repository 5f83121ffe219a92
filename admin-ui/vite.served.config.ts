import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The client as one module, which the server gives to pages beside the dashboard. */
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "dist/sdk",
    minify: true,
    modulePreload: false,
    rolldownOptions: {
      input: fileURLToPath(new URL("../sdk/served/luge.ts", import.meta.url)),
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "luge.js" },
    },
  },
});
