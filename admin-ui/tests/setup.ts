/** What a browser has, and the texts in English. */
import { vi } from "vitest";

const store = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (name: string) => store.get(name) ?? null,
  setItem: (name: string, value: string) => void store.set(name, value),
  removeItem: (name: string) => void store.delete(name),
});

const { language } = await import("../src/messages/index.svelte.ts");
await language.ready;
