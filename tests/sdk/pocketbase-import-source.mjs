// Fills a running PocketBase over its API with everything that a data folder can hold, and says
// what it answers.

import PocketBase from "pocketbase";
import { SUPERUSER } from "./server.mjs";

export const PASSWORD = "0123456789";
const KEPT = { created: { onCreate: true }, updated: { onCreate: true, onUpdate: true } };
const TIMES = Object.entries(KEPT).map(([name, when]) => ({ name, type: "autodate", ...when }));
const SIGNED_IN = "@request.auth.id != ''";

/** A file of a name, filled with bytes that tell files apart. */
const file = (name, size = 3000) =>
  new File([Buffer.from(`${name} `.repeat(Math.ceil(size / (name.length + 1))))], name);
const picture = (name) => new File([Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
  + "Jggg==", "base64")], name);

/**
 * Makes the application; gives tokens and addresses that were handed out. Field types that an older
 * PocketBase does not have are left out.
 */
export async function fill(url, withoutTypes = []) {
  const superuser = new PocketBase(url).autoCancellation(false);
  await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
  await settings(superuser);
  await users(superuser);
  await collections(superuser, withoutTypes);
  const people = await makePeople(superuser);
  await makeRecords(superuser, people);
  return { ...(await handedOut(superuser, url, people)), people };
}

async function settings(superuser) {
  await superuser.settings.update({
    meta: { appName: "Sledding", appURL: "https://sled.example.com", senderName: "Sled" },
    smtp: { host: "smtp.sled.example.com", port: 2525, username: "sled", password: "mail-secret" },
    batch: { enabled: true, maxRequests: 7 },
    logs: { maxDays: 3, logIP: false },
    trustedProxy: { headers: ["X-Real-IP"] },
    rateLimits: { rules: [{ label: "users:auth", duration: 9, maxRequests: 900 }] },
  });
}

async function users(superuser) {
  const { fields, indexes } = await superuser.collections.getOne("users");
  await superuser.collections.update("users", {
    fields: [...fields, { name: "level", type: "number" },
      { name: "nickname", type: "text", max: 40 },
      { name: "private", type: "text", hidden: true }],
    indexes: [...indexes,
      "CREATE UNIQUE INDEX `idx_nickname` ON `users` (`nickname` COLLATE NOCASE) "
      + "WHERE `nickname` != ''"],
    listRule: SIGNED_IN, viewRule: SIGNED_IN, manageRule: "@request.auth.level > 8",
    authToken: { duration: 123456 },
    oauth2: {
      enabled: true,
      mappedFields: { name: "name" },
      providers: [{ name: "github", clientId: "a-client", clientSecret: "a-client-secret" }],
    },
  });
  await superuser.collections.create({
    name: "members", type: "auth", listRule: "", viewRule: "",
    fields: [{ name: "handle", type: "text", required: true, pattern: "^[a-z]+$" }, ...TIMES],
    indexes: ["CREATE UNIQUE INDEX `idx_members_handle` ON `members` (`handle`)"],
    passwordAuth: { enabled: true, identityFields: ["handle", "email"] },
    verificationTemplate: { subject: "Really {APP_NAME}?", body: "<p>{APP_URL} {TOKEN}</p>" },
  });
}

async function collections(superuser, withoutTypes) {
  const { id: tagsId } = await superuser.collections.create({
    name: "tags", type: "base", listRule: "", viewRule: "",
    fields: [{ name: "label", type: "text", required: true }],
    indexes: ["CREATE UNIQUE INDEX `idx_tags_label` ON `tags` (`label`)"],
  });
  const { id: usersId } = await superuser.collections.getOne("users");
  const kitchen = await superuser.collections.create({
    name: "kitchen", type: "base",
    listRule: `${SIGNED_IN} && (public = true || owner = @request.auth.id)`,
    viewRule: `${SIGNED_IN} && (public = true || owner = @request.auth.id)`,
    createRule: SIGNED_IN, updateRule: "owner = @request.auth.id", deleteRule: null,
    fields: [
      { name: "title", type: "text", presentable: true, autogeneratePattern: "[a-z]{8}" },
      { name: "body", type: "editor" },
      { name: "amount", type: "number", min: -1000, max: 1e9 },
      { name: "public", type: "bool" },
      { name: "contact", type: "email", exceptDomains: ["spam.example.com"] },
      { name: "site", type: "url" },
      { name: "at", type: "date" },
      { name: "kind", type: "select", values: ["a", "b", "c"] },
      { name: "kinds", type: "select", values: ["a", "b", "c"], maxSelect: 3 },
      { name: "cover", type: "file", thumbs: ["10x10"] },
      { name: "papers", type: "file", maxSelect: 5 },
      { name: "sealed", type: "file", protected: true },
      { name: "owner", type: "relation", collectionId: usersId },
      { name: "tags", type: "relation", collectionId: tagsId, maxSelect: 9 },
      { name: "data", type: "json" },
      { name: "place", type: "geoPoint" },
      { name: "pin", type: "password", hidden: true, cost: 4 },
      { name: "internal", type: "text", hidden: true },
      ...TIMES,
    ].filter(({ type }) => !withoutTypes.includes(type)),
    indexes: [
      "CREATE INDEX `idx_kitchen_amount` ON `kitchen` (`amount` DESC, `title`)",
      "CREATE UNIQUE INDEX `idx_kitchen_title` ON `kitchen` (`title` COLLATE NOCASE)",
      "CREATE INDEX idx_kitchen_public ON kitchen (public) WHERE public = true",
    ],
  });
  const parent = { name: "parent", type: "relation", collectionId: kitchen.id };
  await superuser.collections.update("kitchen", { fields: [...kitchen.fields, parent] });
  await superuser.collections.create({
    name: "odd_ids", type: "base", listRule: "", viewRule: "",
    fields: [{
      name: "id", type: "text", primaryKey: true, min: 1, max: 60, system: true, required: true,
      pattern: "^[A-Za-z0-9_-]+$", autogeneratePattern: "[A-Za-z0-9_-]{20}",
    }, { name: "note", type: "text" }, { name: "paper", type: "file" }],
  });
  await superuser.collections.create({
    name: "titles", type: "view", listRule: "", viewRule: "",
    viewQuery: "SELECT id, title, amount FROM kitchen",
  });
}

async function makePeople(superuser) {
  const people = [];
  for (let index = 0; index < 6; index++) {
    people.push(await superuser.collection("users").create({
      email: `User${index}@example.com`, password: PASSWORD, passwordConfirm: PASSWORD,
      emailVisibility: index % 2 === 0, verified: index % 3 === 0, name: `User ${index}`,
      level: index === 5 ? 9 : index, private: `secret ${index}`,
      nickname: index ? `Nick${index}` : "",
      avatar: index % 2 ? picture(`face ${index}.png`) : undefined,
    }));
  }
  for (const handle of ["ann", "bob"]) {
    await superuser.collection("members").create({
      handle, email: `${handle}@example.com`, password: PASSWORD, passwordConfirm: PASSWORD,
    });
  }
  const [{ id, collectionId }] = people;
  const owned = { collectionRef: collectionId, recordRef: id };
  await superuser.collection("_externalAuths")
    .create({ ...owned, provider: "github", providerId: "4711" });
  await superuser.collection("_mfas").create({ ...owned, method: "password" });
  await superuser.collection("_superusers").create({
    email: "second@example.com", password: PASSWORD, passwordConfirm: PASSWORD,
  });
  return people;
}

async function makeRecords(superuser, people) {
  const tags = [];
  for (const label of ["zinc", "iron", "gold"]) {
    tags.push((await superuser.collection("tags").create({ label })).id);
  }
  const kitchen = superuser.collection("kitchen");
  const empty = await kitchen.create({});
  for (let index = 0; index < 40; index++) {
    await kitchen.create({
      title: `Title ${(index * 17) % 40} "quoted" ä\n`, body: `<p>${"long ".repeat(index)}</p>`,
      amount: [0, 1, -2.5, 1e-7, 123456789.125, 1e8][index % 6], public: index % 3 === 0,
      contact: `c${index}@example.com`, site: `https://example.com/${index}?a=b&c=<d>`,
      at: new Date(Date.UTC(2020, index % 12, 1 + index % 28, index % 24, 0, 0, index)),
      kind: ["a", "b", "c", ""][index % 4], kinds: ["c", "a", "b"].slice(index % 4),
      cover: index % 5 ? undefined : picture(`cover ${index}.png`),
      papers: index % 4 ? [] : [file(`one ${index}.txt`), file("two.tar.gz", 70_000), file("Ä.b")],
      sealed: index % 10 ? undefined : file(`sealed${index}.txt`),
      owner: people[index % people.length].id, tags: tags.slice(index % 4),
      data: [null, { b: [1, 2.50, "x"], a: null }, "text", 7, "[1, 2]", true, "", []][index % 8],
      place: { lon: index * 4.5 - 90, lat: index - 20.25 },
      pin: index % 2 ? "1234" : "", internal: `internal ${index}`, parent: empty.id,
    });
  }
  // What was changed and removed later keeps its place, and leaves a gap.
  const [, second, third] = (await kitchen.getList(1, 3, { sort: "@rowid" })).items;
  await kitchen.delete(third.id);
  await kitchen.update(second.id, { "amount+": 1, body: "changed", "papers-": second.papers[1] });
  const odd = superuser.collection("odd_ids");
  for (const id of ["B-1", "a_2", "Z", "0"]) {
    await odd.create({ id, note: id, paper: file(`${id}.txt`) });
  }
}

async function handedOut(superuser, url, people) {
  const tokens = { superuser: superuser.authStore.token };
  for (const [index, { id }] of people.entries()) {
    const user = new PocketBase(url).autoCancellation(false);
    await user.collection("users").authWithPassword(`user${index}@example.com`, PASSWORD)
      .catch(() => user.collection("users").authWithPassword(`User${index}@example.com`, PASSWORD));
    tokens[id] = user.authStore.token;
  }
  const apart = await superuser.collection("users").impersonate(people[1].id, 5000);
  tokens.impersonated = apart.authStore.token;
  const files = [];
  for (const collection of ["users", "kitchen", "odd_ids"]) {
    for (const record of await superuser.collection(collection).getFullList()) {
      const names = ["avatar", "cover", "papers", "paper", "sealed"].flatMap((field) =>
        [record[field] ?? []].flat().filter(Boolean).map((name) => ({ name, field })));
      for (const { name, field } of names) {
        const path = `/api/files/${collection}/${record.id}/${name}`;
        files.push({ path, locked: field === "sealed" });
      }
    }
  }
  return { tokens, files };
}
