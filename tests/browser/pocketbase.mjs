// A real PocketBase (POCKETBASE_BIN) with a field of every type, rules, indexes, a view and ways to
// sign in: what it exports, and its database once it has stopped.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./server.mjs";

const ADA = { identity: "ada@example.com", password: "quiet-sled-42" };
const MOMENTS = [
  { name: "created", type: "autodate", onCreate: true },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];
const OIDC = {
  name: "oidc", clientId: "x", clientSecret: "hush-oidc", displayName: "Mine",
  authURL: "https://a.example/auth", tokenURL: "https://a.example/token",
  userInfoURL: "https://a.example/me", pkce: true,
};
const AUTHORS = {
  name: "authors",
  type: "auth",
  listRule: "",
  viewRule: "id = @request.auth.id",
  createRule: "",
  updateRule: "id = @request.auth.id && @request.body.verified:isset = false",
  manageRule: "@request.auth.verified = true",
  authRule: "verified = true",
  fields: [
    { name: "name", type: "text", required: true, max: 80, presentable: true },
    { name: "avatar", type: "file", mimeTypes: ["image/png"], thumbs: ["100x100"] },
    ...MOMENTS,
  ],
  indexes: ["CREATE UNIQUE INDEX idx_authors_name ON authors (name)"],
  passwordAuth: { enabled: true, identityFields: ["email", "name"] },
  mfa: { enabled: true, duration: 600, rule: "" },
  otp: { enabled: true, duration: 180, length: 6 },
  oauth2: {
    enabled: true,
    mappedFields: { name: "name", avatarURL: "avatar" },
    providers: [{ name: "github", clientId: "abc", clientSecret: "hush-github" }, OIDC],
  },
};
const posts = (authors) => ({
  name: "posts",
  type: "base",
  listRule: "published = true || author = @request.auth.id",
  viewRule: "published = true",
  createRule: "@request.auth.id != '' && @request.body.author = @request.auth.id",
  updateRule: "author.verified = true && @collection.authors.id ?= author",
  fields: [
    { name: "title", type: "text", required: true, min: 2, max: 120, pattern: "^[A-Z].*" },
    { name: "body", type: "editor", maxSize: 50000, convertURLs: true },
    { name: "rating", type: "number", min: 0, max: 5, onlyInt: true },
    { name: "published", type: "bool" },
    { name: "contact", type: "email", onlyDomains: ["example.com"] },
    { name: "link", type: "url", exceptDomains: ["bad.example"] },
    { name: "due", type: "date", min: "2020-01-01 00:00:00.000Z" },
    { name: "kind", type: "select", values: ["news", "essay"], maxSelect: 1 },
    { name: "tags", type: "select", values: ["a", "b", "c"], maxSelect: 3 },
    { name: "author", type: "relation", collectionId: authors, cascadeDelete: true, maxSelect: 1 },
    { name: "files", type: "file", maxSelect: 5, maxSize: 1048576, protected: true },
    { name: "meta", type: "json", maxSize: 2000 },
    { name: "place", type: "geoPoint" },
    { name: "sealed", type: "password", min: 8 },
    { name: "note", type: "text", hidden: true, autogeneratePattern: "[a-z]{5}" },
    ...MOMENTS,
  ],
  indexes: [
    "CREATE INDEX `idx_posts_kind` ON `posts` (\n  `kind`,\n  `created` DESC\n)",
    "CREATE UNIQUE INDEX idx_posts_title ON posts (title COLLATE NOCASE) WHERE published = true",
  ],
});
const BY_AUTHOR = {
  name: "by_author",
  type: "view",
  listRule: "",
  viewQuery: "SELECT a.id, a.name, count(p.id) AS posts FROM authors a " +
    "LEFT JOIN posts p ON p.author = a.id GROUP BY a.id",
};

/** What it exports (as a list), the path of its database, and what removes its folder. */
export async function exportedByPocketBase(program) {
  const folder = mkdtempSync(join(tmpdir(), "luge-pocketbase-"));
  const words = ["--dir", join(folder, "pb_data"), "--automigrate=false"];
  execFileSync(program, ["superuser", "upsert", ADA.identity, ADA.password, ...words]);
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(program, ["serve", "--http", address, ...words], { stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  try {
    const exported = await define(`http://${address}`);
    const remove = () => rmSync(folder, { recursive: true, force: true });
    return { exported, database: join(folder, "pb_data", "data.db"), remove };
  } finally {
    // With its end it writes its log back into the database.
    server.kill("SIGTERM");
    await ended;
  }
}

async function define(url) {
  await healthy(url);
  let token = "";
  const ask = async (path, body, method = body ? "POST" : "GET") => {
    const headers = { "content-type": "application/json", authorization: token };
    const sent = body && { body: JSON.stringify(body) };
    const answer = await fetch(url + path, { method, headers, ...sent });
    const told = await answer.json();
    assert.equal(answer.ok, true, `${path}: ${JSON.stringify(told)}`);
    return told;
  };
  ({ token } = await ask("/api/collections/_superusers/auth-with-password", ADA));
  const authors = await ask("/api/collections", AUTHORS);
  const made = await ask("/api/collections", posts(authors.id));
  const parent = { name: "parent", type: "relation", collectionId: made.id, maxSelect: 1 };
  await ask("/api/collections/posts", { fields: [...made.fields, parent] }, "PATCH");
  await ask("/api/collections", BY_AUTHOR);
  return (await ask("/api/collections?perPage=200&sort=created")).items;
}

async function healthy(url) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await fetch(`${url}/api/health`).then(({ ok }) => ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("PocketBase did not come up.");
}
