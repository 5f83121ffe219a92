// Realtime through the unmodified `pocketbase` package and the `eventsource` package, against Luge
// (LUGE_BIN) and against the real PocketBase (POCKETBASE_BIN, when set): both tell the same.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";

globalThis.EventSource = EventSource;

const PASSWORD = "correct horse";
const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const heardBy = {};

for (const [product, binary] of binaries) {
  describe(product, () => {
    const heard = (heardBy[product] = {});
    let server, superuser, ann, bob;

    before(async () => {
      server = await startServer(binary);
      superuser = client(server.url);
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      const members = await superuser.collections.create({ name: "members", type: "auth",
        viewRule: "id = @request.auth.id" });
      await superuser.collections.create({ name: "tasks", type: "base",
        listRule: "open = true || owner = @request.auth.id", viewRule: "@request.auth.id != ''",
        fields: [
          { name: "title", type: "text" },
          { name: "open", type: "bool" },
          { name: "secret", type: "text", hidden: true },
          { name: "owner", type: "relation", collectionId: members.id, maxSelect: 1 },
        ] });
      await superuser.collections.create({ name: "ends", type: "base", listRule: "" });
      [ann, bob] = await Promise.all(["ann", "bob"].map(async (name) => {
        const email = `${name}@example.com`;
        await superuser.collection("members").create({ email, password: PASSWORD,
          passwordConfirm: PASSWORD, emailVisibility: true });
        const somebody = client(server.url);
        await somebody.collection("members").authWithPassword(email, PASSWORD);
        return somebody;
      }));
    });
    after(async () => {
      await Promise.all([superuser, ann, bob].map((one) => one?.realtime.unsubscribe()));
      await server?.stop();
    });

    // Subscribes to everything of tasks and to the end of the test; gives what was heard.
    const listen = async (name, somebody, topic, options) => {
      const events = [];
      await somebody.collection("tasks").subscribe(topic, ({ action, record }) => {
        const owner = record.expand?.owner?.email;
        events.push([action, record.title, Object.keys(record).sort(), owner ?? null]);
      }, options);
      const ended = new Promise((resolve) => somebody.collection("ends").subscribe("*", resolve));
      // The SDK sends its topics a moment later.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return async () => {
        await ended;
        await somebody.realtime.unsubscribe();
        heard[name] = events;
        return events;
      };
    };
    const end = () => superuser.collection("ends").create({});

    test("rules, filter, expand and fields", async () => {
      const tasks = superuser.collection("tasks");
      const owner = ann.authStore.record.id;
      const options = { filter: 'title ~ "b"', expand: "owner" };
      const streams = [
        await listen("ann", ann, "*", options),
        await listen("bob", bob, "*", options),
        await listen("superuser", superuser, "*", { fields: "title,secret" }),
      ];
      const mine = await tasks.create({ title: "mine b", owner, secret: "hush" });
      const open = await tasks.create({ title: "b open", open: true, owner, secret: "hush" });
      await tasks.create({ title: "nobody's b" });
      await tasks.create({ title: "open", open: true });
      await tasks.update(open.id, { title: "b closed", open: false });
      await tasks.update(mine.id, { title: "c" });
      await tasks.delete(mine.id);
      await tasks.delete(open.id);
      await end();
      const [annHeard, bobHeard, superuserHeard] = await Promise.all(streams.map((end) => end()));
      const told = (events) => events.map(([action, title]) => `${action} ${title}`);
      assert.deepEqual(told(annHeard),
        ["create mine b", "create b open", "update b closed", "delete b closed"]);
      assert.deepEqual(told(bobHeard), ["create b open"]);
      assert.equal(superuserHeard.length, 8);
      assert.ok(annHeard.every((event) => event[3] === "ann@example.com"));
      assert.ok(bobHeard.every((event) => event[3] === null));
      assert.ok([...annHeard, ...bobHeard].every(([, , keys]) => !keys.includes("secret")));
      assert.ok(superuserHeard.every(([, , keys]) => keys.join() === "secret,title"));
    });

    test("one record, and no more after unsubscribing", async () => {
      const tasks = superuser.collection("tasks");
      const [one, other] = [await tasks.create({ title: "1" }), await tasks.create({ title: "2" })];
      const stream = await listen("one record", bob, one.id);
      await tasks.update(other.id, { title: "unheard" });
      await tasks.update(one.id, { title: "heard" });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await bob.collection("tasks").unsubscribe(one.id);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await tasks.update(one.id, { title: "too late" });
      await end();
      assert.deepEqual((await stream()).map(([action, title]) => [action, title]),
        [["update", "heard"]]);
    });

    test("a client whose password changed hears nothing protected", async () => {
      const tasks = superuser.collection("tasks");
      const stream = await listen("revoked", bob, "*");
      const owner = bob.authStore.record.id;
      await tasks.create({ title: "before", owner });
      await superuser.collection("members").update(owner,
        { password: "another one", passwordConfirm: "another one" });
      await tasks.create({ title: "after", owner });
      await end();
      assert.deepEqual((await stream()).map(([, title]) => title), ["before"]);
    });
  });
}

test("both tell the same", { skip: binaries.length < 2 }, () => {
  assert.deepEqual(heardBy.luge, heardBy.pocketbase);
});

function client(url) {
  const somebody = new PocketBase(url);
  somebody.autoCancellation(false);
  return somebody;
}
