// A server with a collection of every field type, one of accounts with every way to sign in, and
// somebody of each kind.

import { SUPERUSER, startServer } from "../sdk/server.mjs";

export const MEMBER = ["member@example.com", "quiet-sled-42"];

// One of each type, by itself and required, single and multiple.
const FIELDS = [
  { name: "title", type: "text", required: true, min: 2, max: 60 },
  { name: "slug", type: "text", pattern: "^[a-z0-9-]*$", autogeneratePattern: "[a-z0-9]{8}" },
  { name: "body", type: "editor" },
  { name: "count", type: "number", onlyInt: true, min: -5, max: 500 },
  { name: "price", type: "number", required: true, min: 0.5 },
  { name: "done", type: "bool" },
  { name: "contact", type: "email" },
  { name: "home", type: "url" },
  { name: "due", type: "date", min: "2000-01-01 00:00:00.000Z" },
  { name: "made", type: "autodate", onCreate: true },
  { name: "changed", type: "autodate", onCreate: true, onUpdate: true },
  { name: "state", type: "select", values: ["open", "closed"], maxSelect: 1, required: true },
  { name: "tags", type: "select", values: ["a", "b", "c"], maxSelect: 2 },
  { name: "cover", type: "file", maxSelect: 1, maxSize: 10_000 },
  { name: "papers", type: "file", maxSelect: 3, maxSize: 10_000 },
  { name: "data", type: "json", maxSize: 2_000 },
  { name: "place", type: "geoPoint" },
  { name: "secret", type: "password", min: 3 },
  { name: "memoranda", type: "text", hidden: true },
];

const EVERYONE = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
const MEMBERS = "@request.auth.id != ''";

export async function startWorld(program) {
  const server = await startServer(program, [], ["--sign-in-back-off", "off"]);
  const superuser = as(server.url, await token(server.url, "_superusers", SUPERUSER));
  const things = await superuser("POST", "/api/collections", {
    name: "things", type: "base", fields: FIELDS, ...EVERYONE, search: { fields: { title: {} } },
  });
  await superuser("PATCH", "/api/collections/things", {
    fields: [
      ...things.fields,
      { name: "parent", type: "relation", collectionId: things.id, maxSelect: 1 },
      { name: "others", type: "relation", collectionId: things.id, maxSelect: 3 },
    ],
  });
  await superuser("POST", "/api/collections", {
    name: "people", type: "auth", listRule: MEMBERS, viewRule: MEMBERS, createRule: "",
    updateRule: "id = @request.auth.id", deleteRule: null, manageRule: null, authRule: "",
    otp: { enabled: true }, magicLink: { enabled: true }, anonymous: { enabled: true },
    fields: [{ name: "nick", type: "text" }],
  });
  await superuser("POST", "/api/collections", { name: "vault", type: "base",
    fields: [{ name: "word", type: "text" }] });
  await superuser("PATCH", "/api/settings", { batch: { enabled: true } });
  const [email, password] = MEMBER;
  const account = { email, password, passwordConfirm: password };
  await superuser("POST", "/api/collections/people/records", account);
  const tokens = {
    guest: "",
    user: await token(server.url, "people", MEMBER),
    superuser: await token(server.url, "_superusers", SUPERUSER),
  };
  return { ...server, tokens, superuser, as: (persona) => as(server.url, tokens[persona]) };
}

/** Records that can be named; one of them has a value of every type. */
export async function fill(world) {
  const make = (body) => world.superuser("POST", "/api/collections/things/records", body);
  const first = await make({ title: "First", price: 1, state: "open" });
  const form = new FormData();
  const full = {
    title: "Full", slug: "full", body: "<p>x</p>", count: 3, price: 2.5, done: true,
    contact: "a@example.com", home: "https://example.com/x", due: "2026-11-29 09:33:06.123Z",
    state: "closed", tags: ["a", "c"], data: { deep: [1, null] }, place: { lon: 13.4, lat: 52.5 },
    secret: "abcd", memoranda: "hidden", parent: first.id, others: [first.id],
  };
  form.set("@jsonPayload", JSON.stringify(full));
  form.set("cover", new Blob(["cover"]), "cover.txt");
  form.append("papers", new Blob(["one"]), "one.txt");
  form.append("papers", new Blob(["two"]), "two.txt");
  const second = await make(form);
  const ids = [first.id, second.id];
  for (let index = 0; index < 10; index += 1) {
    ids.push((await make({ title: `More ${index}`, price: 1, state: "open" })).id);
  }
  return ids;
}

async function token(url, collection, [identity, password]) {
  const path = `/api/collections/${collection}/auth-with-password`;
  return (await as(url, "")("POST", path, { identity, password })).token;
}

/** Asks as somebody; what is refused throws with the reason. */
function as(url, token) {
  return async (method, path, body) => {
    const headers = token ? { Authorization: token } : {};
    const isForm = body instanceof FormData;
    if (body && !isForm) headers["Content-Type"] = "application/json";
    const sent = body && !isForm ? JSON.stringify(body) : body;
    const answer = await fetch(`${url}${path}`, { method, headers, body: sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
}
