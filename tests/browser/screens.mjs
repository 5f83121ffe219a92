// Every screen of the dashboard, and a server that has something to show on each of them.

/** Screens of a superuser: a name, and an address below `/_`. `:item` is the id of a record. */
export const SCREENS = [
  ["home", "/"],
  ["account", "/account"],
  ["new collection", "/collections/new"],
  ["records", "/collections/things/records"],
  ["records, filtered by what is none", "/collections/things/records?filter=nope"],
  ["records, none", "/collections/things/records?filter=id%3D%22x%22"],
  ["record panel", "/collections/things/records?record=:thing"],
  ["record panel, new", "/collections/things/records?record=new"],
  ["record", "/collections/things/records/:thing"],
  ["record, account", "/collections/people/records/:person"],
  ["fields", "/collections/things/fields"],
  ["rules", "/collections/things/rules"],
  ["rules of accounts", "/collections/people/rules"],
  ["all rules", "/rules"],
  ["search settings", "/collections/things/search"],
  ["code, JSON", "/collections/things/code"],
  ["code, TypeScript", "/collections/things/code?as=ts"],
  ["API of a collection", "/collections/things/api"],
  ["API", "/api"],
  ["GraphQL", "/graphql"],
  ["realtime", "/realtime"],
  ["import", "/collections/things/import"],
  ["collection from a file", "/collections/import"],
  ["settings, transfer", "/settings/transfer"],
  ["map", "/map"],
  ["sign-in, password", "/collections/people/sign-in"],
  ["sign-in, passkeys", "/collections/people/sign-in?part=passkeys"],
  ["sign-in, providers", "/collections/people/sign-in?part=providers"],
  ["sign-in, codes", "/collections/people/sign-in?part=codes"],
  ["sign-in, two ways", "/collections/people/sign-in?part=second"],
  ["sign-in, times", "/collections/people/sign-in?part=tokens"],
  ["sign-in, mails", "/collections/people/sign-in?part=mails"],
  ["logs", "/logs"],
  ["settings, application", "/settings/application"],
  ["settings, security", "/settings/security"],
  ["settings, access", "/settings/access"],
  ["settings, channels", "/settings/channels"],
  ["settings, mail", "/settings/mail"],
  ["settings, storage", "/settings/storage"],
  ["settings, backups", "/settings/backups"],
  ["settings, logs", "/settings/logs"],
  ["settings, jobs", "/settings/jobs"],
  ["settings, webhooks", "/settings/webhooks"],
  ["nowhere", "/nowhere"],
];

/** How long a screen that follows what happens is given to read the rest. */
const QUIET_MS = 1_500;

/** Opens a screen and waits until it has shown what it reads. */
export async function openScreen(page, server, path) {
  await page.goto(`${server.url}/_${path}`);
  await page.locator("h1").first().waitFor();
  // What a screen follows goes on; all else has been read by then.
  await page.waitForLoadState("networkidle", { timeout: QUIET_MS }).catch(() => undefined);
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
}

const OPEN = Object.fromEntries(
  ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"].map((rule) => [rule, ""]),
);
const field = (type, name, more) => ({ type, name, ...more });

/** A field of every type that a client fills in. */
export const FIELDS = [
  field("text", "title", { presentable: true }), field("editor", "story"),
  field("number", "amount"), field("bool", "open"), field("email", "mail"), field("url", "link"),
  field("date", "due"), field("select", "kind", { values: ["plain", "fancy"], maxSelect: 2 }),
  field("file", "papers", { maxSelect: 5, mimeTypes: [] }), field("json", "facts"),
  field("geoPoint", "place"),
];

/** Collections `things` and `people`, and one of most other things; the ids of a record each. */
export async function furnish(ask) {
  await ask("/api/collections", {
    name: "people", type: "auth", ...OPEN, fields: [field("text", "nick")],
  });
  const people = await ask("/api/collections/people");
  await ask("/api/collections", {
    name: "things", type: "base", ...OPEN,
    viewRule: "open = true || owner = @request.auth.id",
    fields: [...FIELDS, field("relation", "owner", { collectionId: people.id, maxSelect: 1 })],
    search: { fields: { title: {}, story: {} } },
  });
  const person = await ask("/api/collections/people/records", {
    email: "bea@example.com", password: "quiet-sled-43", passwordConfirm: "quiet-sled-43",
    nick: "Bea",
  });
  const thing = await ask("/api/collections/things/records", {
    title: "A sled", story: "<p>It is <strong>fast</strong>.</p>", amount: 12.5, open: true,
    mail: "sled@example.com", link: "https://example.com/sled", due: "2026-12-24 18:00:00.000Z",
    kind: ["plain"], facts: { runners: 2 }, place: { lon: 13.4, lat: 52.5 }, owner: person.id,
  });
  await ask("/api/collections/things/records", { title: "Another sled" });
  await ask("/api/webhooks", {
    collection: "things", url: "https://hooks.example.com/luge", actions: ["create"],
  });
  await ask("/api/backups", { name: "first.zip" });
  return { thing: thing.id, person: person.id };
}
