// Two sets of records that differ only in what some callers may not read.

import { generator } from "../generator/random.mjs";
import { goodValue, randomId, randomRecords } from "../generator/records.mjs";
import { randomSchema } from "../generator/schema.mjs";
import { World } from "../generator/world.mjs";
import { GUARDS, guardFields, randomGuard } from "./guards.mjs";

const READING = ["listRule", "viewRule"];
// Its hash is kept, and nobody may compare it.
const PIN = { name: "pin", type: "password", cost: 4 };

/** A world with its `twin`: `{ world, twin, user, guards, secrets }`. */
export function randomTwins(seed) {
  const random = generator(seed);
  const collections = randomSchema(random);
  const accounts = collections.find(({ type }) => type === "auth").name;
  for (const collection of collections) {
    const { fields } = collection;
    for (const field of fields) {
      if (field.name !== "title" && !field.required && random.chance(18)) field.hidden = true;
    }
    fields.push(...guardFields(accounts), ...(random.chance(40) ? [PIN] : []));
  }
  const world = new World(collections, randomRecords(random, collections));
  world.careful = 25;
  const guards = randomGuards(random, collections);
  for (const { name } of collections) {
    const { listRule, viewRule } = guards[name];
    Object.assign(world.rules[name], { listRule: node(listRule), viewRule: node(viewRule) });
  }
  const { id, email } = world.records[accounts][0];
  const user = { collection: accounts, id, email };
  world.signedIn = [user];
  return new Twins(random, { world, guards, user, accounts }).made();
}

// Guards for every collection. Where lists or views of all of them were open, nothing would be
// secret, and nothing could be learnt.
function randomGuards(random, collections) {
  for (;;) {
    const guards = Object.fromEntries(collections.map((collection) => [collection.name,
      Object.fromEntries([...READING, "updateRule", "deleteRule"].map((action) =>
        [action, randomGuard(random, collection)]))]));
    const isClosed = ({ name, type }) => type !== "auth"
      && READING.every((action) => guards[name][action].raw !== "");
    if (collections.some(isClosed)) return guards;
  }
}

function node({ raw }) {
  return raw ? { raw } : raw;
}

class Twins {
  constructor(random, parts) {
    Object.assign(this, { random, ...parts });
    const { records } = this.world;
    this.find = (id) => records[this.accounts].find((record) => record.id === id);
    this.kept = new Map();
    this.secrets = 0;
  }

  /** Whether the user or a guest may list or view a record. */
  readable(name, record) {
    const people = [{ id: "" }, this.user];
    return people.some((who) => READING.some((action) =>
      this.guards[name][action].holds(record, who, this.find)));
  }

  /** Ids of the records that somebody may list. */
  listable(name, records, who) {
    const { listRule } = this.guards[name];
    return records[name].filter((record) => listRule.holds(record, who, this.find))
      .map(({ id }) => id);
  }

  made() {
    const { world } = this;
    const referred = referredTo(world);
    for (const { name, type } of world.collections) {
      const stays = (record) => type === "auth" || referred.has(record.id)
        || this.readable(name, record) || this.random.chance(75);
      this.kept.set(name, world.records[name].filter(stays));
    }
    this.twin = Object.fromEntries(world.collections.map((collection) =>
      [collection.name, this.changed(collection)]));
    // Both sides' records are asked for.
    const first = world.records;
    this.first = { ...first };
    for (const { name } of world.collections) {
      const known = new Set(world.idsOf(name));
      const added = this.twin[name].filter(({ id }) => !known.has(id));
      this.secrets += added.length + first[name].length - this.kept.get(name).length;
      world.records[name] = [...first[name], ...added];
    }
    return this;
  }

  changed(collection) {
    const { name, type } = collection;
    const changed = this.kept.get(name).map((record) => this.other(collection, record));
    if (type === "auth") return changed;
    for (let left = this.random.below(6); left > 0; left--) {
      const added = this.invented(collection);
      if (added) changed.splice(this.random.below(changed.length + 1), 0, added);
    }
    return changed;
  }

  /** The same record in the other world. */
  other(collection, record) {
    const secret = !this.readable(collection.name, record);
    const changed = { ...record };
    for (const field of collection.fields) {
      if (!(secret || field.hidden || field.type === "password")) continue;
      if (this.random.chance(70)) this.change(changed, collection, field);
    }
    if (secret && this.readable(collection.name, changed)) {
      for (const guard of GUARDS) changed[guard] = record[guard];
    }
    if (collection.type === "auth") this.changeAccount(changed, secret);
    this.secrets += JSON.stringify(changed) === JSON.stringify(record) ? 0 : 1;
    return changed;
  }

  change(record, collection, field) {
    // Rules look at accounts, so what they look at is the same.
    if (collection.type === "auth" && GUARDS.includes(field.name)) return;
    if (field.unique) {
      if (field.unique === 2 && !field.required) record[field.name] = "";
      return;
    }
    const ids = field.target ? this.kept.get(field.target).map(({ id }) => id) : [];
    record[field.name] = goodValue(this.random, field, ids);
  }

  changeAccount(record, secret) {
    if (record.id === this.user.id) return;
    if (secret) record.emailVisibility = this.random.chance(40);
    if (secret || !record.emailVisibility) {
      const name = this.random.pick(["ann", "zoe", "Mia"]);
      record.email = `${name}${randomId(this.random)}@example.org`;
    }
    record.password = record.passwordConfirm = "another horse";
  }

  /** A record that only the other world has; undefined where every record could be read. */
  invented(collection) {
    for (let attempt = 0; attempt < 10; attempt++) {
      const record = { id: randomId(this.random) };
      for (const field of collection.fields) this.change(record, collection, field);
      const complete = collection.fields.every((field) =>
        !(field.required || field.unique === 1) || record[field.name]);
      if (complete && !this.readable(collection.name, record)) return record;
    }
    return undefined;
  }
}

function referredTo({ collections, records }) {
  const relations = collections.flatMap(({ name, fields }) =>
    fields.filter(({ type }) => type === "relation").map((field) => [name, field.name]));
  return new Set(relations.flatMap(([name, field]) =>
    records[name].flatMap((record) => record[field] ?? [])));
}
