// Broadcast channels and presence through the unmodified `pocketbase` package with the package
// `eventsource`, and over a WebSocket: both hear the same. Only Luge (LUGE_BIN) has them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";
import { openSocket } from "./socket.mjs";

globalThis.EventSource = EventSource;

const PASSWORD = "correct horse";
let server, superuser, ann, bob;
const open = [];

before(async () => {
  server = await startServer(process.env.LUGE_BIN ?? "../../target/fast/luge");
  superuser = client();
  await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
  await superuser.collections.create({ name: "members", type: "auth" });
  await superuser.settings.update({ channels: [
    { name: "room-{id}", joinRule: "@request.auth.id != '' && id != '13'",
      sendRule: "@request.auth.id != ''", presence: true },
    { name: "hall", joinRule: "", sendRule: "" },
  ] });
  [ann, bob] = await Promise.all(["ann", "bob"].map(async (name) => {
    const email = `${name}@example.com`;
    await superuser.collection("members").create({ email, password: PASSWORD,
      passwordConfirm: PASSWORD });
    const somebody = client();
    await somebody.collection("members").authWithPassword(email, PASSWORD);
    return somebody;
  }));
});

after(async () => {
  open.forEach((close) => close());
  await Promise.all([superuser, ann, bob].map((one) => one?.realtime.unsubscribe()));
  await server?.stop();
});

function client() {
  const made = new PocketBase(server.url);
  made.autoCancellation(false);
  return made;
}

/** What somebody hears on a topic; `until` waits for something of it. */
function heard() {
  const all = [];
  let woken = () => {};
  const hear = (data) => {
    all.push(data);
    woken();
  };
  const until = async (wanted) => {
    for (;;) {
      const found = all.find(wanted);
      if (found) return found;
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`only ${JSON.stringify(all)}`)), 10_000);
        woken = () => (clearTimeout(late), resolve());
      });
    }
  };
  return { all, hear, until };
}

/** The members that somebody who heard all this knows, by their names. */
function members(all) {
  const known = new Map();
  for (const data of all) {
    const put = [...(data.members ?? []), ...(data.joined ?? []), ...(data.updated ?? [])];
    put.forEach((one) => known.set(one.id, one));
    data.left?.forEach((id) => assert.ok(known.delete(id)));
  }
  return [...known.values()].map((one) => one.state.name).sort();
}

/** A WebSocket that subscribed to topics as somebody. */
async function socket(somebody, topics) {
  const messages = heard();
  const answers = heard();
  const stream = await openSocket(`${server.url}/api/realtime/ws`, (message) => {
    const { event: topic, data } = message;
    if ("answer" in message) answers.hear(message);
    else if (topic !== "PB_CONNECT") messages.hear({ topic, ...data });
  });
  open.push(stream.close);
  let asked = 0;
  const ask = async (body) => {
    const number = ++asked;
    stream.say({ ask: number, ...body });
    return (await answers.until(({ answer }) => answer === number)).status;
  };
  const token = somebody.authStore.token;
  assert.equal(await ask({ subscriptions: topics, token }), 204);
  return { ask, close: stream.close, ...messages };
}

const post = (somebody, channel, body) =>
  somebody.send(`/api/realtime/channels/${channel}`, { method: "POST", body });

test("both transports hear what either sends", async () => {
  const events = heard();
  await ann.realtime.subscribe("@channel/room-1", events.hear);
  await events.until(({ type }) => type === "joined");
  const bobs = await socket(bob, ["@channel/room-1"]);
  await bobs.until(({ type }) => type === "joined");

  await post(ann, "room-1", { event: "move", payload: { x: 1 }, clientId: ann.realtime.clientId });
  const moved = await bobs.until(({ event }) => event === "move");
  assert.equal(moved.topic, "@channel/room-1");
  assert.deepEqual(moved.payload, { x: 1 });
  const joined = events.all.find(({ type }) => type === "joined");
  assert.deepEqual(moved.from, { member: joined.member, collection: "members",
    record: ann.authStore.record.id });

  assert.equal(await bobs.ask({ channel: "room-1", event: "back", payload: [2], self: true }), 204);
  const { topic, ...back } = await bobs.until(({ event }) => event === "back");
  assert.deepEqual(await events.until(({ event }) => event === "back"), back);
  // Whoever sends hears it only where that was asked for.
  assert.ok(!events.all.some(({ event }) => event === "move"));
  await ann.realtime.unsubscribe("@channel/room-1");
  bobs.close();
});

test("presence by options, whichever way a member came", async () => {
  const events = heard();
  await ann.realtime.subscribe("@channel/room-2", events.hear, { presence: { name: "ann" } });
  await events.until(() => members(events.all).join() === "ann");
  const state = encodeURIComponent(JSON.stringify({ query: { presence: { name: "bob" } } }));
  const bobs = await socket(bob, [`@channel/room-2?options=${state}`]);
  await bobs.until(() => members(bobs.all).join() === "ann,bob");
  await events.until(() => members(events.all).join() === "ann,bob");
  assert.equal(await bobs.ask({ channel: "room-2", state: { name: "bobby" } }), 204);
  await events.until(() => members(events.all).join() === "ann,bobby");
  await ann.send("/api/realtime/channels/room-2/presence", { method: "PUT",
    body: { clientId: ann.realtime.clientId, state: { name: "anna" } } });
  await bobs.until(() => members(bobs.all).join() === "anna,bobby");
  bobs.close();
  await events.until(() => members(events.all).join() === "anna");
  await ann.realtime.unsubscribe("@channel/room-2");
});

test("a channel that is refused disturbs no other topic", async () => {
  const [refused, nowhere, hall] = [heard(), heard(), heard()];
  const guest = client();
  open.push(() => guest.realtime.unsubscribe());
  await ann.realtime.subscribe("@channel/hall", () => {});
  await guest.realtime.subscribe("@channel/room-1", refused.hear);
  await guest.realtime.subscribe("@channel/nowhere", nowhere.hear);
  await guest.realtime.subscribe("@channel/hall", hall.hear);
  const answers = await Promise.all([refused, nowhere].map(({ until }) =>
    until(({ type }) => type === "refused")));
  assert.deepEqual(answers[0], answers[1]);
  await hall.until(({ type }) => type === "joined");
  await post(ann, "room-1", { event: "secret" });
  await post(guest, "hall", { event: "hello" });
  await hall.until(({ event }) => event === "hello");
  assert.deepEqual([refused.all.length, nowhere.all.length], [1, 1]);
  for (const [channel, body, status] of [
    ["room-1", { event: "x" }, 404], ["nowhere", { event: "x" }, 404], ["hall", {}, 400],
    ["hall", { event: "x", clientId: ann.realtime.clientId }, 403],
    ["hall", { event: "x", clientId: "nobody" }, 404],
  ]) {
    await assert.rejects(post(guest, channel, body), (error) => error.status === status);
  }
  await ann.realtime.unsubscribe("@channel/hall");
});

test("who signs out hears nothing more and is gone", async () => {
  const [events, bobs] = [heard(), await socket(bob, ["@channel/room-3"])];
  const email = "ann@example.com";
  const session = client();
  open.push(() => session.realtime.unsubscribe());
  await session.collection("members").authWithPassword(email, PASSWORD);
  await session.realtime.subscribe("@channel/room-3", events.hear, { presence: { name: "ann" } });
  await bobs.until(() => members(bobs.all).join() === "ann");
  await session.send("/api/collections/members/auth-logout", { method: "POST" });
  await post(bob, "room-3", { event: "secret" });
  await events.until(({ type }) => type === "refused");
  await bobs.until(() => members(bobs.all).join() === "");
  await bobs.until(({ event }) => event === "secret");
  assert.ok(!events.all.some(({ event }) => event === "secret"));
});
