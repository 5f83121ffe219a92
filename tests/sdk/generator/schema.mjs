// Random schemas: two to five collections, base and auth, joined by relations of every kind.

const NAMES = ["books", "shelves", "notes", "teams", "events"];
const ACCOUNTS = ["people", "members"];
const SINGLE = ["author", "parent", "owner", "peer"];
const MULTI = ["links", "friends", "places"];

// Name, type and options, and in how many of a hundred collections the field is.
const PLAIN = [
  [{ name: "title", type: "text" }, 100],
  [{ name: "code", type: "text" }, 25],
  [{ name: "score", type: "number" }, 85],
  [{ name: "rank", type: "number", onlyInt: true }, 25],
  [{ name: "done", type: "bool" }, 60],
  [{ name: "day", type: "date" }, 60],
  [{ name: "kind", type: "select", maxSelect: 1, values: ["a", "b", "c"] }, 60],
  [{ name: "marks", type: "select", maxSelect: 3, values: ["a", "b", "c", "A"] }, 60],
  [{ name: "meta", type: "json" }, 60],
  [{ name: "place", type: "geoPoint" }, 40],
  [{ name: "html", type: "editor" }, 20],
  [{ name: "mail", type: "email" }, 25],
  [{ name: "link", type: "url" }, 20],
];

/** Fields that every auth collection has and that can be asked about. */
export const ACCOUNT_FIELDS = [
  { name: "email", type: "email", system: true },
  { name: "emailVisibility", type: "bool", system: true },
  { name: "verified", type: "bool", system: true },
];

/** Collections of a random schema; rules are made later, since they look across all of it. */
export function randomSchema(random) {
  const names = [
    ...random.sample(ACCOUNTS, random.weighted([[4, 1], [1, 2]])),
    ...random.sample(NAMES, random.between(1, 3)),
  ];
  const collections = random.shuffled(names).map((name) => ({
    name,
    type: ACCOUNTS.includes(name) ? "auth" : "base",
    fields: plainFields(random),
    indexes: [],
  }));
  for (const collection of collections) {
    addRelations(random, collection, collections);
    addIndexes(random, collection);
  }
  return collections;
}

function plainFields(random) {
  const chosen = PLAIN.filter(([, share]) => random.chance(share));
  return chosen.map(([field]) => ({
    ...field,
    ...(field.name !== "title" && random.chance(10) && { hidden: true }),
    ...(["score", "kind"].includes(field.name) && random.chance(6) && { required: true }),
  }));
}

function addRelations(random, collection, collections) {
  const amount = random.weighted([[2, 1], [4, 2], [3, 3]]);
  const names = random.sample([...SINGLE, ...MULTI], amount);
  const earlier = collections.indexOf(collection);
  for (const name of names) {
    const place = random.below(collections.length);
    const multi = MULTI.includes(name);
    const known = place < earlier;
    collection.fields.push({
      name,
      type: "relation",
      target: collections[place].name,
      maxSelect: multi ? random.between(2, 5) : 1,
      ...(random.chance(25) && { cascadeDelete: true }),
      ...(random.chance(8) && { hidden: true }),
      ...(known && random.chance(12) && { required: true }),
      // Empty values collide unless the index leaves them out, so only complete ones take it.
      ...(!multi && random.chance(25) && { unique: known ? random.pick([1, 2]) : 2 }),
    });
  }
}

function addIndexes(random, { name, fields, indexes }) {
  const has = (field) => fields.some((known) => known.name === field);
  const add = (label, columns, unique = "", where = "") => indexes.push(
    `CREATE ${unique}INDEX \`idx_${name}_${label}\` ON \`${name}\` (${columns})${where}`);
  if (random.chance(40)) add("title", "`title`");
  if (random.chance(25) && has("score")) add("score", "`score`");
  if (random.chance(20) && has("kind") && has("score")) add("both", "`kind`, `score` DESC");
  if (random.chance(15)) add("folded", "`title` COLLATE NOCASE");
  for (const field of fields) {
    if (field.unique === 1) add(field.name, `\`${field.name}\``, "UNIQUE ");
    if (field.unique === 2) {
      add(field.name, `\`${field.name}\``, "UNIQUE ", ` WHERE \`${field.name}\` != ''`);
    }
    if (field.type === "relation" && !field.unique && random.chance(15)) {
      add(field.name, `\`${field.name}\``);
    }
  }
}

/** Every field of a collection that can be asked about, its own and the system's. */
export function askable(collection) {
  const system = collection.type === "auth" ? ACCOUNT_FIELDS : [];
  return [{ name: "id", type: "id" }, ...system, ...collection.fields];
}

/** Whether a field holds several values. */
export function isMulti(field) {
  return field.maxSelect > 1;
}

/** The steps that lead from a collection to another one: along relations and back along them. */
export function steps(collections, collection) {
  const of = (name) => collections.find((known) => known.name === name);
  const forward = collection.fields.filter(({ type }) => type === "relation").map((field) => ({
    text: field.name, from: collection, field, to: of(field.target), multi: isMulti(field),
    hidden: field.hidden,
  }));
  const back = collections.flatMap((source) => source.fields
    .filter(({ type, target }) => type === "relation" && target === collection.name)
    .map((field) => ({
      text: `${source.name}_via_${field.name}`, from: source, field, to: source,
      multi: !field.unique, back: true, hidden: field.hidden,
    })));
  return [...forward, ...back];
}

/** Creates the schema on a server; the answers are compared by the caller. */
export async function createSchema(ask, collections) {
  const answers = [];
  const made = new Map();
  for (const { name, type, fields } of collections) {
    const plain = fields.filter((field) => field.type !== "relation");
    const body = { name, type, fields: [...plain, ...(type === "auth" ? [CHEAP_PASSWORD] : [])] };
    const answer = await ask("POST", "/api/collections", body);
    made.set(name, answer.body);
    answers.push(["collection", body, answer]);
  }
  for (const { name, fields, indexes } of collections) {
    const relations = fields.filter(({ type }) => type === "relation").map(
      ({ target, unique, ...field }) => ({ ...field, collectionId: made.get(target).id }));
    const body = {
      fields: [...(made.get(name).fields ?? []), ...relations],
      indexes: [...(made.get(name).indexes ?? []), ...indexes],
    };
    answers.push(["fields", body, await ask("PATCH", `/api/collections/${name}`, body)]);
  }
  return answers;
}

// The cheapest hash PocketBase can make: passwords are not what is tested here.
const CHEAP_PASSWORD = {
  name: "password", type: "password", cost: 4, min: 8, hidden: true, system: true, required: true,
};
