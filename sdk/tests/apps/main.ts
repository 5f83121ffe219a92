/** Shows the page in one of the frameworks, as the test says. */
import { createClient } from "../../src/index.js";
import type { Mount, Schema } from "./board.js";
import { mount as react, wake } from "./react.js";
import { mount as solid } from "./solid.js";
import { mount as svelte } from "./svelte.js";
import { mount as vue } from "./vue.js";

const apps: Record<string, Mount> = { react, solid, svelte, vue };
const db = createClient<Schema>(location.origin);
const mended: string[] = [];
let leave = () => {};

Object.assign(globalThis, {
  db,
  show: (name: string, id: string) => {
    leave = apps[name]!(document.querySelector("main")!, { db, id });
  },
  wake: (id: string) => {
    leave = wake(document.querySelector("main")!, { db, id }, mended);
  },
  mended,
  hide: () => leave(),
});
