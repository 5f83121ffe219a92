// A todo list that works without the server, too. No build: the server gives the client.
import { createClient, localStore, offline, safe } from "/sdk/luge.js";

const db = createClient(location.origin, { store: localStore() });
const users = db.auth("users");
const part = (id) => document.getElementById(id);
let kept;

// The page itself is there without the server because of this.
navigator.serviceWorker?.register("worker.js");

part("sign-in").onsubmit = async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  if (event.submitter?.name === "up") {
    const account = { email, password, passwordConfirm: password };
    if (!(await tried(db.from("users").create(account)))) return;
  }
  if (await tried(users.password(email, password))) await show();
};

part("add").onsubmit = async (event) => {
  event.preventDefault();
  const { title } = Object.fromEntries(new FormData(event.target));
  event.target.reset();
  await tried(kept.from("todos").create({ title, owner: db.session.record.id }));
};

part("sign-out").onclick = async () => {
  const { error } = await safe(kept.signOut());
  if (error?.code === "unsent") {
    if (!confirm(`${error.message} Sign out all the same?`)) return;
    await safe(kept.signOut({ force: true }));
  }
  location.reload();
};

async function show() {
  const signedIn = db.session.record !== null;
  part("sign-in").hidden = signedIn;
  part("list").hidden = !signedIn;
  if (!signedIn) return;
  const keep = [db.from("todos")];
  kept = await tried(offline(db, { keep, onConflict, onError: complain, always: true }));
  kept?.from("todos").orderBy("-@rowid").live({ perPage: 200 }).subscribe(render);
  kept?.onStatus(({ state, pending }) => {
    const waiting = pending > 0 ? `, ${pending} to send` : "";
    part("status").textContent = (state === "open" ? "Up to date" : "Without the server") + waiting;
  });
}

function render({ items }) {
  part("todos").replaceChildren(...items.map((todo) => {
    const row = document.createElement("li");
    row.className = `${todo.done ? "done" : ""} ${todo.$pending ? "pending" : ""}`;
    row.innerHTML = "<label><input type=checkbox><span></span></label><button type=button>Delete";
    const [box, title, remove] = row.querySelectorAll("input, span, button");
    title.textContent = todo.title;
    remove.ariaLabel = `Delete ${todo.title}`;
    box.checked = todo.done;
    box.onchange = () => tried(kept.from("todos").update(todo.id, { done: box.checked }));
    remove.onclick = () => tried(kept.from("todos").delete(todo.id));
    return row;
  }));
}

// Somebody else changed it while we could not see it.
function onConflict({ mutation, current, error }) {
  const title = current?.title ?? mutation.body.title ?? "A todo";
  part("conflict-text").textContent = `“${title}”: ${error.message}`;
  part("conflict").showModal();
  return new Promise((decide) => {
    part("conflict").onclose = () => decide(part("conflict").returnValue || "keep");
  });
}

async function tried(work) {
  const { value, error } = await safe(work);
  complain(error);
  return value;
}

function complain(error) {
  part("problem").textContent = error
    ? [error.message, ...Object.values(error.fields).map(({ message }) => message)].join(" ")
    : "";
}

await show();
