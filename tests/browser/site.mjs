// A server with pages of an application beside the API.

import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SUPERUSER, startServer } from "../sdk/server.mjs";

// `files` are names and texts of pages; `folder` is copied beside them.
export async function startSite(files = {}, folder = undefined) {
  const server = await startServer(process.env.LUGE_BIN);
  const site = join(dirname(server.folder), "luge_public");
  mkdirSync(site, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(site, name), text);
  for (const name of folder ? readdirSync(folder) : []) {
    copyFileSync(join(folder, name), join(site, name));
  }
  const [identity, password] = SUPERUSER;
  const ask = async (method, path, body, token = root) => {
    const headers = { authorization: token, "content-type": "application/json" };
    const options = { method, headers, body: body && JSON.stringify(body) };
    const answer = await fetch(server.url + path, options);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
  let root = "";
  const signIn = "/api/collections/_superusers/auth-with-password";
  root = (await ask("POST", signIn, { identity, password })).token;
  return { ...server, ask };
}

// Waits until something holds in the page or outside of it.
export async function until(holds, limit = 20_000) {
  const end = Date.now() + limit;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
