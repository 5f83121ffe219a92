// How mails leave: kept where no mail server is set, tried again until one takes them, given up
// where it never will; sign-in and TLS. On Luge alone: the real PocketBase tries once and forgets.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import PocketBase from "pocketbase";
import { Mailbox } from "./mailbox.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

const PASSWORD = "secret-word";

let server, superuser, guest;
let made = 0;

const smtp = (settings) => superuser.settings.update({ smtp: settings });
const off = () => smtp({ enabled: false });
const through = (mailbox, more = {}) => smtp({
  enabled: true, host: "127.0.0.1", port: mailbox.port, username: "", password: "",
  authMethod: "", tls: false, ...more,
});
const call = (method, path, query) => superuser.send(path, { method, query });
const mails = (state) => call("GET", "/api/mails", { state }).then(({ items }) => items);

/** A user that asked for a verification mail; its address. */
async function asked() {
  const email = `user${++made}@example.com`;
  const body = { email, password: PASSWORD, passwordConfirm: PASSWORD };
  await superuser.collection("users").create(body);
  await guest.collection("users").requestVerification(email);
  return email;
}

/** The mail to an address, once it is as wanted. */
async function until(email, wanted) {
  let mail;
  for (let attempt = 0; attempt < 200; attempt++) {
    mail = (await mails("")).find(({ to }) => to === email);
    if (wanted(mail)) return mail;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail(JSON.stringify(mail));
}

before(async () => {
  server = await startServer(process.env.LUGE_BIN ?? "../../target/fast/luge");
  const client = () => new PocketBase(server.url).autoCancellation(false);
  [superuser, guest] = [client(), client()];
  await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
});
after(() => server.stop());
afterEach(() => Mailbox.stopAll());
beforeEach(() => call("DELETE", "/api/mails"));

test("without a mail server mails are kept, read, sent later and removed", async () => {
  await off();
  const email = await asked();
  const { id, ...kept } = await until(email, (mail) => mail?.state === "kept");
  assert.deepEqual([kept.event, kept.attempts, kept.due], ["verification", 1, null]);
  assert.ok(!("html" in kept));
  const mail = await call("GET", `/api/mails/${id}`);
  const [, token] = mail.html.match(/confirm-verification\/([\w.-]+)"/);
  assert.ok(mail.text.includes(token), mail.text);
  await guest.collection("users").confirmVerification(token);
  await superuser.settings.testEmail("users", "try@example.com", "otp");
  await until("try@example.com", (mail) => mail?.state === "kept");
  const mailbox = await Mailbox.start();
  await through(mailbox);
  await call("POST", `/api/mails/${id}/retry`);
  const [sent] = await mailbox.to(email);
  assert.equal(sent.html.includes(token), true);
  await until(email, (mail) => mail === undefined);
  const [{ id: other }] = await mails("kept");
  await call("DELETE", `/api/mails/${other}`);
  assert.deepEqual(await mails(""), []);
  await assert.rejects(call("GET", `/api/mails/${other}`), { status: 404 });
  await assert.rejects(call("POST", `/api/mails/${other}/retry`), { status: 404 });
  await assert.rejects(mails("sent"), { status: 400 });
});

test("mails are superusers' affair", async () => {
  await off();
  const email = await asked();
  const { id } = await until(email, (mail) => mail?.state === "kept");
  const user = new PocketBase(server.url).autoCancellation(false);
  await user.collection("users").authWithPassword(email, PASSWORD);
  for (const [client, status] of [[guest, 401], [user, 403]]) {
    const one = `/${id}`;
    for (const [method, path] of [
      ["GET", ""], ["DELETE", ""], ["GET", one], ["DELETE", one], ["POST", `${one}/retry`],
    ]) {
      const sent = client.send(`/api/mails${path}`, { method });
      await assert.rejects(sent, { status }, `${method} ${path}`);
    }
  }
  assert.equal((await mails("kept")).length, 1);
});

test("what a mail server does not take now is sent later, also after a kill", async () => {
  const mailbox = await Mailbox.start();
  await through(mailbox);
  mailbox.refuse(451);
  const email = await asked();
  const waiting = await until(email, (mail) => mail?.attempts > 0);
  assert.deepEqual([waiting.state, waiting.last.status], ["waiting", 451]);
  assert.ok(waiting.due);
  // What is to be sent is for its receiver alone.
  assert.ok(!("html" in await call("GET", `/api/mails/${waiting.id}`)));
  const { port } = mailbox;
  await mailbox.stop();
  const another = await asked();
  const unreached = await until(another, (mail) => mail?.attempts > 0);
  assert.match(unreached.last.error, /cannot be used/);
  await server.restart();
  const again = await Mailbox.start({}, port);
  const [first] = await again.to(email);
  await again.to(another);
  assert.ok(first.messageId.startsWith(`<${waiting.id}@`), first.messageId);
  await until(email, (mail) => mail === undefined);
  assert.equal(again.mails.length, 2);
});

test("what a mail server will never take is given up, and can be tried again", async () => {
  const mailbox = await Mailbox.start();
  await through(mailbox);
  mailbox.refuse(550);
  const email = await asked();
  const dead = await until(email, (mail) => mail?.state === "dead");
  assert.deepEqual([dead.attempts, dead.last.status], [1, 550]);
  mailbox.refuse(null);
  // The attempt that failed may be ending still.
  const retry = () => call("POST", `/api/mails/${dead.id}/retry`);
  await retry().catch(() => new Promise((resolve) => setTimeout(resolve, 200)).then(retry));
  await mailbox.to(email);
});

test("the server signs in as the settings say", async () => {
  const asked = [];
  const options = (authMethods) => ({
    authMethods, authOptional: false, allowInsecureAuth: true,
    onAuth({ method, username, password }, session, done) {
      asked.push([method, username, password]);
      const right = username === "me" && password === "right";
      done(right ? null : new Error("wrong"), right ? { user: 1 } : undefined);
    },
  });
  const trial = (template = "otp") =>
    superuser.settings.testEmail("users", "try@example.com", template);
  for (const [authMethod, method] of [["", "PLAIN"], ["PLAIN", "PLAIN"], ["LOGIN", "LOGIN"]]) {
    const mailbox = await Mailbox.start(options([method]));
    await through(mailbox, { username: "me", password: "right", authMethod });
    await trial();
    assert.deepEqual(asked.pop(), [method, "me", "right"]);
    await smtp({ password: "wrong" });
    await assert.rejects(trial(), { status: 400 });
    // A letter waits until the settings are right again.
    await mailbox.stop();
  }
  assert.equal(asked.filter(([, , password]) => password === "wrong").length, 3);
});

test("a certificate that does not hold is refused, with STARTTLS and with TLS", async () => {
  // `smtp-server` has a certificate that it signed itself.
  for (const [options, tls] of [[{ disabledCommands: [] }, false], [{ secure: true }, true]]) {
    const mailbox = await Mailbox.start(options);
    await through(mailbox, { tls });
    const error = await superuser.settings.testEmail("users", "try@example.com", "otp").then(
      () => assert.fail("was sent"), ({ response }) => response,
    );
    assert.match(error.message, /certificate/i);
    assert.equal(mailbox.mails.length, 0);
    await mailbox.stop();
  }
});

test("a server that says nothing is left after a while", async () => {
  const mailbox = await Mailbox.start({ onConnect: () => {} });
  await through(mailbox);
  const begun = Date.now();
  const sent = superuser.settings.testEmail("users", "try@example.com", "otp");
  await assert.rejects(sent, { status: 400 });
  assert.ok(Date.now() - begun < 45_000);
});
