import { expect, test } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { isForbidden, isNotFound } from "../src/index.js";

type Admin = ReturnType<typeof createAdminClient>;

/** A server that keeps what it was asked and always gives the same answer. */
function server(answer: () => Response) {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const admin = createAdminClient("http://server", {
    fetch: async (url, init) => {
      const { pathname, search } = new URL(String(url));
      asked.push(`${init?.method} ${pathname}${search}`);
      const { body } = init ?? {};
      bodies.push(typeof body === "string" ? JSON.parse(body) : body);
      return answer();
    },
  });
  return { admin, asked, bodies };
}

const done = () => new Response(null, { status: 204 });

/** Each method, what it asks for, and what it sends. */
const rows: [string, (admin: Admin) => Promise<unknown>, string, unknown?][] = [
  ["settings", (a) => a.settings.get(), "GET /api/settings"],
  ["sources", (a) => a.settings.sources(), "GET /api/settings/sources"],
  [
    "a change of settings",
    (a) => a.settings.update({ smtp: { host: "mail.example.com" } }),
    "PATCH /api/settings",
    { smtp: { host: "mail.example.com" } },
  ],
  [
    "trying the bucket out",
    (a) => a.settings.testS3("backups"),
    "POST /api/settings/test/s3",
    { filesystem: "backups" },
  ],
  [
    "trying mails out",
    (a) => a.settings.testEmail("a@example.com", "otp", { collection: "users" }),
    "POST /api/settings/test/email",
    { email: "a@example.com", template: "otp", collection: "users" },
  ],
  ["providers", (a) => a.providers.list(), "GET /api/collections/meta/oauth2-providers"],
  [
    "beginning to try a provider",
    (a) => a.providers.begin("my users", "oidc"),
    "GET /api/collections/my%20users/oauth2/oidc/try",
  ],
  [
    "what trying a provider gave",
    (a) => a.providers.finish("users", "oidc", { code: "c", codeVerifier: "v", redirectURL: "r" }),
    "POST /api/collections/users/oauth2/oidc/try",
    { code: "c", codeVerifier: "v", redirectURL: "r" },
  ],
  [
    "entries",
    (a) => a.logs.list({ page: 2, filter: 'data.status >= 400', sort: "-created" }),
    "GET /api/logs?page=2&filter=data.status+%3E%3D+400&sort=-created",
  ],
  ["an entry", (a) => a.logs.get("a/b"), "GET /api/logs/a%2Fb"],
  ["hours", (a) => a.logs.stats({ filter: "level>0" }), "GET /api/logs/stats?filter=level%3E0"],
  ["no entries", (a) => a.logs.clear(), "DELETE /api/logs"],
  ["backups", (a) => a.backups.list(), "GET /api/backups"],
  ["a backup", (a) => a.backups.create({ name: "x.zip" }), "POST /api/backups", { name: "x.zip" }],
  ["no backup", (a) => a.backups.delete("x.zip"), "DELETE /api/backups/x.zip"],
  ["how far one is", (a) => a.backups.status(), "GET /api/backups/status"],
  [
    "a backup and a restore",
    (a) => a.backups.restore("x.zip", { backupFirst: true }),
    "POST /api/backups/x.zip/restore?backupFirst=1",
  ],
  ["a restore", (a) => a.backups.restore("x.zip"), "POST /api/backups/x.zip/restore"],
  ["what is stored", (a) => a.storage.read(), "GET /api/storage"],
  ["a survey", (a) => a.storage.survey(), "POST /api/storage/survey"],
  [
    "a backup that was offered",
    (a) => a.setup.restoreOffered("c0de"),
    "POST /api/setup/restore",
    { code: "c0de" },
  ],
  [
    "mails",
    (a) => a.mails.list({ state: "dead", perPage: 5 }),
    "GET /api/mails?state=dead&perPage=5",
  ],
  ["types", (a) => a.collections.types("json-schema"), "GET /api/types/json-schema"],
  ["a mail", (a) => a.mails.get("m1"), "GET /api/mails/m1"],
  ["a mail again", (a) => a.mails.retry("m1"), "POST /api/mails/m1/retry"],
  ["no mail", (a) => a.mails.delete("m1"), "DELETE /api/mails/m1"],
  ["no mails", (a) => a.mails.clear(), "DELETE /api/mails"],
  ["a webhook", (a) => a.webhooks.get("w1"), "GET /api/webhooks/w1"],
  [
    "a new webhook",
    (a) =>
      a.webhooks.create({ collection: "posts", actions: ["create"], url: "https://example.com" }),
    "POST /api/webhooks",
    { collection: "posts", actions: ["create"], url: "https://example.com" },
  ],
  [
    "a change of a webhook",
    (a) => a.webhooks.update("w1", { headers: { "X-Key": null } }),
    "PATCH /api/webhooks/w1",
    { headers: { "X-Key": null } },
  ],
  ["no webhook", (a) => a.webhooks.delete("w1"), "DELETE /api/webhooks/w1"],
  [
    "another secret",
    (a) => a.webhooks.rotateSecret("w1", { graceSeconds: 0 }),
    "POST /api/webhooks/w1/rotate-secret",
    { graceSeconds: 0 },
  ],
  ["a try", (a) => a.webhooks.test("w1"), "POST /api/webhooks/w1/test"],
  [
    "deliveries",
    (a) => a.webhooks.deliveries("w1", { state: "dead" }),
    "GET /api/webhooks/w1/deliveries?state=dead",
  ],
  ["a delivery", (a) => a.webhooks.delivery("w1", "d1"), "GET /api/webhooks/w1/deliveries/d1"],
  [
    "a delivery again",
    (a) => a.webhooks.replay("w1", "d1"),
    "POST /api/webhooks/w1/deliveries/d1/replay",
  ],
  ["crons", (a) => a.operations.crons(), "GET /api/crons"],
  ["a job now", (a) => a.operations.runCron("__x__"), "POST /api/crons/__x__"],
  [
    "metrics",
    (a) => a.operations.metrics({ step: 600 }),
    "GET /api/metrics/history?step=600",
  ],
  ["search", (a) => a.operations.searchStatus(), "GET /api/search/status"],
  [
    "what the dashboard remembers",
    (a) => a.operations.setPreferences({ pinned: ["posts"] }),
    "PUT /api/superusers/preferences",
    { pinned: ["posts"] },
  ],
  [
    "a plan",
    (a) => a.collections.plan("posts", { name: "articles" }),
    "POST /api/collections/posts/plan",
    { name: "articles" },
  ],
];

test.each(rows)("%s", async (_, ask, expected, body) => {
  const { admin, asked, bodies } = server(done);
  await ask(admin);
  expect(asked).toEqual([expected]);
  expect(bodies).toEqual([body]);
});

test.each(rows)("%s: a refusal is an error", async (_, ask) => {
  const { admin } = server(() => Response.json({ message: "No.", data: {} }, { status: 403 }));
  const error = await ask(admin).catch((error: unknown) => error);
  expect(isForbidden(error)).toBe(true);
});

test("a backup is uploaded as a file, and its address has a token", async () => {
  const { admin, asked, bodies } = server(() => Response.json({ token: "t/1" }));
  await admin.backups.upload(new File(["zip"], "x.zip", { type: "application/zip" }));
  expect((bodies[0] as FormData).get("file")).toBeInstanceOf(File);
  expect(await admin.backups.url("x y.zip")).toBe(
    "http://server/api/backups/x%20y.zip?token=t%2F1",
  );
  expect(asked).toEqual(["POST /api/backups/upload", "POST /api/files/token"]);
});

test("a database and a backup are sent as files, the code before it", async () => {
  const { admin, asked, bodies } = server(() => Response.json({ collections: [], notes: [] }));
  const file = new File(["bytes"], "data.db");
  expect(await admin.collections.readPocketBase(file)).toEqual({ collections: [], notes: [] });
  expect((bodies[0] as FormData).get("file")).toBeInstanceOf(File);
  await admin.setup.offerBackup("c0de", file);
  expect([...(bodies[1] as FormData).keys()]).toEqual(["code", "file"]);
  expect((bodies[1] as FormData).get("code")).toBe("c0de");
  expect(asked).toEqual(["POST /api/collections/meta/pocketbase", "POST /api/setup/backup"]);
});

test("nothing is remembered at first, which is no error; others are", async () => {
  const answer = (status: number) => () => Response.json({ message: "No." }, { status });
  expect(await server(answer(404)).admin.operations.preferences()).toBe(null);
  const refused = server(answer(403)).admin.operations.preferences();
  expect(isForbidden(await refused.catch((error: unknown) => error))).toBe(true);
});

test("a log is followed until it ends", async () => {
  const entry = { id: "l1", created: "", level: 0, message: "GET /", data: {} };
  const text = [
    `event:log\ndata:${JSON.stringify(entry)}\n\n`,
    'event:missed\ndata:{"writes":3}\n\n',
    "event:other\ndata:{}\n\n",
  ];
  const { admin, asked } = server(() => new Response(text.join("")));
  const told: unknown[] = [];
  const { signal } = new AbortController();
  await admin.logs.tail({
    signal,
    filter: "level > 0",
    onEntry: (entry) => told.push(entry),
    onMissed: (writes) => told.push(writes),
  });
  expect(told).toEqual([entry, 3]);
  expect(asked).toEqual(["GET /api/logs/tail?filter=level+%3E+0"]);
});

test("a log that may not be followed is an error", async () => {
  const { admin } = server(() => Response.json({ message: "Not here." }, { status: 404 }));
  const { signal } = new AbortController();
  const tail = admin.logs.tail({ signal, onEntry: () => expect.unreachable() });
  expect(isNotFound(await tail.catch((error: unknown) => error))).toBe(true);
});

test("jobs come as a list, with how they went", async () => {
  const items = [{ id: "trim_log", expression: "", running: "", next: "", last: null }];
  const { admin, asked } = server(() => Response.json({ items }));
  expect(await admin.operations.jobs()).toEqual(items);
  expect(asked).toEqual(["GET /api/jobs"]);
  const refusing = server(() => Response.json({ message: "No.", data: {} }, { status: 403 }));
  const error = await refusing.admin.operations.jobs().catch((error: unknown) => error);
  expect(isForbidden(error)).toBe(true);
});
