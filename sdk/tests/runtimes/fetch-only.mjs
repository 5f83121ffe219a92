// The live suite where there is nothing but the language, timers and what belongs to `fetch`: no
// `window`, no `EventSource`, no storage, nothing of Node's.

import { createContext, runInContext } from "node:vm";
import { bundle } from "./bundle.mjs";

const { LUGE_URL: url, LUGE_SUPERUSER_EMAIL: email, LUGE_SUPERUSER_PASSWORD: password } =
  process.env;
if (!url) throw new Error("Name a server in LUGE_URL.");

const GIVEN = ["AbortController", "AbortSignal", "Blob", "DOMException", "Event", "EventTarget",
  "File", "FormData", "Headers", "ReadableStream", "Request", "Response", "TextDecoder",
  "TextEncoder", "URL", "URLSearchParams", "atob", "btoa", "clearTimeout", "console", "crypto",
  "fetch", "clearInterval", "queueMicrotask", "setInterval", "setTimeout", "structuredClone"];
const MISSING = ["EventSource", "WebSocket", "localStorage", "window", "document", "navigator",
  "indexedDB", "BroadcastChannel", "process", "Buffer", "require"];

// One that somebody handles in the end is none.
const unhandled = new Map();
process.on("unhandledRejection", (reason, promise) => unhandled.set(promise, reason));
process.on("rejectionHandled", (promise) => unhandled.delete(promise));

const context = createContext(Object.fromEntries(GIVEN.map((name) => [name, globalThis[name]])));
for (const name of MISSING) {
  if (runInContext(`typeof ${name}`, context) !== "undefined") throw new Error(`${name} is there`);
}
runInContext(await bundle({ url, email, password }), context, { filename: "suite.js" });
const { passed, failed } = await context.outcome;
failed.push(...[...unhandled.values()].map((reason) => `unhandled: ${reason?.stack ?? reason}`));
for (const each of failed) console.error(each);
console.log(`fetch only: ${passed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 || passed.length < 40 ? 1 : 0);
