/**
 * Against a running server. LUGE_URL names it; LUGE_SUPERUSER_EMAIL and LUGE_SUPERUSER_PASSWORD
 * sign in. Without LUGE_URL these tests are skipped, with it they must pass.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdminClient, type AdminClient } from "../src/admin/index.js";
import {
  and,
  createClient,
  filter,
  gt,
  isAuth,
  isForbidden,
  isNotFound,
  isValidation,
} from "../src/index.js";
import { cookieStore } from "../src/stores/index.js";

const url = process.env.LUGE_URL;
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Post {
  title: string;
  views: number;
  status: "draft" | "live" | "";
}
interface Schema {
  sdk_posts: { record: Post };
  sdk_users: {
    record: { email: string };
    create: { email: string; password: string; passwordConfirm: string };
  };
  _superusers: { record: { email: string } };
}

describe.skipIf(url === undefined)("a server", () => {
  const admin = createAdminClient<Schema>(url ?? "");
  const guest = createAdminClient<Schema>(url ?? "");

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean(admin);
    await admin.collections.create({
      name: "sdk_posts",
      type: "base",
      fields: [
        { name: "title", type: "text", required: true },
        { name: "views", type: "number" },
        { name: "status", type: "select", values: ["draft", "live"] },
      ],
    });
    await admin.collections.create({ name: "sdk_users", type: "auth", createRule: "" });
  });
  afterAll(() => clean(admin));

  test("collections are listed, read, changed and scaffolded", async () => {
    const { items } = await admin.collections.list({ filter: "name = 'sdk_posts'" });
    expect(items.map(({ name }) => name)).toEqual(["sdk_posts"]);
    const posts = await admin.collections.get("sdk_posts");
    expect(posts.fields.map(({ name }) => name)).toEqual(["id", "title", "views", "status"]);
    const changed = await admin.collections.update("sdk_posts", { viewRule: "status = 'live'" });
    expect(changed.viewRule).toBe("status = 'live'");
    expect((await admin.collections.scaffolds()).auth.type).toBe("auth");
  });

  test("a bad definition names the exact field", async () => {
    const fields = [
      ...(await admin.collections.scaffolds()).base.fields,
      { name: "a b", type: "text" as const },
    ];
    const error = await failure(admin.collections.create({ name: "sdk_bad", fields }));
    expect(isValidation(error) && Object.keys(error.fields)).toEqual(["fields.1.name"]);
  });

  test("records are created, read, changed and deleted", async () => {
    const posts = admin.from("sdk_posts");
    const made = await posts.create({ title: "One", views: 3, status: "live" });
    expect(await posts.get(made.id)).toEqual(made);
    expect((await posts.update(made.id, { views: 4 })).views).toBe(4);
    await posts.delete(made.id);
    expect(isNotFound(await failure(posts.get(made.id)))).toBe(true);
    const error = await failure(posts.create({ views: 1 }));
    expect(isValidation(error) && error.fields.title?.code).toBe("validation_required");
  });

  test("filters, order, pages and iteration agree", async () => {
    const posts = admin.from("sdk_posts");
    for (let views = 1; views <= 7; views += 1) {
      await posts.create({ title: `Post ${views}`, views, status: views % 2 ? "live" : "draft" });
    }
    const live = posts.where((post) => and(post.status.is("live"), gt(post.views, 1)));
    const page = await live.orderBy("-views").page(1, 2);
    expect(page.items.map(({ views }) => views)).toEqual([7, 5]);
    expect([page.totalItems, page.totalPages]).toEqual([3, 2]);
    expect(await live.count()).toBe(3);
    expect((await live.orderBy("views").first())?.views).toBe(3);
    const seen: number[] = [];
    for await (const post of posts.orderBy("views").all({ perPage: 3 })) seen.push(post.views);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const slim = await posts
      .where(filter`views = ${2}`)
      .select("title")
      .first();
    expect(slim).toEqual({ title: "Post 2" });
    await admin.collections.truncate("sdk_posts");
    expect(await posts.first()).toBeNull();
  });

  test.each([
    "it's",
    "' || id != '",
    "\\' || 1=1 || '",
    "ends in \\",
    "two \\\\",
    '"quoted"',
    "50%_off",
    "// not a comment",
    "héllo ❄ 🛷",
    "(a && b)",
  ])("a filter finds %j and nothing else", async (title) => {
    const posts = admin.from("sdk_posts");
    const made = await posts.create({ title });
    const decoy = await posts.create({ title: "decoy 50x_off" });
    for (const query of [
      posts.where((post) => post.title.is(title)),
      posts.where(filter`title = ${title}`),
      posts.where((post) => post.title.contains(title)),
    ]) {
      expect((await query.page()).items.map(({ id }) => id)).toEqual([made.id]);
    }
    await posts.delete(made.id);
    await posts.delete(decoy.id);
  });

  test("a rule is tried out, and its saved tests are run", async () => {
    const { id } = await admin.from("sdk_posts").create({ title: "Draft", status: "draft" });
    const ask = { collection: "sdk_posts", action: "view", record: id } as const;
    const saved = await admin.rules.test(ask);
    expect([saved.allowed, saved.rule, saved.visible?.totalItems]).toEqual([
      false,
      "status = 'live'",
      0,
    ]);
    expect(saved.trace).toEqual({
      expression: 'status = "live"',
      holds: false,
      left: ["draft"],
      right: ["live"],
    });
    const other = await admin.rules.test({ ...ask, rule: "status = 'draft'" });
    expect([other.allowed, other.visible?.items.map((item) => item.id)]).toEqual([true, [id]]);
    const error = await failure(admin.rules.test({ ...ask, rule: "nothing = 1" }));
    const message = expect.stringContaining("at character 1");
    expect(error).toMatchObject({ status: 400, message });
    const test = { name: "a draft", action: "view", record: id, expect: "allow" } as const;
    await admin.collections.update("sdk_posts", { ruleTests: [test] });
    const run = await admin.rules.run("sdk_posts");
    expect([run.passed, run.failed, run.results[0]?.reason]).toEqual([0, 1, "It is denied."]);
    await admin.collections.truncate("sdk_posts");
  });

  test("sign-in, refresh and sign-out", async () => {
    const account = {
      email: "rider@example.com",
      password: "sled-dog-42",
      passwordConfirm: "sled-dog-42",
    };
    await guest.from("sdk_users").create(account);
    const users = guest.auth("sdk_users");
    expect((await users.methods()).password.enabled).toBe(true);
    expect(isAuth(await failure(users.password(account.email, "wrong")))).toBe(true);
    expect(guest.session.current).toBeNull();
    const { record } = await users.password(account.email, account.password);
    expect(record.email).toBe(account.email);
    expect(guest.session.looksValid).toBe(true);
    expect((await users.refresh()).record.id).toBe(record.id);
    expect(isForbidden(await failure(guest.collections.list()))).toBe(true);
    await users.requestEmailChange("other@example.com");
    const { token } = guest.session;
    await guest.signOut();
    expect(isAuth(await failure(users.sessions.endOf(token ?? "")))).toBe(true);
    await users.requestVerification(account.email);
    await users.requestPasswordReset(account.email);
    for (const confirm of [
      () => users.confirmVerification("x"),
      () => users.confirmPasswordReset("x", account.password),
      () => users.confirmEmailChange("x", account.password),
    ]) {
      expect(await failure(confirm())).toMatchObject({ status: 400, fields: { token: {} } });
    }
    expect(isAuth(await failure(users.refresh()))).toBe(true);
    expect(isAuth(await failure(guest.collections.list()))).toBe(true);
    expect(isForbidden(await failure(guest.from("sdk_posts").page()))).toBe(true);
  });

  test("a session goes from one request for a page to the next by its cookie", async () => {
    const [email, password] = ["pages@example.com", "sled-dog-44"];
    await guest.from("sdk_users").create({ email, password, passwordConfirm: password });
    const first = cookieStore(null);
    const before = createClient<Schema>(url ?? "", { store: first });
    await before.auth("sdk_users").password(email, password);
    const second = cookieStore(first.setCookie()?.split(";")[0]);
    const after = createClient<Schema>(url ?? "", { store: second });
    expect(await after.auth("sdk_users").sessions.list()).toMatchObject([{ current: true }]);
    expect(second.setCookie()).toBeNull();
    await after.signOut();
    expect(second.setCookie()).toContain("Max-Age=0");
    expect(isAuth(await failure(before.auth("sdk_users").sessions.list()))).toBe(true);
  });

  test("sessions are listed, and all but one's own are ended", async () => {
    const [email, password] = ["walker@example.com", "sled-dog-43"];
    await guest.from("sdk_users").create({ email, password, passwordConfirm: password });
    const users = guest.auth("sdk_users");
    const { token: old } = await users.password(email, password);
    const { record } = await users.password(email, password);
    const shown = await users.sessions.list();
    expect(shown.map(({ current, method }) => [current, method])).toEqual(
      expect.arrayContaining([
        [true, "password"],
        [false, "password"],
      ]),
    );
    expect(await admin.auth("sdk_users").sessions.list({ record: record.id })).toHaveLength(2);
    const signIns = await users.sessions.history();
    expect(signIns.map(({ outcome, live, current }) => [outcome, live, current])).toEqual([
      ["signedIn", true, true],
      ["signedIn", true, false],
    ]);
    expect(await admin.auth("sdk_users").sessions.history({ record: record.id })).toHaveLength(2);
    expect(isAuth(await failure(admin.auth("sdk_users").sessions.history()))).toBe(false);
    await users.sessions.endOthers();
    expect(await users.sessions.list()).toMatchObject([{ current: true }]);
    expect(isAuth(await failure(users.sessions.endOf(old)))).toBe(true);
    await users.sessions.endAll();
    expect(isAuth(await failure(users.sessions.list()))).toBe(true);
  });
});

async function clean(admin: AdminClient<Schema>): Promise<void> {
  for (const name of ["sdk_posts", "sdk_users", "sdk_bad"]) {
    await admin.collections.delete(name).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("the request was expected to fail"),
    (error: unknown) => error,
  );
}
