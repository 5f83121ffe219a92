// GraphQL answers what REST answers, and tells of changes over both transports to whom realtime
// does. `node graphql/main.mjs` compares at any length.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { client } from "./client.mjs";
import { compared } from "./graphql/run.mjs";
import { startServer, SUPERUSER } from "./server.mjs";
import { openSocket } from "./socket.mjs";

const binary = process.env.LUGE_BIN ?? "../../target/fast/luge";
const seed = Number(process.env.SEED ?? 1);
const REQUESTS = 2000;
const PASSWORD = "correct horse battery";
const CHANGES = "subscription { posts { action record { title } } }";

test(`${REQUESTS} random reads: GraphQL answers what REST answers`, async () => {
  const { requests, differences, answered } = await compared({ binary, requests: REQUESTS, seed });
  const told = JSON.stringify(differences.slice(0, 3), null, 1).slice(0, 4000);
  assert.equal(differences.length, 0, told);
  assert.ok(answered.get("list 200") > requests / 3, JSON.stringify([...answered]));
  assert.ok([...answered.keys()].some((what) => what === "list 400"));
});

describe("subscriptions", () => {
  let server, ask, superuser, ann, bob;

  before(async () => {
    server = await startServer(binary);
    ask = client(server.url);
    const [identity, password] = SUPERUSER;
    superuser = await signIn("_superusers", identity, password);
    const auth = { name: "people", type: "auth", listRule: "", viewRule: "" };
    const { id: people } = (await asSuperuser("POST", "/api/collections", auth)).body;
    const fields = [
      { name: "title", type: "text" }, { name: "open", type: "bool" },
      { name: "owner", type: "relation", collectionId: people, maxSelect: 1 },
    ];
    const rule = "open = true || owner = @request.auth.id";
    await asSuperuser("POST", "/api/collections", {
      name: "posts", type: "base", fields, listRule: rule, viewRule: rule,
    });
    [ann, bob] = await Promise.all(["ann", "bob"].map(async (name) => {
      const email = `${name}@example.com`;
      const body = { email, password: PASSWORD, passwordConfirm: PASSWORD };
      const { id } = (await asSuperuser("POST", "/api/collections/people/records", body)).body;
      return { id, email, token: await signIn("people", email, PASSWORD) };
    }));
  });
  after(() => server.stop());

  async function signIn(collection, identity, password) {
    const path = `/api/collections/${collection}/auth-with-password`;
    return (await ask("POST", path, { identity, password })).body.token;
  }

  const asSuperuser = (method, path, body) => ask(method, path, body, { token: superuser });
  const post = (body) => asSuperuser("POST", "/api/collections/posts/records", body);

  /** Listens over an event stream or a WebSocket: `{ told, ended, stop }`. */
  const TRANSPORTS = {
    async "event stream"(query, token) {
      const stopping = new AbortController();
      const answer = await fetch(`${server.url}/api/graphql`, {
        method: "POST", signal: stopping.signal, body: JSON.stringify({ query }),
        headers: { "Content-Type": "application/json", Accept: "text/event-stream",
          ...(token && { Authorization: token }) },
      });
      assert.equal(answer.status, 200);
      const heard = { told: [], ended: false, stop: () => stopping.abort() };
      (async () => {
        let text = "";
        for await (const chunk of answer.body) {
          text += Buffer.from(chunk).toString();
          const frames = text.split("\n\n");
          text = frames.pop();
          for (const frame of frames) {
            if (frame.startsWith("event:complete")) heard.ended = true;
            if (!frame.startsWith("event:next")) continue;
            heard.told.push(JSON.parse(frame.slice(frame.indexOf("data:") + 5)));
          }
        }
      })().catch(() => {});
      return heard;
    },
    async "WebSocket"(query, token) {
      const heard = { told: [], ended: false };
      const { say, close } = await openSocket(`${server.url}/api/graphql/ws`, (message) => {
        if (message.type === "connection_ack") {
          say({ type: "subscribe", id: "1", payload: { query } });
        }
        if (message.type === "next") heard.told.push(message.payload);
        if (message.type === "error") heard.told.push({ errors: message.payload });
        if (["complete", "error"].includes(message.type)) heard.ended = true;
      }, { headers: { "Sec-WebSocket-Protocol": "graphql-transport-ws" } });
      const payload = token && { Authorization: `Bearer ${token}` };
      say({ type: "connection_init", ...(payload && { payload }) });
      return Object.assign(heard, { stop: close });
    },
  };

  // A subscription says nothing when it begins: something open is changed until it is told.
  async function listening(transport, query, token) {
    const heard = await TRANSPORTS[transport](query, token);
    await until(async () => {
      await post({ title: "begin", open: true });
      return heard.told.length > 0;
    });
    await settled(heard);
    return heard;
  }

  async function settled(heard) {
    let before;
    do {
      before = heard.told.length;
      await pause(150);
    } while (heard.told.length !== before);
  }

  for (const transport of Object.keys(TRANSPORTS)) {
    describe(`over a ${transport}`, () => {
      const titles = (heard) => heard.told.map(({ data }) => data.posts.record.title)
        .filter((title) => title !== "begin");

      test("changes are told to who may list them", async () => {
        const all = await Promise.all([ann.token, bob.token, undefined, superuser].map((token) =>
          listening(transport, CHANGES, token)));
        const { id } = (await post({ title: "of ann", owner: ann.id })).body;
        await post({ title: "open", open: true });
        await asSuperuser("PATCH", `/api/collections/posts/records/${id}`, { title: "hers" });
        await asSuperuser("DELETE", `/api/collections/posts/records/${id}`);
        await until(() => titles(all[3]).length === 4);
        await Promise.all(all.map(settled));
        const hers = ["of ann", "open", "hers", "hers"];
        assert.deepEqual(all.map(titles), [hers, ["open"], ["open"], hers]);
        const actions = all[0].told.map(({ data }) => data.posts.action).slice(-4);
        assert.deepEqual(actions, ["CREATE", "CREATE", "UPDATE", "DELETE"]);
        all.forEach(({ stop }) => stop());
      });

      test("a filter, a where and relations are those of a list", async () => {
        const query = `subscription { posts(filter: "title ~ 'x'", where: { open: { eq: true } }) {
          record { title owner { id collectionName } } } }`;
        const heard = await TRANSPORTS[transport](query, ann.token);
        await until(async () => {
          await post({ title: "x", open: true, owner: ann.id });
          await post({ title: "x", owner: ann.id });
          await post({ title: "y", open: true });
          return heard.told.length > 0;
        });
        await settled(heard);
        for (const { data } of heard.told) {
          assert.deepEqual(data.posts.record,
            { title: "x", owner: { id: ann.id, collectionName: "people" } });
        }
        heard.stop();
      });

      test("a subscription goes on behind the place that it names", async () => {
        const query = (since, more = "") => `subscription { posts(since: "${since}"${more}) {
          action place record { title } } }`;
        const placed = CHANGES.replace("action", "place action");
        const first = await listening(transport, placed, ann.token);
        const { place } = first.told.at(-1).data.posts;
        first.stop();
        await post({ title: "missed", open: true });
        await post({ title: "kept from her" });
        await post({ title: "missed too", owner: ann.id });
        const second = await TRANSPORTS[transport](query(place), ann.token);
        await until(() => titles(second).length === 2);
        await post({ title: "now", open: true });
        await until(() => titles(second).length === 3);
        assert.deepEqual(titles(second), ["missed", "missed too", "now"]);
        const narrow = query(place, ', filter: "title ~ \'too\'"');
        const filtered = await TRANSPORTS[transport](narrow, ann.token);
        await until(() => filtered.told.length === 1);
        assert.deepEqual(titles(filtered), ["missed too"]);
        [second, filtered].forEach(({ stop }) => stop());
        const malformed = await TRANSPORTS[transport](query("x"), ann.token);
        await until(() => malformed.ended);
        assert.equal(malformed.told[0].errors[0].extensions.status, 400);
        // A place of another database: the same one with another checksum.
        const foreign = place.slice(0, -8) + (place.endsWith("00000000") ? "11111111" : "00000000");
        const lost = await TRANSPORTS[transport](query(foreign), ann.token);
        await until(() => lost.ended);
        const [{ errors: [{ extensions }] }] = lost.told;
        assert.deepEqual([extensions.code, extensions.data], ["GONE", { reason: "unknown" }]);
      });

      test("a saved search tells of what it finds", async () => {
        const searched = { search: { fields: { title: {} } } };
        await asSuperuser("PATCH", "/api/collections/posts", searched);
        const query = 'subscription { posts(search: "needle") { record { title } } }';
        const heard = await TRANSPORTS[transport](query, ann.token);
        await until(async () => {
          await post({ title: "hay", open: true });
          await post({ title: "a needle", open: true });
          await post({ title: "needle for nobody" });
          return heard.told.length > 0;
        });
        await settled(heard);
        assert.deepEqual([...new Set(titles(heard))], ["a needle"]);
        heard.stop();
        await asSuperuser("PATCH", "/api/collections/posts", { search: null });
        const unsearched = await TRANSPORTS[transport](query, ann.token);
        await until(() => unsearched.ended);
        assert.match(unsearched.told[0].errors[0].message, /search/);
      });

      test("who lost the right is told nothing more", async () => {
        const token = await signIn("people", ann.email, PASSWORD);
        const [signedOut, stays] = await Promise.all([
          listening(transport, CHANGES, token), listening(transport, CHANGES, ann.token),
        ]);
        await post({ title: "before", owner: ann.id });
        await until(() => titles(signedOut).length && titles(stays).length);
        await ask("POST", "/api/collections/people/auth-logout", {}, { token });
        await post({ title: "after sign-out", owner: ann.id });
        await until(() => titles(stays).includes("after sign-out"));
        const locked = { listRule: null };
        const rule = (await asSuperuser("GET", "/api/collections/posts")).body.listRule;
        await asSuperuser("PATCH", "/api/collections/posts", locked);
        await post({ title: "after the rule", owner: ann.id, open: true });
        await Promise.all([signedOut, stays].map(settled));
        await asSuperuser("PATCH", "/api/collections/posts", { listRule: rule });
        assert.deepEqual(titles(signedOut), ["before"]);
        assert.deepEqual(titles(stays), ["before", "after sign-out"]);
        [signedOut, stays].forEach(({ stop }) => stop());
      });

      test("what can never be told is refused", async () => {
        for (const [query, reason] of [
          ["subscription { posts(filter: \"nope = 1\") { action } }", /unknown field/],
          ["subscription { posts(where: { title: { eq: null } }) { action } }", /null/],
          ["subscription { posts_by_id(id: \"*\") { action } }", /wasn't found/],
        ]) {
          const heard = await TRANSPORTS[transport](query, bob.token);
          await until(() => heard.ended);
          assert.match(heard.told[0].errors[0].message, reason);
          heard.stop();
        }
      });

      test("a query is answered and complete", async () => {
        const heard = await TRANSPORTS[transport]("{ posts { page } }", bob.token);
        await until(() => heard.ended);
        assert.deepEqual(heard.told, [{ data: { posts: { page: 1 } } }]);
        heard.stop();
      });
    });
  }

  describe("the protocol of WebSockets", () => {
    const speak = async (...said) => {
      const heard = { told: [], code: undefined };
      const { say, close } = await openSocket(`${server.url}/api/graphql/ws`,
        (message) => heard.told.push(message), {
          headers: { "Sec-WebSocket-Protocol": "other, graphql-transport-ws" },
          closed: (code) => (heard.code = code),
        });
      said.forEach(say);
      return { heard, say, close };
    };
    const init = { type: "connection_init" };
    const subscribe = (query, id = "1") => ({ type: "subscribe", id, payload: { query } });

    test("what is not said in order ends the connection", async () => {
      for (const [said, code] of [
        [[subscribe(CHANGES)], 4401],
        [[init, init], 4429],
        [[init, subscribe(CHANGES), subscribe(CHANGES)], 4409],
        [[init, { type: "nope" }], 4400],
        [[init, { type: "subscribe", id: "1" }], 4400],
        [[init, { type: "subscribe", id: "", payload: {} }], 4400],
        [[[1]], 4400],
        [[{ ...init, payload: { Authorization: 1 } }], 4400],
        [[init, ...Array.from({ length: 200 }, () => ({ type: "ping" }))], 1008],
      ]) {
        const { heard, close } = await speak(...said);
        await until(() => heard.code !== undefined);
        assert.equal(heard.code, code, JSON.stringify(said).slice(0, 80));
        close();
      }
    });

    test("operations run beside each other and end by themselves", async () => {
      const { heard, say, close } = await speak(init, { type: "ping" },
        subscribe("{ posts { page } }", "a"), subscribe("{ nope }", "b"),
        subscribe("{ posts { ", "c"), subscribe(CHANGES, "d"));
      const of = (id) => heard.told.filter((one) => one.id === id).map(({ type }) => type);
      await until(() => of("a").length > 1 && of("b").length > 1 && of("c").length > 0);
      assert.deepEqual([of("a"), of("b"), of("c")],
        [["next", "complete"], ["next", "complete"], ["error"]]);
      assert.ok(heard.told.some(({ type }) => type === "pong"));
      say({ type: "complete", id: "d" });
      await pause(200);
      const before = of("d").length;
      await post({ title: "begin", open: true });
      await pause(300);
      assert.equal(of("d").length, before);
      close();
    });

    test("a connection without the protocol is refused", async () => {
      const path = `${server.url}/api/graphql/ws`;
      await assert.rejects(openSocket(path, () => {}), /400/);
    });
  });

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  async function until(holds, seconds = 15) {
    const end = Date.now() + seconds * 1000;
    while (!await holds()) {
      assert.ok(Date.now() < end, "it did not happen in time");
      await pause(30);
    }
  }
});
