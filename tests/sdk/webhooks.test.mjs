// What receivers of webhooks get, checked by the `standardwebhooks` package, which knows nothing of
// Luge (LUGE_BIN): signatures, also while a secret is replaced, and what it must refuse.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import PocketBase from "pocketbase";
import { Webhook } from "standardwebhooks";
import { SUPERUSER, startServer } from "./server.mjs";

const binary = process.env.LUGE_BIN ?? "../../target/fast/luge";

describe("webhooks", () => {
  const received = [];
  let receiver, server, pb, webhook;

  before(async () => {
    receiver = createServer(async (request, answer) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      answer.end();
    });
    await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address();
    process.env.LUGE_OUTBOUND_ALLOW = `127.0.0.1:${port}`;
    server = await startServer(binary);
    pb = new PocketBase(server.url);
    await pb.collection("_superusers").authWithPassword(...SUPERUSER);
    await pb.collections.create({ name: "posts", type: "base",
      fields: [{ name: "title", type: "text" }] });
    webhook = await pb.send("/api/webhooks", { method: "POST", body: {
      collection: "posts", url: `http://127.0.0.1:${port}/in`, actions: ["create"] } });
  });

  after(async () => {
    await server?.stop();
    receiver?.close();
    receiver?.closeAllConnections();
  });

  /** What came for a new record. */
  async function told(title) {
    const count = received.length;
    await pb.collection("posts").create({ title });
    for (let attempt = 0; attempt < 400 && received.length === count; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return received[count];
  }

  test("a signature holds for what was sent and nothing else", async () => {
    const { headers, body } = await told("Grüße, 😀");
    const verified = new Webhook(webhook.secret).verify(body, headers);
    assert.equal(verified.type, "record.created");
    assert.equal(verified.data.record.title, "Grüße, 😀");
    assert.ok(Math.abs(Date.parse(verified.timestamp) - Date.now()) < 60_000);
    const other = `whsec_${Buffer.alloc(32).toString("base64")}`;
    const late = String(Number(headers["webhook-timestamp"]) - 1);
    for (const [secret, text, changed] of [
      [other, body, {}],
      [webhook.secret, `${body} `, {}],
      [webhook.secret, body.replace("posts", "pests"), {}],
      [webhook.secret, body, { "webhook-id": "msg_other" }],
      [webhook.secret, body, { "webhook-timestamp": late }],
      [webhook.secret, body, { "webhook-signature": "v1,AAAA" }],
    ]) {
      assert.throws(() => new Webhook(secret).verify(text, { ...headers, ...changed }));
    }
  });

  test("while a secret is replaced, both hold, and then only the new one", async () => {
    const rotate = (graceSeconds) =>
      pb.send(`/api/webhooks/${webhook.id}/rotate-secret`, { method: "POST",
        body: { graceSeconds } });
    const second = await rotate(3_600);
    const both = await told("both");
    new Webhook(webhook.secret).verify(both.body, both.headers);
    new Webhook(second.secret).verify(both.body, both.headers);
    const third = await rotate(0);
    const last = await told("only the new one");
    new Webhook(third.secret).verify(last.body, last.headers);
    for (const { secret } of [webhook, second]) {
      assert.throws(() => new Webhook(secret).verify(last.body, last.headers));
    }
  });
});
