import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The server that `npm run dev` and `npm run preview` pass the API on to. */
const server = process.env.LUGE_URL ?? "http://127.0.0.1:8090";

const client = (path: string) => fileURLToPath(new URL(`../sdk/src/${path}`, import.meta.url));

/** As strict as the policy the dashboard is served with, so that a breach shows here first. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * What many views share is in few files: browsers ask for six at a time, and each of the small ones
 * would stand in front of what the view is about.
 */
const together = [
  { name: "icons", test: /@lucide/, minShareCount: 2 },
  { name: "widgets", test: /bits-ui|@floating-ui|svelte-toolbelt|runed/, minShareCount: 2 },
];

export default defineConfig({
  base: "/_/",
  plugins: [svelte()],
  resolve: {
    // The client's source, so that one `npm ci` here is enough to build.
    alias: [
      { find: "@luge/client/admin", replacement: client("admin/index.ts") },
      { find: "@luge/client/api-keys", replacement: client("api-keys/index.ts") },
      { find: "@luge/client/batch", replacement: client("batch/index.ts") },
      { find: "@luge/client/factors", replacement: client("factors/index.ts") },
      { find: "@luge/client/files", replacement: client("files/index.ts") },
      { find: "@luge/client/passkeys", replacement: client("passkeys/index.ts") },
      { find: "@luge/client", replacement: client("index.ts") },
    ],
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: together } } },
  },
  server: { proxy: { "/api": server } },
  preview: { proxy: { "/api": server }, headers: { "Content-Security-Policy": policy } },
});
