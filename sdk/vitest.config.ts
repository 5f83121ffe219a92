import { defineConfig } from "vitest/config";

export default defineConfig({
  // A busy machine takes its time with servers and compilers.
  test: { include: ["tests/**/*.test.ts"], testTimeout: 30_000 },
});
