import { mount } from "svelte";
import App from "./App.svelte";
import { beginEarly } from "./beginning.ts";
import { language } from "./messages/index.svelte.ts";
import "./styles/tokens.css";
import "./styles/base.css";

void beginEarly();
const target = document.getElementById("app");
if (target === null) throw new Error("The page has no #app element.");
try {
  // Nothing is drawn in one language to be drawn again in another.
  await language.ready;
  mount(App, { target });
} catch {
  // The only text that is in no catalogue: it tells that there is none.
  target.textContent = "The dashboard could not be loaded. Reload this page.";
}
