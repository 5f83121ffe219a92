import { defineConfig, mergeConfig } from "vitest/config";
import dashboard from "./vite.config.ts";

export default mergeConfig(
  dashboard,
  defineConfig({ test: { include: ["tests/**/*.test.ts"], setupFiles: ["tests/setup.ts"] } }),
);
