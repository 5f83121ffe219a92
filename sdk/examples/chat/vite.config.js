import { defineConfig } from "vite";

export default defineConfig({
  // The client is linked from this repository, whose tests have a React of their own.
  resolve: { dedupe: ["react", "react-dom"] },
  // While developing, the page and Luge have one address, as they have when Luge serves the page.
  server: { proxy: { "/api": process.env.LUGE_URL ?? "http://127.0.0.1:8090" } },
});
