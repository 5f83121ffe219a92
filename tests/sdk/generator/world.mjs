// A world is a schema, its records and its rules, as the generator believes them to be: what it
// needs to ask questions that have answers. The servers hold the truth.

import { randomRecords } from "./records.mjs";
import { askable, isMulti, randomSchema } from "./schema.mjs";

/** The collection, its fields and ids by name; values that occur, to compare with. */
export class World {
  constructor(collections, records) {
    this.collections = collections;
    this.records = records;
    // By collection: `{ listRule: null | "" | node, … }`.
    this.rules = Object.fromEntries(collections.map(({ name }) => [name, {}]));
    this.signedIn = [];
    // How many of a hundred clients look only at what everybody may list, when they look through
    // relations: what else they see is limited on purpose.
    this.careful = 94;
    this.known = new Map();
  }

  of(name) {
    return this.collections.find((collection) => collection.name === name);
  }

  fieldOf({ collection, field }) {
    return askable(this.of(collection)).find(({ name }) => name === field);
  }

  idsOf(name) {
    return this.records[name].map(({ id }) => id);
  }

  /** Different values of a field in the first records; nothing where it was never set. */
  valuesOf(collection, field) {
    const key = `${collection}.${field}`;
    if (!this.known.has(key)) {
      const values = this.records[collection].map((record) => record[field]);
      const given = values.filter((value) => value !== undefined);
      const different = new Map(given.map((value) => [JSON.stringify(value), value]));
      this.known.set(key, [...different.values()]);
    }
    return this.known.get(key);
  }

  /** About how many rows PocketBase reads for one record when it takes a step. */
  rowsOf({ from, field, back }) {
    const rows = this.records[from.name].length;
    const links = this.records[from.name].reduce((sum, record) =>
      sum + [record[field.name] ?? []].flat().filter(Boolean).length, 0);
    if (!back) return links / rows;
    // Back along a field of several values, every record's values are looked at.
    if (isMulti(field)) return links / 3;
    return links / this.records[field.target].length;
  }
}

/** A world that a source of choices decides. */
export function randomWorld(random) {
  const collections = randomSchema(random);
  return new World(collections, randomRecords(random, collections));
}
