// Random requests for records: lists, views, and writes that rules judge.
//
// A request is `{ kind, persona, collection, id?, filter?, sort?, expand?, fields?, page…, body? }`
// with its filter as a tree and its other parts as lists, so that it can be made smaller.

import { aggregate, preview } from "./additions.mjs";
import { print } from "./expression.mjs";
import { brokenFilter, randomFilter } from "./filters.mjs";
import { allowance, distance, pathOperand, walk } from "./paths.mjs";
import { goodValue, oddValue, PASSWORD, randomId } from "./records.mjs";
import { askable, isMulti } from "./schema.mjs";

const SUPERUSER = "superuser";
/** Names in a path of `expand`; what PocketBase cuts off behind them, Luge refuses. */
const EXPAND_DEPTH = 6;

/** A random request, reads and writes, by anybody. */
export function randomRequest(random, world) {
  const kind = random.weighted([[62, list], [14, view], [9, create], [11, update], [3, remove]]);
  const persona = random.weighted([
    [18, "guest"], [48, random.pick(world.signedIn) ?? "guest"], [34, SUPERUSER],
  ]);
  return requestOf(random, world, kind, persona);
}

/** A random read by a persona, with what Luge adds where the server is Luge. */
export function randomRead(random, world, persona, { additions }) {
  const added = (kind) => (...asker) => kind(random, scopeOf(...asker));
  const kind = random.weighted([
    [75, list], [20, view], [additions ? 20 : 0, pages],
    [additions ? 20 : 0, added(aggregate)], [additions ? 5 : 0, added(preview)],
  ]);
  const request = requestOf(random, world, kind, persona);
  // Plans are for superusers.
  return random.chance(2) ? { ...request, paging: { ...request.paging, explain: "1" } } : request;
}

function requestOf(random, world, kind, persona) {
  const collection = random.pick(world.collections);
  return {
    persona, collection: collection.name, ...shown(random, world, persona, collection),
    ...mode(random), ...kind(random, world, persona, collection),
  };
}

/** Method and path of a request, its body and headers. */
export function rendered(request) {
  const { kind, collection, id, filter, sort, expand, fields, body, mode: given } = request;
  const query = {
    ...(filter && { filter: print(filter) }),
    ...(sort?.length && { sort: sort.map(({ text }) => text).join() }),
    ...(expand?.length && { expand: expand.map(({ text }) => text).join() }),
    ...(fields?.length && { fields: fields.join() }),
    ...request.paging,
    ...(given && { mode: given }),
  };
  const words = new URLSearchParams(query).toString();
  const base = `/api/collections/${collection}/${kind === "aggregate" ? kind : "records"}`;
  const path = `${base}${id ? `/${id}` : ""}${words && "?"}${words}`;
  const changes = body ? "PATCH" : "DELETE";
  const method = { create: "POST", update: "PATCH", delete: "DELETE", preview: changes }[kind]
    ?? "GET";
  return { method, path, body, headers: given ? { "X-Mode": given } : {} };
}

/** The scope in which a persona writes filters. */
export function scopeOf(random, world, persona, collection) {
  const free = persona === SUPERUSER;
  const careful = random.chance(world.careful);
  const peeks = random.chance(20);
  const mayCross = ({ to, hidden }) => {
    const { listRule } = world.rules[to.name];
    if (free) return true;
    // What PocketBase joins for such a rule, it joins for every step into the collection.
    if (listRule && print(listRule).includes("@collection")) return false;
    return careful ? !hidden && listRule === "" : peeks || (!hidden && listRule !== null);
  };
  const showHidden = free || random.chance(3);
  // The rows of the filter and of the rule multiply.
  const { listRule } = world.rules[collection.name];
  const crowded = !free && listRule && print(listRule).includes("@collection");
  const allowed = allowance(crowded ? 3 : 40);
  return { world, collection, mayCross, showHidden, language: free ? "rule" : "client", allowed };
}

function list(random, world, persona, collection) {
  const scope = scopeOf(random, world, persona, collection);
  const filter = random.weighted([
    [8, () => undefined], [88, () => randomFilter(random, scope)],
    [4, () => brokenFilter(random, scope)],
  ])();
  const sort = random.chance(65) ? randomSort(random, scope) : [];
  // Without an order that decides every place, only whole lists can be compared; of several
  // values in one place, it is not said which of them counts.
  const ordered = sort.length > 0
    && !sort.some(({ text, multi }) => multi || text.includes("@random"));
  const paging = ordered && random.chance(50)
    ? { page: random.weighted([[6, 1], [2, 2], [1, 3]]), perPage: random.pick([1, 5, 20, 40]) }
    : { perPage: 1000 };
  if (random.chance(8)) paging.skipTotal = random.pick(["1", "true", "0"]);
  // Not on writes: PocketBase has written before it refuses.
  const wrong = random.chance(1) && { fields: ["title:nothing"] };
  return { kind: "list", filter, sort, paging, ordered, ...wrong };
}

// The same page by page. Now and then somebody else goes on, or in another order.
function pages(random, world, persona, collection) {
  const { ordered, ...whole } = list(random, world, persona, collection);
  const paging = { perPage: random.pick([1, 2, 5, 20]) };
  if (random.chance(15)) paging.skipTotal = "0";
  const others = ["guest", ...world.signedIn].filter((other) => other !== persona);
  const strays = random.weighted([
    [88, undefined], [6, { persona: random.pick(others) }], [3, { sort: [] }],
    [3, { filter: undefined }],
  ]);
  return { ...whole, kind: "pages", paging, ...(strays && { strays }) };
}

function randomSort(random, scope) {
  const { world, collection, mayCross, showHidden } = scope;
  const keys = random.several(random.chance(1) ? 9 : random.between(1, 3), () => {
    const special = random.below(14);
    if (special === 0) return { text: "@rowid", crosses: [] };
    if (special === 1 && random.chance(30)) return { text: "@random", crosses: [] };
    const careful = (step) => mayCross(step) && (!step.multi || random.chance(15));
    const steps = random.weighted([[6, 0], [3, 1], [1, 2]]);
    const path = walk(random, { ...scope, mayCross: careful }, collection, steps);
    return pathOperand(random, world, path, { showHidden });
  });
  const signed = keys.map((key) => ({ ...key, text: random.pick(["", "-", "+"]) + key.text }));
  return [...signed, { text: random.pick(["id", "-id", "@rowid", "-@rowid"]), crosses: [] }];
}

function view(random, world, persona, collection) {
  return { kind: "view", id: randomTarget(random, world, collection) };
}

function randomTarget(random, world, collection) {
  return random.chance(4) ? randomId(random) : random.pick(world.idsOf(collection.name));
}

function create(random, world, persona, collection) {
  const id = random.chance(5) ? randomTarget(random, world, collection) : randomId(random);
  const body = { id };
  for (const field of collection.fields) {
    if (!field.required && random.chance(30)) continue;
    body[field.name] = someValue(random, world, field, persona);
  }
  if (collection.type === "auth") Object.assign(body, newAccount(random, id));
  return { kind: "create", body };
}

function newAccount(random, id) {
  return {
    email: random.chance(95) ? `${id}@example.com` : random.pick(["", "nonsense"]),
    emailVisibility: random.chance(50),
    verified: random.chance(15),
    password: random.chance(97) ? PASSWORD : "short",
    passwordConfirm: PASSWORD,
  };
}

function update(random, world, persona, collection) {
  const body = {};
  for (const field of random.sample(collection.fields, random.between(1, 3))) {
    const [key, value] = change(random, world, field, persona);
    body[key] = value;
  }
  if (collection.type === "auth" && random.chance(12)) body.emailVisibility = random.chance(50);
  if (collection.type === "auth" && random.chance(6)) body.verified = random.chance(50);
  if (random.chance(3)) body.nothing = 5;
  return { kind: "update", id: randomTarget(random, world, collection), body };
}

// A field and its new value, or a modifier and what it takes.
function change(random, world, field, persona) {
  const { name, type } = field;
  if (type === "number" && random.chance(25)) {
    return [name + random.pick(["+", "-"]), random.between(-3, 9)];
  }
  if (isMulti(field) && random.chance(40)) {
    const values = someValue(random, world, { ...field, maxSelect: 2 }, persona);
    return [random.pick([`${name}+`, `+${name}`, `${name}-`]), values];
  }
  return [name, someValue(random, world, field, persona)];
}

function someValue(random, world, field, persona) {
  if (random.chance(persona === SUPERUSER ? 10 : 8)) return oddValue(random, field);
  return goodValue(random, field, field.target ? world.idsOf(field.target) : []);
}

function remove(random, world, persona, collection) {
  const id = randomTarget(random, world, collection);
  // Without accounts, there is nobody to ask.
  const needed = world.signedIn.some((account) => account.id === id)
    || (collection.type === "auth" && random.chance(70)) || world.idsOf(collection.name).length < 5;
  return needed ? view(random, world, persona, collection) : { kind: "delete", id };
}

// What is shown of the answer.
function shown(random, world, persona, collection) {
  return {
    expand: random.chance(30) ? randomExpand(random, world, persona, collection) : [],
    fields: random.chance(16) ? randomFields(random, collection) : [],
  };
}

function randomExpand(random, world, persona, collection) {
  const mayCross = (step) => persona === SUPERUSER || !step.hidden || random.chance(4);
  const scope = { world, mayCross, allowed: allowance(30) };
  const paths = random.several(random.between(1, 3), () => {
    if (random.chance(6)) {
      return { text: random.pick(["nothing", "title", "author.nothing", "."]), crosses: [] };
    }
    const steps = Math.min(EXPAND_DEPTH, Math.max(1, distance(random)));
    const path = walk(random, scope, collection, steps);
    return { ...path, text: path.text.slice(0, -1) };
  });
  return paths.filter(({ text }) => text !== "");
}

function randomFields(random, collection) {
  const names = askable(collection).map(({ name }) => name);
  const one = () => random.weighted([
    [8, random.pick(names)], [3, "id"], [2, "*"], [2, "collectionName"], [2, "expand"],
    [1, "expand.*"], [1, "expand.author.title"], [1, "expand.links.id"], [1, "nothing"],
    [1, "title:excerpt(3,true)"], [1, "html:excerpt(6)"], [1, "meta.a"], [1, "place.lon"],
  ]);
  return random.several(random.between(1, 4), one);
}

function mode(random) {
  return random.chance(20) ? { mode: random.pick(["one", "two", "One"]) } : {};
}
