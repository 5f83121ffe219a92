// Mails through a real mail server and the unmodified `pocketbase` package, on Luge (LUGE_BIN) and
// on the real PocketBase (POCKETBASE_BIN, when set): links are followed, tokens work once.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";
import { Mailbox } from "./mailbox.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

const PASSWORD = "secret-word";
const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);

const refusal = (promise) => promise.then(() => assert.fail("was not refused"), (error) => {
  assert.ok(error instanceof ClientResponseError, error);
  return error;
});
const codes = async (promise) => {
  const { status, response } = await refusal(promise);
  const named = Object.entries(response.data).map(([key, { code }]) => [key, code]);
  return [status, Object.fromEntries(named)];
};
const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

for (const [product, binary] of binaries) {
  const isLuge = product === "luge";
  describe(product, () => {
    let server, mailbox, superuser, guest, users;
    let made = 0;

    before(async () => {
      mailbox = await Mailbox.start();
      server = await startServer(binary);
      superuser = client();
      guest = client();
      users = guest.collection("users");
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      await superuser.settings.update({
        smtp: { enabled: true, host: "127.0.0.1", port: mailbox.port },
        meta: { appName: "Sled & Co", appURL: "https://app.test/base" },
      });
    });
    after(async () => {
      await server?.stop();
      await mailbox?.stop();
    });

    const client = () => new PocketBase(server.url).autoCancellation(false);
    /** A new user; a client that is signed in as it. */
    const user = async () => {
      const email = `user${++made}@example.com`;
      const body = { email, password: PASSWORD, passwordConfirm: PASSWORD, name: "<i>N</i>" };
      const { id } = await superuser.collection("users").create(body);
      const own = client();
      await own.collection("users").authWithPassword(email, PASSWORD);
      return { id, email, own };
    };
    const stored = (id) => superuser.collection("users").getOne(id);
    const isSignedIn = (own) => own.collection("users").authRefresh().then(() => true, () => false);
    const post = (path, body, headers = {}) => fetch(`${server.url}/api/collections/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });

    test("an address is verified by the link", async () => {
      const { id, email, own } = await user();
      assert.equal(await users.requestVerification(email), true);
      const { mail, link, token } = await mailbox.link(email);
      assert.equal(link, `https://app.test/base/_/#/auth/confirm-verification/${token}`);
      assert.equal(mail.from.text, '"Support" <support@example.com>');
      assert.ok(mail.subject.includes("Sled & Co"), mail.subject);
      assert.ok(mail.text.includes(link), mail.text);
      const { exp, ...said } = claims(token);
      assert.deepEqual(said, {
        collectionId: "_pb_users_auth_", email, id, type: "verification",
      });
      assert.ok(Math.abs(exp - Date.now() / 1000 - 86_400) < 30, exp);
      // Within the pause there is no other mail.
      assert.equal(await users.requestVerification(email), true);
      assert.equal((await stored(id)).verified, false);
      assert.equal(await users.confirmVerification(token), true);
      assert.equal((await stored(id)).verified, true);
      assert.equal(await users.confirmVerification(token), true);
      assert.ok(await isSignedIn(own));
      assert.equal((await mailbox.to(email)).length, 1);
    });

    test("a verification link works once", { skip: !isLuge }, async () => {
      const { id, email } = await user();
      await users.requestVerification(email);
      const { token } = await mailbox.link(email);
      assert.equal(await users.confirmVerification(token), true);
      await superuser.collection("users").update(id, { verified: false });
      assert.deepEqual(await codes(users.confirmVerification(token)), [
        400, { token: "validation_invalid_token" },
      ]);
      assert.equal((await stored(id)).verified, false);
    });

    test("a password is replaced by the link, and everything signed in ends", async () => {
      const { id, email, own } = await user();
      const impersonated = await superuser.collection("users").impersonate(id, 600);
      assert.equal(await users.requestPasswordReset(email), true);
      const { link, token } = await mailbox.link(email);
      assert.equal(link, `https://app.test/base/_/#/auth/confirm-password-reset/${token}`);
      assert.deepEqual(await codes(users.confirmPasswordReset(token, "short", "other")), [400, {
        password: "validation_length_out_of_range",
        passwordConfirm: "validation_values_mismatch",
      }]);
      assert.ok(await isSignedIn(own));
      const change = () => users.confirmPasswordReset(token, "another-word", "another-word");
      assert.equal(await change(), true);
      assert.deepEqual(await codes(change()), [400, { token: "validation_invalid_token" }]);
      assert.equal(await isSignedIn(own), false);
      assert.equal(await isSignedIn(impersonated), false);
      await refusal(users.authWithPassword(email, PASSWORD));
      await users.authWithPassword(email, "another-word");
      assert.equal((await stored(id)).verified, true);
    });

    test("fifty uses of one reset token are one", async () => {
      const { email } = await user();
      await users.requestPasswordReset(email);
      const { token } = await mailbox.link(email);
      const uses = Array.from({ length: 50 }, (_, place) => {
        const password = `another-word-${place}`;
        return post("users/confirm-password-reset", {
          token, password, passwordConfirm: password,
        }).then(({ status }) => status);
      });
      const statuses = await Promise.all(uses);
      const taken = statuses.filter((status) => status === 204).length;
      // The real PocketBase lets several through.
      if (isLuge) assert.equal(taken, 1, `${statuses}`);
      else assert.ok(taken >= 1, `${statuses}`);
      const words = statuses.map((_, place) => `another-word-${place}`);
      const entered = [];
      for (const word of words) {
        await users.authWithPassword(email, word).then(() => entered.push(word), () => {});
      }
      assert.equal(entered.length, 1);
      if (isLuge) assert.equal(entered[0], words[statuses.indexOf(204)]);
    });

    test("a superuser's password is replaced the same way", async () => {
      const email = `super${++made}@example.com`;
      const body = { email, password: PASSWORD, passwordConfirm: PASSWORD };
      await superuser.collection("_superusers").create(body);
      const superusers = guest.collection("_superusers");
      await superusers.requestPasswordReset(email);
      const { token } = await mailbox.link(email);
      assert.deepEqual(
        await codes(users.confirmPasswordReset(token, "another-word", "another-word")),
        [400, { token: "validation_token_collection_mismatch" }],
      );
      await superusers.confirmPasswordReset(token, "another-word", "another-word");
      await superusers.authWithPassword(email, "another-word");
      const { message, status } = (await refusal(superusers.requestVerification(email))).response;
      assert.deepEqual([status, message], [400, "All superusers are verified by default."]);
    });

    test("an address is changed by the link and the password", async () => {
      const { id, email, own } = await user();
      const wanted = `wanted${made}@example.com`;
      // A token for the address as it was is worth nothing afterwards.
      await users.requestPasswordReset(email);
      const { token: reset } = await mailbox.link(email);
      await users.requestVerification(email);
      const { token: verification } = await mailbox.link(email, 2);
      const change = (address) => own.collection("users").requestEmailChange(address);
      assert.deepEqual(await codes(change(email)), [
        400, { newEmail: "validation_not_in_invalid" },
      ]);
      assert.equal(await change(wanted), true);
      const { link, token } = await mailbox.link(wanted);
      assert.equal(link, `https://app.test/base/_/#/auth/confirm-email-change/${token}`);
      const said = claims(token);
      assert.deepEqual([said.email, said.newEmail, said.type], [email, wanted, "emailChange"]);
      assert.deepEqual(await codes(users.confirmEmailChange(token, "wrong")), [
        400, { password: "validation_invalid_password" },
      ]);
      assert.equal((await stored(id)).email, email);
      assert.equal(await users.confirmEmailChange(token, PASSWORD), true);
      const { email: now, verified } = await stored(id);
      assert.deepEqual([now, verified], [wanted, true]);
      assert.equal(await isSignedIn(own), false);
      const bad = { token: "validation_invalid_token" };
      assert.deepEqual(await codes(users.confirmEmailChange(token, PASSWORD)), [
        400, { ...bad, password: "validation_invalid_password" },
      ]);
      assert.deepEqual(
        await codes(users.confirmPasswordReset(reset, "another-word", "another-word")), [400, bad],
      );
      assert.deepEqual(await codes(users.confirmVerification(verification)), [400, bad]);
      await users.authWithPassword(wanted, PASSWORD);
    });

    test("an address that was taken meanwhile is not changed to", async () => {
      const { id, email, own } = await user();
      const wanted = `user${made + 1}@example.com`;
      await own.collection("users").requestEmailChange(wanted);
      const { token } = await mailbox.link(wanted);
      await user();
      const [status, { token: code }] = await codes(users.confirmEmailChange(token, PASSWORD));
      assert.deepEqual([status, code], [400, "validation_invalid_token_email"]);
      assert.equal((await stored(id)).email, email);
      assert.deepEqual(await codes(own.collection("users").requestEmailChange(wanted)), [
        400, { newEmail: "validation_invalid_new_email" },
      ]);
    });

    test("nobody learns who exists, and nobody unknown is mailed", async () => {
      const { email } = await user();
      for (const flow of ["request-password-reset", "request-verification"]) {
        const answers = [];
        for (const address of [email, `nobody${made}@example.com`]) {
          const answer = await post(`users/${flow}`, { email: address });
          answers.push([answer.status, await answer.text()]);
        }
        assert.deepEqual(answers, [[204, ""], [204, ""]]);
      }
      await mailbox.to(email, 2);
      assert.equal(mailbox.mails.filter(({ raw }) => raw.includes("nobody")).length, 0);
    });

    test("no header of a request gets into a link", async () => {
      const headers = [
        "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix", "forwarded",
        "x-original-url", "origin", "referer",
      ];
      const evil = Object.fromEntries(headers.map((name) => [name, "https://evil.test/"]));
      const { email, own } = await user();
      const wanted = `wanted${made}@example.com`;
      const requests = [
        ["request-password-reset", { email }],
        ["request-verification", { email }],
        ["request-email-change", { newEmail: wanted }],
      ];
      for (const [flow, body] of requests) {
        const headers = { ...evil, authorization: own.authStore.token };
        assert.equal((await post(`users/${flow}`, body, headers)).status, 204);
      }
      const mails = [...await mailbox.to(email, 2), ...await mailbox.to(wanted)];
      for (const { html, text } of mails) {
        assert.ok(html.includes("https://app.test/base/_/#/auth/"), html);
        assert.ok(!html.includes("evil.test") && !text.includes("evil.test"), html);
      }
    });

    test("nothing of a record or the settings becomes a header or markup", async () => {
      const template = {
        subject: "{RECORD:name}\r\nBcc: b@evil.test",
        body: "<p>{RECORD:name}</p><a href=\"{APP_URL}/{TOKEN}\">x</a>",
      };
      const before = await superuser.collections.getOne("users");
      await superuser.collections.update("users", { verificationTemplate: template });
      const { id, email } = await user();
      const name = "<img src=x>\r\nBcc: c@evil.test\r\n\r\n.\r\nMAIL FROM:<d@evil.test>";
      await superuser.collection("users").update(id, { name });
      await users.requestVerification(email);
      const [mail] = await mailbox.to(email);
      assert.deepEqual(mail.envelope.rcptTo.map(({ address }) => address), [email]);
      assert.equal(mail.envelope.mailFrom.address, "support@example.com");
      assert.equal(mail.bcc, undefined);
      assert.ok(!mail.headers.has("bcc"));
      assert.ok(!mail.html.includes("<img src=x>"), mail.html);
      assert.ok(mail.text.includes("<img src=x>"), mail.text);
      assert.equal(mailbox.mails.filter(({ from }) => from.text.includes("evil")).length, 0);
      const { verificationTemplate } = before;
      await superuser.collections.update("users", { verificationTemplate });
    });

    test("addresses in other scripts", async () => {
      const body = { password: PASSWORD, passwordConfirm: PASSWORD };
      const create = (email) => superuser.collection("users").create({ ...body, email });
      await create("zoë@bücher.example");
      await users.requestVerification("zoë@bücher.example");
      // The mail server shows the name in its own script, whichever way it came.
      await untilMail(mailbox, ({ envelope }) =>
        envelope.rcptTo[0].address === "zoë@bücher.example");
    });

    test("the settings are tried with every template", async () => {
      const templates = ["verification", "password-reset", "email-change", "otp", "login-alert"];
      for (const template of templates) {
        await superuser.settings.testEmail("users", "try@example.com", template);
      }
      const mails = await mailbox.to("try@example.com", templates.length);
      assert.equal(new Set(mails.map(({ subject }) => subject)).size, templates.length);
      const stranger = client().settings.testEmail("users", "a@example.com", "otp");
      assert.equal((await refusal(stranger)).status, 401);
      assert.deepEqual(await codes(superuser.settings.testEmail("nope", "", "x")), [400, {
        collection: "validation_invalid_auth_collection",
        email: "validation_required",
        template: "validation_in_invalid",
      }]);
      await superuser.settings.update({ smtp: { port: 1 } });
      const { response } = await refusal(
        superuser.settings.testEmail("", "try@example.com", "otp"),
      );
      assert.match(response.message, /^Failed to send the test email\. Raw error: \n./);
      await superuser.settings.update({ smtp: { port: mailbox.port } });
    });
  });
}

async function untilMail(mailbox, wanted) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = mailbox.mails.find(wanted);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail("no such mail");
}
