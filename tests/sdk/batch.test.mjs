// Batches through the unmodified `pocketbase` package, on Luge (LUGE_BIN) and on the real
// PocketBase (POCKETBASE_BIN, when set); both must give the same answers.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import PocketBase from "pocketbase";
import { SUPERUSER, startServer } from "./server.mjs";

const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const answers = {};
const OPEN = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
const ids = ["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb", "ccccccccccccccc"];

/** The random parts of names and ids replaced. */
const normalised = (value) => JSON.parse(JSON.stringify(value)
  .replace(/(_[a-z0-9]{10})+(?=\.[a-z]+\\?")/g, "_RANDOM")
  .replace(/"pbc_\d+"/g, '"COLLECTION"'));

for (const [product, binary] of binaries) {
  describe(product, () => {
    const said = (answers[product] = {});
    let server, superuser, guest;

    before(async () => {
      server = await startServer(binary);
      superuser = new PocketBase(server.url).autoCancellation(false);
      guest = new PocketBase(server.url).autoCancellation(false);
      await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      const teams = await superuser.collections.create({ name: "teams", type: "base", ...OPEN,
        fields: [{ name: "name", type: "text", required: true },
          { name: "logo", type: "file" }, { name: "files", type: "file", maxSelect: 5 }],
        indexes: ["CREATE UNIQUE INDEX `name` ON `teams` (`name`)"] });
      await superuser.collections.create({ name: "people", type: "base", ...OPEN, fields: [
        { name: "name", type: "text" }, { name: "age", type: "number" },
        { name: "team", type: "relation", collectionId: teams.id, cascadeDelete: true }] });
    });
    after(() => server?.stop());

    const batchOf = (somebody, fill) => {
      const batch = somebody.createBatch();
      fill(batch);
      return batch.send();
    };
    const refusal = async (promise) => {
      const { status, response } = await promise.then(() => assert.fail("must fail"), (e) => e);
      return { status, response };
    };

    test("a batch is refused while it is switched off", async () => {
      said.off = await refusal(batchOf(guest, (batch) => batch.collection("teams")
        .create({ name: "x" })));
      assert.equal(said.off.status, 403);
      await superuser.settings.update({ batch: { enabled: true, maxRequests: 20, timeout: 3 } });
    });

    test("creates, updates, upserts and deletes with files, expand and fields", async () => {
      const logo = new File(["logo"], "logo.txt");
      const outcomes = await batchOf(guest, (batch) => {
        batch.collection("teams").create({ id: ids[0], name: "one", logo,
          files: [new File(["1"], "one.txt"), new File(["2"], "two.txt")] });
        batch.collection("people").create({ id: ids[1], name: "ann", age: 1, team: ids[0] },
          { expand: "team", fields: "name,expand.team.name" });
        batch.collection("people").update(ids[1], { "age+": 2 });
        batch.collection("people").upsert({ id: ids[1], name: "ann b" });
        batch.collection("people").upsert({ id: ids[2], name: "bob", team: ids[0] });
        batch.collection("people").delete(ids[2]);
        batch.collection("teams").update(ids[0], { "files+": new File(["3"], "three.txt") });
      });
      said.outcomes = normalised(outcomes);
      assert.deepEqual(outcomes.map(({ status }) => status), [200, 200, 200, 200, 200, 204, 200]);
      assert.deepEqual(outcomes[1].body, { name: "ann", expand: { team: { name: "one" } } });
      assert.equal(outcomes[3].body.age, 3);
      assert.equal(outcomes[6].body.files.length, 3);
      const team = await guest.collection("teams").getOne(ids[0]);
      const texts = await Promise.all([team.logo, ...team.files].map(async (name) =>
        (await fetch(guest.files.getURL(team, name))).text()));
      assert.deepEqual(texts, ["logo", "1", "2", "3"]);
      said.people = normalised(await guest.collection("people").getFullList());
    });

    test("a batch that fails says where, and leaves nothing", async () => {
      said.failed = await refusal(batchOf(guest, (batch) => {
        batch.collection("teams").create({ name: "two", logo: new File(["x"], "x.txt") });
        batch.collection("people").delete(ids[1]);
        batch.collection("teams").create({ name: "two" });
      }));
      assert.equal(said.failed.status, 400);
      assert.deepEqual(Object.keys(said.failed.response.data.requests), ["2"]);
      said.missing = await refusal(batchOf(guest, (batch) => {
        batch.collection("teams").delete(ids[0]);
        batch.collection("people").update(ids[1], { name: "gone along" });
      }));
      said.teams = normalised(await guest.collection("teams").getFullList());
      assert.equal(said.teams.length, 1);
      assert.equal((await guest.collection("people").getFullList()).length, 1);
    });
  });
}

test("both servers answer the same", { skip: binaries.length < 2 }, () => {
  assert.deepEqual(answers.luge, answers.pocketbase);
});
