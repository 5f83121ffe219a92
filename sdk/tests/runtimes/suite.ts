/** The live suite as one program: every `server*.test.ts` that needs no Node, without vitest. */
import { runAll } from "./vitest.js";

declare global {
  interface ImportMeta {
    /** Vite writes the imports. */
    glob(pattern: string[], options: { eager: true }): unknown;
  }
}

// Pages are made by a server, of Node's.
import.meta.glob(["../server*.test.ts", "!../server-ssr.test.ts"], { eager: true });

(globalThis as { outcome?: unknown }).outcome = runAll();
