/** The live suite as one program: every `server*.test.ts`, without vitest around it. */
import { runAll } from "./vitest.js";

declare global {
  interface ImportMeta {
    /** Vite writes the imports. */
    glob(pattern: string, options: { eager: true }): unknown;
  }
}

import.meta.glob("../server*.test.ts", { eager: true });

(globalThis as { outcome?: unknown }).outcome = runAll();
