// The page: reads the document as whoever is signed in, and lists its operations by group.

import { groups } from "./document.js";
import { element, sentence, shown } from "./operation.js";

const SESSION = "luge.session";
const THEME = "luge.theme";

const place = (id) => document.getElementById(id);

/** What a browser keeps; nothing where it may keep nothing, or it was edited by hand. */
function kept(key, read) {
  try {
    return read(localStorage.getItem(key));
  } catch {
    return undefined;
  }
}

let token = kept(SESSION, (text) => JSON.parse(text)?.token) ?? "";

async function read() {
  const headers = token ? { Authorization: token } : {};
  const answer = await fetch("/api/openapi.json", { headers });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  return answer.json();
}

function operationShown(description, operation) {
  const { method, path, summary } = operation;
  const details = element(
    "details",
    { id: operation.operationId },
    element(
      "summary",
      {},
      element("span", { className: "method" }, method.toUpperCase()),
      element("span", { className: "path" }, path),
      element("span", { className: "about" }, summary ?? ""),
    ),
  );
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) {
      details.append(shown(description, operation, () => token));
    }
  });
  return details;
}

function show(description, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = (group) => ({ path, method, summary }) => {
    const text = `${group.name} ${method} ${path} ${summary}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = groups(description)
    .map((group) => ({ ...group, operations: group.operations.filter(isWanted(group)) }))
    .filter(({ operations }) => operations.length > 0);
  const link = (name) => element("a", { href: `#${encodeURIComponent(name)}` }, name);
  place("groups").replaceChildren(...found.map(({ name }) => element("li", {}, link(name))));
  const sections = found.map(({ name, about, operations }) =>
    element(
      "section",
      { id: name },
      element("h2", {}, name),
      element("p", { className: "soft" }, ...sentence(about)),
      ...operations.map((operation) => operationShown(description, operation)),
    ),
  );
  if (sections.length === 0) sections.push(element("p", {}, "Nothing has these words."));
  place("operations").replaceChildren(...sections);
}

async function start() {
  try {
    const description = await read();
    const collections = Object.values(description.paths).map((item) => item["x-luge-collection"]);
    const count = new Set(collections.filter(Boolean)).size;
    const { title, version } = description.info;
    const reader = token ? "" : ", as everybody sees them";
    place("who").textContent = `${title} ${version}, ${count} collections${reader}`;
    place("find").oninput = () => show(description, place("find").value);
    show(description, place("find").value);
    place(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  } catch (error) {
    place("who").textContent = `The document cannot be read: ${error.message}`;
  }
}

const theme = kept(THEME, (text) => text);
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;

place("use").addEventListener("click", () => {
  token = place("token").value.trim();
  place("token").value = "";
  void start();
});

await start();
