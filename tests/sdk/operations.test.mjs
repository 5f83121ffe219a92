// Logs, crons and settings through the unmodified `pocketbase` package, on Luge (LUGE_BIN) and on
// the real PocketBase (POCKETBASE_BIN, when set); both say the same.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";

const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const saidBy = {};

for (const [product, binary] of binaries) {
  describe(product, () => {
    const said = (saidBy[product] = {});
    let server, superuser, guest;

    before(async () => {
      server = await startServer(binary);
      const client = () => new PocketBase(server.url).autoCancellation(false);
      [superuser, guest] = [client(), client()];
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
    });
    after(() => server?.stop());

    // Entries appear a little after their requests.
    const logged = async (filter, count) => {
      for (let attempt = 0; ; attempt++) {
        const page = await superuser.logs.getList(1, 50, { filter, sort: "@rowid" });
        if (page.items.length >= count) return page;
        assert.ok(attempt < 100, `${filter}: ${JSON.stringify(page)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const refusal = (promise) => promise.then(() => assert.fail("was not refused"), (error) => {
      assert.ok(error instanceof ClientResponseError, error);
      return [error.status, error.response];
    });

    test("logs are listed, filtered, counted, viewed and truncated", async () => {
      await guest.health.check({ query: { mark: 1 } });
      await superuser.health.check({ query: { mark: 2 } });
      await refusal(guest.collection("nope").getList(1, 1, { mark: 3 }));
      const page = await logged("data.url ~ 'mark='", 3);
      said.entries = page.items.map(({ message, level, data }) => {
        const { auth, method, status, type, error = null, remoteIP, userIP } = data;
        return { message, level, auth, method, status, type, error, remoteIP, userIP };
      });
      said.page = { ...page, items: page.items.map((item) => Object.keys(item)) };
      for (const { id, created, data } of page.items) {
        assert.match(id, /^[a-z0-9]{15}$/);
        assert.match(created, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.ok(data.execTime > 0);
      }
      const one = await superuser.logs.getOne(page.items[0].id);
      assert.deepEqual(one, page.items[0]);
      const stats = await superuser.logs.getStats({ filter: "level > 0 && data.url ~ 'mark='" });
      said.total = stats.reduce((sum, { total }) => sum + total, 0);
      assert.match(stats[0].date, / \d\d:00:00\.000Z$/);
      said.failed = (await superuser.logs.getList(1, 1, {
        filter: superuser.filter("data.status = {:status} && data.url ~ 'mark='", { status: 404 }),
        sort: "-data.status,-created", fields: "message,data.status",
      })).items;
      said.refused = await Promise.all([
        refusal(superuser.logs.getOne("nope")),
        refusal(guest.logs.getList()),
        refusal(guest.logs.getStats()),
      ]);
      said.wrong = (await refusal(superuser.logs.getList(1, 1, { filter: "nope = 1" })))[0];
      // Those that were refused are entries too, and may still be under way.
      await logged("data.url ~ '/api/logs' && level > 0", 4);
      await superuser.send("/api/logs", { method: "DELETE" });
      await new Promise((resolve) => setTimeout(resolve, 4000));
      said.left = (await superuser.logs.getList()).totalItems;
    });

    test("crons are listed and run", async () => {
      said.crons = await superuser.crons.getFullList();
      said.ran = await Promise.all(said.crons.map(({ id }) => superuser.crons.run(id)));
      said.notRun = await Promise.all([
        refusal(superuser.crons.run("nope")),
        refusal(guest.crons.run("__pbLogsCleanup__")),
        refusal(guest.crons.getFullList()),
      ]);
    });

    test("settings are read, changed and refused", async () => {
      const { trustedProxy, channels, graphql, ...rest } = await superuser.settings.getAll();
      said.settings = { ...rest, trustedProxy: { ...trustedProxy, addresses: undefined } };
      const changed = await superuser.settings.update({
        meta: { appName: "Sled" }, smtp: { password: "secret" }, logs: { maxDays: 3 },
      });
      said.changed = [changed.meta, changed.smtp, changed.logs];
      said.invalid = await Promise.all([
        refusal(superuser.settings.update({ meta: { appName: "" } })),
        refusal(superuser.settings.update({ backups: { cron: "x" } })),
        refusal(superuser.settings.update({ logs: { maxDays: -1 } })),
        refusal(guest.settings.getAll()),
        refusal(guest.settings.update({})),
      ]);
    });
  });
}

test("both say the same", { skip: binaries.length < 2 }, () => {
  const cron = (said) => {
    // The sentence of what is wrong with an expression is each product's own.
    delete said.invalid[1][1].data.backups.cron.message;
    return JSON.parse(JSON.stringify(said));
  };
  assert.deepEqual(cron(saidBy.luge), cron(saidBy.pocketbase));
});
