// The unmodified `pocketbase` package against Luge (LUGE_BIN), and the same script against the
// real PocketBase (POCKETBASE_BIN, when set); both must give the same normalised answers.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";
import { MOVIE_FIELDS, QUERIES, movies, naive, stored } from "./movies.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

const binaries = [["luge", process.env.LUGE_BIN ?? "../../target/fast/luge"]];
if (process.env.POCKETBASE_BIN) binaries.push(["pocketbase", process.env.POCKETBASE_BIN]);
const rows = movies().map(stored);
const answers = {};
const OPEN = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };

for (const [product, binary] of binaries) {
  describe(product, () => {
    const said = (answers[product] = {});
    let server, superuser, guest;

    before(async () => {
      server = await startServer(binary);
      superuser = client(server.url);
      guest = client(server.url);
    });
    after(() => server?.stop());

    // Status and field codes of the error that a call must end with.
    const refused = async (name, call) => {
      const error = await call.then(() => assert.fail(`${name} was not refused`), (error) => error);
      assert.ok(error instanceof ClientResponseError, `${name}: ${error}`);
      const { data } = error.response;
      const codes = Object.entries(data ?? {})
        .map(([field, error]) => [field, error.code ?? Object.keys(error)]);
      said[`refused ${name}`] = [error.status, Object.fromEntries(codes.sort())];
      return said[`refused ${name}`];
    };

    test("superuser sign-in", async () => {
      assert.deepEqual(await refused("wrong password",
        superuser.collection("_superusers").authWithPassword(SUPERUSER[0], "wrong")), [400, {}]);
      const signedIn = await superuser.collection("_superusers").authWithPassword(...SUPERUSER);
      assert.equal(signedIn.record.email, SUPERUSER[0]);
      assert.ok(superuser.authStore.isValid && superuser.authStore.isSuperuser);
      await superuser.collection("_superusers").authRefresh();
      said.health = (await guest.health.check()).message;
    });

    test("create collections", async () => {
      const definition = { name: "movies", type: "base", fields: MOVIE_FIELDS, ...OPEN,
        indexes: ["CREATE UNIQUE INDEX `idx_position` ON `movies` (`position`)",
          "CREATE INDEX `idx_score` ON `movies` (`score`)"] };
      const created = await superuser.collections.create(definition);
      said.collection = normalised(created);
      assert.equal(created.fields.length, MOVIE_FIELDS.length + 1);
      const scaffolds = await superuser.collections.getScaffolds();
      assert.deepEqual(Object.keys(scaffolds).sort(), ["auth", "base", "view"]);
      const providers = await superuser.collections.getAllOAuth2Providers();
      said.providers = providers.map(({ name, displayName }) => [name, displayName]);
      assert.ok(providers.every(({ logo }) => logo.startsWith("<svg")));
      assert.deepEqual(await refused("taken name", superuser.collections.create(definition)),
        [400, { name: "validation_collection_name_exists" }]);
      assert.equal((await refused("guest collections", guest.collections.getFullList()))[0], 401);
    });

    test("load 3,201 movies", async () => {
      const waiting = movies();
      assert.equal(waiting.length, 3201);
      const load = async () => {
        for (let movie = waiting.shift(); movie; movie = waiting.shift()) {
          await guest.collection("movies").create(movie);
        }
      };
      await Promise.all(Array.from({ length: 16 }, load));
      const page = await guest.collection("movies").getList(1, 1);
      assert.deepEqual([page.totalItems, page.totalPages, page.items.length], [3201, 3201, 1]);
    });

    test("getFullList gives the file", async () => {
      const all = await guest.collection("movies").getFullList({ sort: "position" });
      const found = all.map(({ id, collectionId, collectionName, ...movie }) => movie);
      const expected = rows.map((row) =>
        Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
      assert.deepEqual(found, expected);
      said.movies = found;
    });

    test(`${QUERIES.length} filters and sorts as in JavaScript`, async () => {
      for (const query of QUERIES) {
        const [filter, sort] = query;
        const list = await guest.collection("movies")
          .getFullList({ filter, sort, fields: "position", batch: 700 });
        const found = list.map((movie) => movie.position);
        said[`${filter} | ${sort}`] = found;
        assert.deepEqual(found, naive(rows, query), `filter: ${filter}, sort: ${sort}`);
        const page = await guest.collection("movies").getList(2, 7, { filter, sort });
        assert.equal(page.totalItems, found.length, filter);
        assert.deepEqual(page.items.map((movie) => movie.position), found.slice(7, 14), filter);
      }
    });

    test("bound values with quotes and letters of all kinds", async () => {
      for (const title of ["Ocean's Eleven", "Alien³", "LÈon", "I Love You Ö Don't Touch Me!"]) {
        const filter = guest.filter("title = {:title}", { title });
        const movie = await guest.collection("movies").getFirstListItem(filter);
        assert.equal(movie.title, title);
      }
      const since = guest.filter("released > {:day}", { day: new Date("2010-06-01") });
      const list = await guest.collection("movies").getFullList({ filter: since });
      const expected = rows.filter((row) => row.released > "2010-06-01 00:00:00.000Z");
      assert.equal(list.length, expected.length);
    });

    test("create, read, update, delete", async () => {
      const notes = await superuser.collections.create({ name: "notes", ...OPEN, fields: [
        { name: "title", type: "text", required: true, max: 20 },
        { name: "amount", type: "number", min: 0 },
        { name: "tags", type: "select", values: ["a", "b"], maxSelect: 2 },
        { name: "code", type: "text" }],
      indexes: ["CREATE UNIQUE INDEX `idx_notes_code` ON `notes` (`code`) WHERE `code` != ''"] });
      const records = guest.collection("notes");
      const record = await records.create({ title: "It's “ours” 🛷", code: "x", nothing: 1 });
      said.created = normalised(record);
      assert.deepEqual([record.title, record.amount, record.tags], ["It's “ours” 🛷", 0, []]);
      assert.equal(record.collectionId, notes.id);
      const changed = await records.update(record.id, { "amount+": 2.5, "tags+": "b" });
      assert.deepEqual([changed.amount, changed.tags], [2.5, ["b"]]);
      assert.deepEqual(await records.getOne(record.id), changed);
      const form = new FormData();
      form.append("title", "form");
      form.append("amount", "7");
      said.form = normalised(await records.create(form));
      const invalid = { title: "", amount: -1, tags: ["zzz"], code: "x" };
      assert.deepEqual(await refused("invalid", records.create(invalid)), [400, {
        amount: "validation_min_number_constraint", tags: "validation_invalid_value",
        title: "validation_required" }]);
      assert.deepEqual(await refused("taken", records.create({ title: "b", code: "x" })),
        [400, { code: "validation_not_unique" }]);
      assert.equal(await records.delete(record.id), true);
      assert.deepEqual(await refused("gone", records.getOne(record.id)), [404, {}]);
      assert.deepEqual(await refused("delete again", records.delete(record.id)), [404, {}]);
      assert.equal((await records.create({ title: "b", code: "x" })).code, "x");
    });

    test("typed errors", async () => {
      await superuser.collections.create({ name: "locked", fields: [] });
      const { id } = await superuser.collection("locked").create({});
      const locked = guest.collection("locked");
      assert.deepEqual(await refused("locked list", locked.getList()), [403, {}]);
      assert.deepEqual(await refused("locked view", locked.getOne(id)), [403, {}]);
      assert.deepEqual(await refused("locked create", locked.create({})), [403, {}]);
      assert.deepEqual(await refused("locked delete", locked.delete(id)), [403, {}]);
      const movies = guest.collection("movies");
      const missing = movies.getOne("aaaaaaaaaaaaaaa");
      assert.deepEqual(await refused("no such record", missing), [404, {}]);
      assert.equal((await refused("no such collection", guest.collection("no").getList()))[0], 404);
      assert.equal((await refused("first of none", movies.getFirstListItem("score > 99")))[0], 404);
      for (const filter of ["title =", "nothing = 1", "title", "(score > 1", "title = 'open"]) {
        assert.deepEqual(await refused(filter, movies.getList(1, 1, { filter })), [400, {}]);
      }
      assert.deepEqual(await refused("sort", movies.getList(1, 1, { sort: "nothing" })), [400, {}]);
      const guarded = movies.getList(1, 1, { filter: "@request.auth.id = ''" });
      assert.deepEqual(await refused("guarded", guarded), [403, {}]);
    });

    test("members sign up and in", async () => {
      await superuser.collections.create({ name: "members", type: "auth", ...OPEN,
        updateRule: "id = @request.auth.id", fields: [{ name: "name", type: "text" }] });
      const members = guest.collection("members");
      const body = { email: "ann@example.com", password: "12345678", passwordConfirm: "12345678" };
      const ann = await members.create({ ...body, name: "Ann" });
      said.member = normalised(ann);
      assert.deepEqual(await refused("taken e-mail", members.create(body)),
        [400, { email: "validation_not_unique" }]);
      assert.deepEqual(await refused("guest update", members.update(ann.id, { name: "x" })),
        [404, {}]);
      assert.deepEqual(await refused("guest refresh", members.authRefresh()), [401, {}]);
      const signedIn = client(server.url);
      const auth = await signedIn.collection("members").authWithPassword(body.email, body.password);
      assert.equal(auth.record.email, body.email);
      assert.ok(signedIn.authStore.isValid && !signedIn.authStore.isSuperuser);
      const changed = await signedIn.collection("members").update(ann.id, { name: "Anna" });
      assert.equal(changed.name, "Anna");
      assert.equal((await signedIn.collection("members").authRefresh()).record.name, "Anna");
      const collections = signedIn.collections.getList();
      assert.deepEqual(await refused("member collections", collections), [403, {}]);
      said.methods = await members.listAuthMethods();
    });

    test("collections are changed, truncated, deleted", async () => {
      const renamed = await superuser.collections.update("notes", { name: "papers" });
      said.renamed = normalised(renamed);
      assert.equal((await guest.collection("papers").getList()).totalItems, 2);
      await superuser.collections.truncate("papers");
      assert.equal((await guest.collection("papers").getList()).totalItems, 0);
      await superuser.collections.delete("papers");
      assert.equal((await refused("deleted", guest.collection("papers").getList()))[0], 404);
      await superuser.collections.import([{ name: "brought", type: "base", fields: [] }]);
      const names = (await superuser.collections.getFullList()).map(({ name }) => name);
      said.names = names.filter((name) => !name.startsWith("_")).sort();
    });
  });
}

test("both servers gave the same answers", { skip: binaries.length < 2 }, () => {
  if (process.env.ANSWERS_FOLDER) {
    for (const product of Object.keys(answers)) {
      const text = JSON.stringify(answers[product], null, 1);
      writeFileSync(`${process.env.ANSWERS_FOLDER}/${product}.json`, text);
    }
  }
  assert.ok(Object.keys(answers.luge).length > 60);
  assert.deepEqual(Object.keys(answers.luge).sort(), Object.keys(answers.pocketbase).sort());
  for (const [name, said] of Object.entries(answers.pocketbase)) {
    assert.deepEqual(answers.luge[name], said, name);
  }
});

function client(url) {
  return new PocketBase(url).autoCancellation(false);
}

// Without what is random or a moment in time.
function normalised({ id, created, updated, ...rest }) {
  return rest;
}
