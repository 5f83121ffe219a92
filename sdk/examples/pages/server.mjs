// A server of pages without a framework. Each request has a client of its own, whose session is in
// a cookie that scripts do not see. A page is whole without scripts; with them its list goes on
// live, through this server, which hands what the page asks on to Luge.
// LUGE_URL names Luge, PORT is where this one listens.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isAuth, isLuge } from "@luge/client";
import { createServerClient, requireSameOrigin } from "@luge/client/ssr";
import { html, notesPage, signInPage } from "./views.mjs";

const { LUGE_URL = "http://127.0.0.1:8090", PORT = "3000" } = process.env;
const client = new URL("./", import.meta.resolve("@luge/client"));

const seeOther = (path) => new Response(null, { status: 303, headers: { Location: path } });

const routes = {
  "GET /": async (db) => {
    const user = await db.user();
    if (user === null) return html(signInPage());
    const { items } = await db.from("notes").page(1, 100, { skipTotal: true });
    return html(notesPage(user, items));
  },
  "POST /sign-in": async (db, request) => {
    const form = await request.formData();
    try {
      await db.auth("users").password(`${form.get("email")}`, `${form.get("password")}`);
    } catch (error) {
      if (!isAuth(error)) throw error;
      return html(signInPage(error.message), 401);
    }
    return seeOther("/");
  },
  "POST /sign-out": async (db) => {
    await db.signOut();
    return seeOther("/");
  },
  "POST /notes": async (db, request) => {
    const user = await db.user();
    if (user === null) return html(signInPage("Sign in first."), 401);
    const form = await request.formData();
    await db.from("notes").create({ text: `${form.get("text")}`, owner: user.id });
    return seeOther("/");
  },
};

async function answer(request) {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/client/")) return script(pathname.slice("/client/".length));
  const db = await createServerClient(LUGE_URL, request);
  if (pathname.startsWith("/api/")) return db.forward(request);
  const route = routes[`${request.method} ${pathname}`];
  if (!route) return html("<h1>There is no such page</h1>", 404);
  // Also a sign-in: else a page of elsewhere could sign its visitors in as somebody else.
  requireSameOrigin(request);
  return db.answer(await route(db, request));
}

/** The client as the browser loads it, and this page's own script. */
async function script(name) {
  if (!/^[\w-]+(\/[\w-]+)?\.js$/.test(name)) return html("<h1>There is no such script</h1>", 404);
  const own = name === "page.js";
  const code = await readFile(new URL(name, own ? import.meta.url : client)).catch(() => null);
  if (code === null) return html("<h1>There is no such script</h1>", 404);
  return new Response(code, { headers: { "Content-Type": "text/javascript" } });
}

const server = createServer(async (incoming, outgoing) => {
  try {
    const ended = new AbortController();
    outgoing.on("close", () => ended.abort());
    const made = await answer(toRequest(incoming, ended.signal)).catch(failed);
    outgoing.writeHead(made.status, [...made.headers].flat());
    outgoing.flushHeaders();
    if (made.body === null) outgoing.end();
    else await pipeline(Readable.fromWeb(made.body), outgoing);
  } catch {
    // The browser has gone, or Luge in the middle of a stream.
    outgoing.destroy();
  }
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://localhost:${PORT}`));

function toRequest(incoming, signal) {
  const { method, url, headers } = incoming;
  const init = { method, signal, headers: Object.entries(headers).map(([k, v]) => [k, `${v}`]) };
  const reads = method === "GET" || method === "HEAD";
  if (!reads) Object.assign(init, { body: Readable.toWeb(incoming), duplex: "half" });
  return new Request(new URL(url, `http://${headers.host}`), init);
}

function failed(error) {
  if (!isLuge(error)) console.error(error);
  const status = (isLuge(error) && error.status) || 502;
  const request = error.requestId ?? "without an id";
  return html(`<h1>That did not work</h1><p>Request ${request}</p>`, status);
}
