/** A server of pages between a browser and a running Luge; see `server.test.ts`. */
import { createServer, type Server } from "node:http";
import { Readable } from "node:stream";
import { QueryClient, QueryObserver } from "@tanstack/query-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { createClient, isNotFound, safe } from "../src/index.js";
import { createServerClient, type ServerClient } from "../src/ssr/index.js";
import { followChanges, pageOptions } from "../src/tanstack/index.js";
import { until } from "./stream.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Schema {
  sdk_pages: { record: { title: string; owner: string } };
  sdk_readers: {
    record: { email: string };
    create: { email: string; password: string; passwordConfirm: string };
  };
  _superusers: { record: { email: string } };
}

const READER = { email: "reader@example.com", password: "sled-dog-45" };

describe.skipIf(url === "")("a server of pages", () => {
  const admin = createAdminClient<Schema>(url);
  let pages: Server;
  let origin = "";
  const made: ServerClient<Schema>[] = [];

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    await admin.collections.create({ name: "sdk_readers", type: "auth" });
    const rule = "owner = @request.auth.id";
    const fields = [
      { name: "title", type: "text" },
      { name: "owner", type: "text" },
    ] as const;
    await admin.collections.create({
      name: "sdk_pages",
      listRule: rule,
      viewRule: rule,
      createRule: rule,
      fields: [...fields],
    });
    const { id } = await admin.from("sdk_readers").create({
      ...READER,
      passwordConfirm: READER.password,
    });
    await admin.from("sdk_pages").create({ title: "mine", owner: id });
    await admin.from("sdk_pages").create({ title: "not mine", owner: "somebody" });
    pages = createServer(async (incoming, outgoing) => {
      const body = incoming.method === "POST" ? Readable.toWeb(incoming) : null;
      const request = new Request(new URL(incoming.url ?? "", origin), {
        method: incoming.method ?? "GET",
        headers: incoming.headers as Record<string, string>,
        ...(body && { body: body as ReadableStream, duplex: "half" as never }),
      });
      const answer = await page(request);
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
      outgoing.flushHeaders();
      outgoing.on("close", () => answer.body?.locked || answer.body?.cancel());
      for await (const chunk of answer.body ?? []) outgoing.write(chunk);
      outgoing.end();
    });
    await new Promise<void>((done) => pages.listen(0, "127.0.0.1", done));
    origin = `http://127.0.0.1:${(pages.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    pages?.closeAllConnections();
    pages?.close();
    await clean();
  });

  async function clean() {
    for (const name of ["sdk_pages", "sdk_readers"] as const) {
      const { error } = await safe(admin.collections.delete(name));
      if (error && !isNotFound(error)) throw error;
    }
  }

  async function page(request: Request): Promise<Response> {
    const db = await createServerClient<Schema>(url, request);
    made.push(db);
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/")) return db.forward(request);
    if (pathname === "/sign-in") {
      await db.auth("sdk_readers").password(READER.email, READER.password);
      return db.answer(new Response("in"));
    }
    if (pathname === "/sign-out") {
      await db.signOut();
      return db.answer(new Response("out"));
    }
    const user = await db.user();
    const titles = (await db.from("sdk_pages").page()).items.map(({ title }) => title);
    return db.answer(Response.json({ user: user?.email ?? null, titles }));
  }

  const own = { origin: "http://127.0.0.1", "sec-fetch-site": "same-origin" };
  const visit = (path: string, cookie = "", init: RequestInit = {}) =>
    fetch(origin + path, { ...init, headers: { cookie, ...own, ...init.headers } });
  const signIn = async () => {
    const answer = await visit("/sign-in", "", { method: "POST" });
    return answer.headers.get("set-cookie")!.split(";")[0]!;
  };

  test("knows its visitors by their cookies, and forgets them", async () => {
    expect(await (await visit("/")).json()).toEqual({ user: null, titles: [] });
    const cookie = await signIn();
    const answer = await visit("/", cookie);
    expect(await answer.json()).toEqual({ user: READER.email, titles: ["mine"] });
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    const forged = cookie.replace(/%22id%22%3A%22\w+/, "%22id%22%3A%22somebodyelse00");
    expect(forged).not.toBe(cookie);
    expect(await (await visit("/", forged)).json()).toMatchObject({ titles: ["mine"] });
    const out = await visit("/sign-out", cookie, { method: "POST" });
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(await (await visit("/", cookie)).json()).toEqual({ user: null, titles: [] });
    expect(new Set(made).size).toBe(made.length);
  });

  test("acts for nobody at the request of a page of elsewhere", async () => {
    const cookie = await signIn();
    const init = { method: "POST", headers: { "sec-fetch-site": "cross-site" } };
    const answer = await visit("/sign-out", cookie, init);
    expect(await answer.text()).toBe("out");
    expect(await (await visit("/", cookie)).json()).toMatchObject({ user: READER.email });
  });

  test("forwards what its page asks: records and changes, never a token", async () => {
    const cookie = await signIn();
    const asPage: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("cookie", cookie);
      headers.set("sec-fetch-site", "same-origin");
      return fetch(input, { ...init, headers });
    };
    const db = createClient<Schema>(origin, { fetch: asPage });
    const queries = new QueryClient();
    const shown = new QueryObserver(queries, pageOptions(db.from("sdk_pages").orderBy("title")));
    const titles = () => shown.getCurrentResult().data?.items.map(({ title }) => title);
    const leave = shown.subscribe(() => {});
    const stop = await followChanges(db, queries, ["sdk_pages"]);
    await until(() => titles()?.join() === "mine");
    const owner = (await db.from("sdk_pages").first())!.owner;
    await db.from("sdk_pages").create({ title: "also mine", owner });
    await until(() => titles()?.join() === "also mine,mine");
    const { error } = await safe(db.auth("sdk_readers").refresh());
    expect(error).toMatchObject({ status: 404, message: "This is not forwarded." });
    stop();
    leave();
    queries.clear();
    await until(() => db.realtime.state === "closed");
  });
});
