// Random reads of random worlds, asked of REST and of GraphQL of the same server.

import { print } from "../generator/expression.mjs";
import { generator } from "../generator/random.mjs";
import { createRecords, PASSWORD } from "../generator/records.mjs";
import { randomRead, rendered } from "../generator/requests.mjs";
import { ACTIONS, randomRules } from "../generator/rules.mjs";
import { createSchema } from "../generator/schema.mjs";
import { randomWorld } from "../generator/world.mjs";
import { client } from "../client.mjs";
import { startServer, SUPERUSER } from "../server.mjs";
import { operation, paths } from "./asked.mjs";
import { expected, ordered } from "./compare.mjs";
import { randomWhere } from "./where.mjs";

const REQUESTS_OF_A_WORLD = 500;
const AT_ONCE = 4;
const PAGES_MOST = 4;

/** Compares answers; `{ requests, differences, answered }`. */
export async function compared({ binary, requests, seed, only, log = () => {} }) {
  const result = { requests: 0, differences: [], answered: new Map() };
  for (let number = only ?? 1; result.requests < requests; number++) {
    const budget = Math.min(REQUESTS_OF_A_WORLD, requests - result.requests);
    await new Run(result, seed, number, binary).world(budget);
    log(`world ${number}: ${result.requests} requests, ${result.differences.length} differences`);
    if (only !== undefined) break;
  }
  return result;
}

class Run {
  constructor(result, seed, number, binary) {
    Object.assign(this, { result, seed, number, binary, tokens: {} });
    this.random = generator(seed * 100_003 + number);
  }

  async world(budget) {
    this.model = randomWorld(this.random);
    this.server = await startServer(this.binary);
    this.ask = client(this.server.url);
    try {
      await this.settle();
      const waiting = Array.from({ length: budget }, () => this.request());
      this.result.requests += budget;
      await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        while (waiting.length) await this.one(waiting.pop());
      }));
    } finally {
      await this.server.stop();
    }
  }

  async settle() {
    const { collections, records } = this.model;
    const [identity, password] = SUPERUSER;
    await this.signIn("superuser", "_superusers", identity, password);
    const superuser = (method, path, body) =>
      this.ask(method, path, body, { token: this.tokens.superuser });
    await superuser("PATCH", "/api/settings", { logs: { maxDays: 0 } });
    await createSchema(superuser, collections);
    await createRecords(superuser, collections, records);
    for (const collection of collections) {
      const rules = randomRules(this.random, this.model, collection);
      for (const action of ACTIONS) {
        const text = rules[action] && print(rules[action]);
        const path = `/api/collections/${collection.name}`;
        const { status } = await superuser("PATCH", path, { [action]: text });
        if (status !== 200) {
          rules[action] = "";
          await superuser("PATCH", path, { [action]: "" });
        }
      }
      Object.assign(this.model.rules[collection.name], rules);
    }
    const accounts = collections.filter(({ type }) => type === "auth").flatMap(({ name }) =>
      records[name].slice(0, 3).map(({ id, email }) => ({ collection: name, id, email })));
    this.model.signedIn = this.random.sample(accounts, 4);
    for (const { id, collection, email } of this.model.signedIn) {
      await this.signIn(id, collection, email, PASSWORD);
    }
  }

  async signIn(key, collection, identity, password) {
    const path = `/api/collections/${collection}/auth-with-password`;
    const { body } = await this.ask("POST", path, { identity, password });
    this.tokens[key] = body?.token;
  }

  request() {
    const { random, model } = this;
    const persona = random.weighted([
      [20, "guest"], [50, random.pick(model.signedIn) ?? "guest"], [30, "superuser"],
    ]);
    let read;
    do read = randomRead(random, model, persona, { additions: true });
    while (read.kind === "preview");
    // What only one of the two ways has; and whoever goes on with a cursor is the same caller.
    const { explain, skipTotal, count, ...paging } = read.paging ?? {};
    const request = { ...read, paging, fields: [], strays: undefined };
    // Every answer has another order then, and REST is asked once for each relation.
    if (isRandom(request)) request.expand = [];
    const typed = request.kind === "list" && random.chance(25);
    return typed ? { ...request, ...randomWhere(random, model, persona, request) } : request;
  }

  async one(request) {
    const difference = await this.different(request);
    // A second look leaves out what the clock changed in between.
    const still = difference && await this.different(request);
    if (!still) return;
    const { path } = rendered(request);
    this.result.differences.push({
      world: this.number, persona: request.persona.id ?? request.persona,
      request: decodeURIComponent(path.replaceAll("+", " ")), where: request.where, ...still,
    });
  }

  async different(request) {
    if (request.kind !== "pages") return (await this.compare(request)).difference;
    let cursors = { rest: "", graph: "" };
    for (let page = 0; page < PAGES_MOST && typeof cursors?.rest === "string"; page++) {
      const compared = await this.compare({ ...request, kind: "list", ordered: true }, cursors);
      if (compared.difference) return compared.difference;
      cursors = compared.cursors;
    }
    return undefined;
  }

  async compare(request, cursors) {
    const paged = (cursor) => cursor === undefined ? request
      : { ...request, paging: { ...request.paging, cursor } };
    const { query, variables, root, tree, sight } = operation(paged(cursors?.graph), this.model);
    const { said } = request;
    const rest = { ...paged(cursors?.rest), ...(said && { filter: said }) };
    const whole = await this.rest(rest, []);
    const graph = await this.graph(request, query, variables);
    const answered = `${request.kind} ${whole.status}`;
    this.result.answered.set(answered, (this.result.answered.get(answered) ?? 0) + 1);
    const shown = graph.body?.data?.[root] ?? null;
    // What REST can show may be more values than one answer of GraphQL has.
    if (/more than 500000 values/.test(graph.body?.errors?.[0]?.message)) {
      this.result.answered.set("too large", (this.result.answered.get("too large") ?? 0) + 1);
      return {};
    }
    const differs = (wanted, found) => ({ difference: { query, variables, wanted, found } });
    if (whole.status !== 200) {
      const refused = this.refusedAlike(whole, graph.body?.errors?.[0]) && shown === null;
      return refused ? {} : differs(whole.text, graph.text);
    }
    if (!shown || graph.body.errors) return differs(whole.text, graph.text);
    const wanted = await this.wanted(request, rest, { whole, tree, sight });
    const texts = [wanted, found(request, shown)].map((one) => JSON.stringify(ordered(one)));
    if (texts[0] !== texts[1]) return differs(...texts);
    return { cursors: { rest: whole.body.nextCursor, graph: shown.nextCursor } };
  }

  /** What GraphQL is to answer. */
  async wanted(request, rest, { whole, tree, sight }) {
    const { items, page, perPage, totalItems, totalPages } = whole.body;
    if (request.kind === "aggregate") {
      const groups = items.map((group) =>
        ({ group: null, sum: null, avg: null, min: null, max: null, ...group }));
      return { items: groups, page, perPage, totalItems, totalPages };
    }
    const answers = new Map([["", whole.body]]);
    for (const path of paths(tree)) {
      answers.set(path, (await this.rest(rest, [{ text: path }])).body);
    }
    const collection = this.model.of(request.collection);
    const record = (place) => expected(sight, collection, tree, answers, [place]);
    if (request.kind === "view") return record(0);
    const records = items.map((_, place) => record(place));
    if (request.paging.cursor !== undefined || totalItems === -1) {
      return { items: unshuffled(request, records), page, perPage };
    }
    return { items: unshuffled(request, records), page, perPage, totalItems, totalPages };
  }

  /** The same refusal, also where the schema does not have what REST refuses. */
  refusedAlike({ status, body }, error) {
    if (!error) return false;
    const { extensions } = error;
    if (!extensions) return status === 403 || status === 404;
    return extensions.status === status && error.message === body.message;
  }

  rest(request, expand) {
    const { method, path, headers } = rendered({ ...request, expand });
    return this.ask(method, path, undefined, { headers, token: this.token(request) });
  }

  graph(request, query, variables) {
    const { mode } = request;
    const path = `/api/graphql${mode ? `?mode=${mode}` : ""}`;
    const headers = mode ? { "X-Mode": mode } : {};
    return this.ask("POST", path, { query, variables }, { headers, token: this.token(request) });
  }

  token({ persona }) {
    return this.tokens[persona.id ?? persona];
  }
}

function found(request, shown) {
  if (request.kind === "view" || !shown.items) return shown;
  const { nextCursor, ...rest } = shown;
  return { ...rest, items: unshuffled(request, shown.items) };
}

// Two lists in random order have nothing in common but what is on them.
function unshuffled(request, records) {
  if (!isRandom(request)) return records;
  return [...records].sort((one, other) => one.id < other.id ? -1 : 1);
}

function isRandom({ sort = [] }) {
  return sort.some(({ text }) => text.includes("@random"));
}
